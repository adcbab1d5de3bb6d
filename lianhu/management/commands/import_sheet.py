"""Import a workbook from the command line: the same check, plan and import as on the page, without a worker."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q
from tqdm import tqdm

from core.importing import answering, runs
from core.importing.questions import BadAnswers, as_answers, check_form
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
        parser.add_argument(
            "--answers", type=Path, help="检查时问的（列、词、缺的列、合并的格子……）的答案，JSON"
        )
        parser.add_argument(
            "--questions", type=Path, help="和 --check 一起用：把还没有答的写进这个文件，填好当 --answers 用"
        )
        parser.add_argument("--as", dest="phone", default="", help="以谁的名义：双联办账号的手机号或工号")

    def handle(self, *_args: Any, **options: Any) -> None:
        sheet, data = read_arguments(options["kind"], options["file"])
        by = find_office(options["phone"])
        runs.mark_broken()
        answers = read_answers(options["answers"]) if options["answers"] else {}
        run = runs.upload(sheet, options["file"].name, data, by)
        answering.take_file(run, answers)
        run.refresh_from_db()
        with Bar("检查") as bar:
            runs.check(run, bar)
        self.report(run)
        if run.status != Status.CHECKED:
            raise CommandError(run.message, returncode=CANNOT_RUN)
        if options["questions"]:
            write_questions(options["questions"], run)
        if waiting := run.open_questions:
            raise CommandError(
                f"还有 {len(waiting)} 件必答没有回答，什么都没有导入。", returncode=ROWS_REFUSED
            )
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
        for note in run.notes:
            self.stdout.write(note)
        for question in run.questions:
            self.stdout.write(question_in_words(question))
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


def question_in_words(question: dict[str, Any]) -> str:
    """必答：词，村“大庄村”（6 行），可以是：温泉镇大庄村、龙台镇大庄村。"""
    name = f"“{question['name']}”" if question["name"] else ""
    column = question["column"] if question["column"] != question["name"] else ""
    asked = f"{question['section']}，{column}{name}（{question['count']} 处）"
    if question["must"] and not question["chosen"]:
        return f"必答：{asked}，{question['why']}。可以是：{'、'.join(question['options']) or '一个日期'}。"
    return f"{'已答' if question['answered'] else '认作'}：{asked}→{question['chosen'] or '没有定'}"


def read_answers(path: Path) -> dict[str, Any]:
    """Read a file of answers. Raises CommandError with one sentence when it is none."""
    try:
        answers = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(answers, dict):
            raise ValueError(answers)
        return check_form(answers)
    except OSError as error:
        raise CommandError(f"打不开 {path}：{error.strerror}。", returncode=CANNOT_RUN) from error
    except BadAnswers as error:
        raise CommandError(str(error), returncode=CANNOT_RUN) from error
    except ValueError as error:
        raise CommandError(
            f"{path} 不是 JSON，先用 --questions 写出一份照着填。", returncode=CANNOT_RUN
        ) from error


def write_questions(path: Path, run: ImportRun) -> None:
    text = json.dumps(as_answers(run.questions), ensure_ascii=False, indent=2)
    try:
        path.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise CommandError(f"写不了 {path}：{error.strerror}。", returncode=CANNOT_RUN) from error


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
