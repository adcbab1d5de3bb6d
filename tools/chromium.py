"""Find a Chromium for the tests, or install one: `python tools/chromium.py` prints its path.

Uses one on the machine, else Debian's (as root), else Playwright's own download. Messages go to stderr.
"""

import glob
import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """Return the path of a Chromium on this machine, or None."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    downloads = os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or os.path.expanduser("~/.cache/ms-playwright")
    return max(glob.glob(f"{downloads}/chromium-*/chrome-linux*/chrome"), default=None)


def chromium_flags() -> list[str]:
    """Return flags for a browser that makes no background requests; as root it must run without the
    sandbox.
    """
    flags = [
        "--disable-quic",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--disable-gpu",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
    ]
    return [*flags, "--no-sandbox"] if os.geteuid() == 0 else flags


def has_chinese_font() -> bool:
    """Return whether screenshots show Chinese characters instead of boxes; False if unknown."""
    fc_list = shutil.which("fc-list")
    return bool(fc_list and subprocess.run([fc_list, ":lang=zh"], capture_output=True, check=False).stdout)


def can_apt() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(*packages: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
        subprocess.run(["apt-get", *command], check=True, env=environment, stdout=sys.stderr)


def install_chromium() -> None:
    print("没有找到 Chromium，正在安装……", file=sys.stderr)
    if can_apt():
        apt_install("chromium", "fonts-noto-cjk")
    else:
        subprocess.run(
            [sys.executable, "-m", "playwright", "install", "chromium"], check=True, stdout=sys.stderr
        )


def main() -> int:
    try:
        if find_chromium() is None:
            install_chromium()
        elif not has_chinese_font() and can_apt():
            apt_install("fontconfig", "fonts-noto-cjk")
    except subprocess.CalledProcessError as error:
        print(f"安装 Chromium 没有成功：{error}", file=sys.stderr)
    path = find_chromium()
    if path is None:
        print("浏览器测试需要 Chromium：请安装后再运行（Debian：apt install chromium）。", file=sys.stderr)
        return 1
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
