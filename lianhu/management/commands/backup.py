"""Back up database and uploads into a folder while the site runs."""

import os
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.condition import MEGABYTE
from core.outages import outage_of
from lianhu import backups


class Command(BaseCommand):
    help = "备份数据库和上传的文件，网站不用停。退出码：0 备好了，1 没有备成，什么也没留下。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="备份放在哪个文件夹，每次在里面新建一个以时间为名的")
        parser.add_argument("--keep", type=int, default=60, help="留多少天的，默认 60")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["keep"] < 1:
            raise CommandError("--keep 至少 1 天。")
        os.umask(0o077)
        began = time.monotonic()
        try:
            made = backups.make(options["folder"], keep=options["keep"])
        except OSError as error:
            outage = outage_of(error)
            told = f"{outage.title}（{error.strerror}）" if outage else str(error)
            raise CommandError(f"没有备成：{told}") from error
        self.stdout.write(
            f"已备份到 {made.folder}：数据库 {made.database_bytes / MEGABYTE:.1f} MB，文件 {made.files:,} 个"
            f"（新的 {made.new_files:,} 个，{made.new_bytes / MEGABYTE:.1f} MB），"
            f"用了 {time.monotonic() - began:.1f} 秒。"
        )
