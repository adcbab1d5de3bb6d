"""Workbooks to import in tests, and what came of them."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl
from django_tasks_db.models import DBTaskResult

from core.importing import runs
from core.importing.sheet import kind_of
from core.models import ImportRun
from units.models import Cadre, today

Row = Mapping[str, Any]


def workbook(
    rows: Sequence[Row], *, headings: Sequence[str] = (), above: Sequence[Sequence[Any]] = ()
) -> bytes:
    """An .xlsx of these rows; the headings are those of the rows, in their order, unless given."""
    names = headings or list(dict.fromkeys(name for row in rows for name in row))
    return table([*above, names, *([row.get(name) for name in names] for row in rows)])


def table(lines: Sequence[Sequence[Any]]) -> bytes:
    """An .xlsx of these lines as they are."""
    book = openpyxl.Workbook()
    for line in lines:
        book.worksheets[0].append(list(line))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def family(name: str = "王有福", number: str | None = None, **more: object) -> dict[str, object]:
    """A row of the sheet of households; `number` is the head's ID number."""
    return {
        "村": "大庄村",
        "组(社)": "三组",
        "家庭人口": 3,
        "户主姓名": name,
        "性别": "男",
        "身份证号": number,
        **more,
    }


def check(
    kind: str,
    by: Cadre,
    rows: Sequence[Row] | bytes,
    *,
    filename: str = "表.xlsx",
    answers: Mapping[str, Any] | None = None,
) -> ImportRun:
    data = rows if isinstance(rows, bytes) else workbook(rows)
    run = runs.upload(kind_of(kind), filename, data, by)
    run.answers = dict(answers or {})
    run.save()
    runs.check(run)
    return run


def load(
    kind: str,
    by: Cadre,
    rows: Sequence[Row] | bytes,
    *,
    partial: bool = False,
    answers: Mapping[str, Any] | None = None,
) -> ImportRun:
    """Check and import; unless answered, new cadres have the rank 一般 and new pairings begin today."""
    plain = {"缺列": {"级别": "一般", "开始日期": f"{today()}"}}
    run = check(kind, by, rows, answers=plain if answers is None else answers)
    runs.apply(run, partial=partial)
    return run


def outcomes(run: ImportRun) -> list[str]:
    return list(run.rows.order_by("number").values_list("outcome", flat=True))


def errors(run: ImportRun) -> list[dict[str, str]]:
    return [error for row in run.rows.order_by("number") for error in row.errors or ()]


def whys(run: ImportRun) -> list[str]:
    """Each error as “cell: why”."""
    return [f"{error['cell']} {error['why']}" for error in errors(run)]


def warnings(run: ImportRun) -> list[str]:
    return [warning["why"] for row in run.rows.order_by("number") for warning in row.warnings or ()]


def work_off() -> None:
    """What the worker does with the queue."""
    while waiting := DBTaskResult.objects.ready().first():
        waiting.task.call(*waiting.task_result.args, **waiting.task_result.kwargs)
        waiting.delete()
