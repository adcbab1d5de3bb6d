"""Import a workbook from the command line: the same check, plan and import as on the page, without a worker."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q
from tqdm import tqdm

from core.importing import runs
from core.importing.sheet import ImportSheet, all_kinds, find_kind
from core.models import ImportRun
from lianhu.management.offices import CANNOT_RUN, find_office

ROWS_REFUSED = 1
Status = ImportRun.Status


class Command(BaseCommand):
    help = "导入一张表。退出码：0 完成，1 有行要改（没有 --partial 就什么都没导入），2 不能导入。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", help="、".join(f"{sheet.key} {sheet.label}" for sheet in all_kinds()))
        parser.add_argument("file", type=Path, help=".xlsx、.xls 或 .csv")
        parser.add_argument("--check", action="store_true", help="只检查，不导入")
        parser.add_argument("--partial", action="store_true", help="有错的行留下，导入其余的")
        parser.add_argument("--as", dest="phone", default="", help="以谁的名义：双联办账号的手机号或工号")

    def handle(self, *_args: Any, **options: Any) -> None:
        sheet, data = read_arguments(options["kind"], options["file"])
        by = find_office(options["phone"])
        runs.mark_broken()
        run = runs.upload(sheet, options["file"].name, data, by)
        with Bar("检查") as bar:
            runs.check(run, bar)
        self.report(run)
        if run.status != Status.CHECKED:
            raise CommandError(run.message, returncode=CANNOT_RUN)
        if run.wrong_count and not options["partial"]:
            raise CommandError(f"有 {run.wrong_count} 行要改，什么都没有导入。", returncode=ROWS_REFUSED)
        if not options["check"]:
            self.apply(run, partial=options["partial"])
        if run.wrong_count:
            raise CommandError(f"有 {run.wrong_count} 行要改，没有导入。", returncode=ROWS_REFUSED)

    def report(self, run: ImportRun) -> None:
        """Print every wrong row and every warning, then the counts."""
        if run.unknown_headings:
            self.stdout.write(f"不认得的列，不导入：{'、'.join(run.unknown_headings)}")
        told = run.rows.filter(Q(errors__isnull=False) | Q(warnings__isnull=False)).order_by("number")
        for row in told.iterator():
            for found in row.errors or ():
                self.stdout.write(sentence(row.number, found))
            for found in row.warnings or ():
                self.stdout.write(f"提醒：{sentence(row.number, found)}")
        if run.status == Status.CHECKED:
            if run.message:
                self.stdout.write(run.message)
            self.stdout.write(
                f"新增 {run.created_count} 行，更新 {run.changed_count} 行，"
                f"无变化 {run.same_count} 行，要改 {run.wrong_count} 行。"
            )

    def apply(self, run: ImportRun, *, partial: bool) -> None:
        with Bar("导入") as bar:
            runs.apply(run, partial=partial, listener=bar)
        if run.status != Status.DONE:
            raise CommandError(run.message, returncode=CANNOT_RUN)
        self.stdout.write(f"已导入。批次号 {run.pk}，在“导入”页上可以整批撤销。")


def sentence(number: int, found: dict[str, str]) -> str:
    """第 5 行 C5 家庭人口“三”：不是数。只填数字。"""
    cell = f"{found['cell']} " if found["cell"] else ""
    value = f"“{found['value']}”" if found["value"] else ""
    remedy = f"{found['remedy']}。" if found["remedy"] else ""
    return f"第 {number} 行 {cell}{found['column']}{value}：{found['why']}。{remedy}"


class Bar:
    """A progress bar on stderr."""

    def __init__(self, label: str) -> None:
        self.bar: Any = tqdm(total=None, desc=label, unit="行", leave=False)

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, *_error: object) -> None:
        self.bar.close()

    def __call__(self, done: int, total: int) -> None:
        self.bar.total = total
        self.bar.update(done - self.bar.n)


def read_arguments(kind: str, path: Path) -> tuple[ImportSheet, bytes]:
    sheet = find_kind(kind)
    if sheet is None:
        known = "、".join(found.key for found in all_kinds())
        raise CommandError(f"没有“{kind}”这种表，可以是：{known}。", returncode=CANNOT_RUN)
    try:
        return sheet, path.read_bytes()
    except OSError as error:
        raise CommandError(f"打不开 {path}：{error.strerror}。", returncode=CANNOT_RUN) from error
