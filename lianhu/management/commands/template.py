"""Write the blank workbook of a kind of sheet."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.importing import workbooks
from core.importing.sheet import all_kinds, find_kind
from core.models import Installation


class Command(BaseCommand):
    help = "写一张空白表格，如 manage.py template households 贫困户.xlsx。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", help="、".join(f"{sheet.key} {sheet.label}" for sheet in all_kinds()))
        parser.add_argument("file", type=Path, help="写到哪个 .xlsx")

    def handle(self, *_args: Any, **options: Any) -> None:
        sheet = find_kind(options["kind"])
        if sheet is None:
            known = "、".join(found.key for found in all_kinds())
            raise CommandError(f"没有“{options['kind']}”这种表，可以是：{known}。", returncode=2)
        try:
            county = Installation.objects.first()
            fitted = sheet.fitted(county.code) if county else sheet
            options["file"].write_bytes(workbooks.template(fitted))
        except OSError as error:
            raise CommandError(f"写不了 {options['file']}：{error.strerror}。", returncode=2) from error
        self.stdout.write(f"已写好 {options['file']}。")
