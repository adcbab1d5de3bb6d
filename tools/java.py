"""Find the Java that ODK Validate runs on, or install Debian's: `python -m tools.java`. Messages go to stderr."""

import shutil
import subprocess
import sys

from tools.chromium import apt_install, can_apt


def main() -> int:
    try:
        if shutil.which("java") is None and can_apt():
            print("没有找到 Java，正在安装……", file=sys.stderr)
            apt_install("default-jre-headless")
    except subprocess.CalledProcessError as error:
        print(f"安装 Java 没有成功：{error}", file=sys.stderr)
    if shutil.which("java") is None:
        print(
            "调查表的测试需要 Java：请安装后再运行（Debian：apt install default-jre-headless）。",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
