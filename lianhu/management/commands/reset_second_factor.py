"""`manage.py reset_second_factor PHONE`: for a county whose only office account has lost its second factor."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.history import acting
from core.models import Change
from lianhu.management.offices import CANNOT_RUN
from units.models import Cadre
from units.second_factor.factors import turn_off


class Command(BaseCommand):
    help = "重置一个账号的两步登录：手机和恢复码都丢了的时候用。只在服务器上能运行，记进变动记录。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("phone", metavar="PHONE", help="账号的手机号或工号")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            cadre = Cadre.objects.get_by_natural_key(options["phone"])
        except Cadre.DoesNotExist:
            raise CommandError(
                f"没有手机号或工号是 {options['phone']} 的账号。", returncode=CANNOT_RUN
            ) from None
        if not cadre.second_factor_at:
            raise CommandError(f"{cadre.name}没有开通两步登录。", returncode=CANNOT_RUN)
        with acting(None, Change.Source.COMMAND):
            turn_off(cadre)
        self.stdout.write(f"{cadre.name}（{cadre.unit}）的两步登录已重置，现在凭密码登录，登录后请再开通。")
