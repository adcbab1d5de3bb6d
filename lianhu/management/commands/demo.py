"""Create the demo county in an empty database."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from demo import SAMPLE_LOGINS
from demo.loading import load
from demo.scales import SCALES
from lianhu.demo_guard import REFUSED, is_allowed
from villages.county import CountyError


class Command(BaseCommand):
    help = "在空数据库里装入示例县：真实的村，虚构的人。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--scale", default="sample", help="sample 三个乡镇，几秒；county 全县，一两分钟。默认 sample"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if not is_allowed():
            raise CountyError(REFUSED)
        scale = SCALES.get(options["scale"])
        if scale is None:
            raise CountyError(f"--scale 只有 {'、'.join(SCALES)}，没有“{options['scale']}”。")
        began = time.monotonic()
        counts = load(scale, silent=options["verbosity"] == 0)
        if options["verbosity"] == 0:
            return
        told = "，".join(f"{name} {count:,}" for name, count in counts.items() if name != "结对所及")
        self.stdout.write(f"示例县已装好（{time.monotonic() - began:.1f} 秒）：{told}。")
        self.stdout.write("人物都是虚构的，每一页都标着“示例数据”。示例账号（角色、手机号、密码）：")
        for login in SAMPLE_LOGINS:
            self.stdout.write("  " + "  ".join(login))
