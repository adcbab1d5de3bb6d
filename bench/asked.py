"""The same households twice: as a clean list by villages, and as a county has it, with the answers to its questions."""

import io
from itertools import groupby
from typing import Any

import xlsxwriter

from bench.workbook import headings, households
from core.importing.questions import HEADINGS, WORDS
from core.sheets import write_rows
from households.choices import Cause, Health, Kind

UNKNOWN_HEADINGS = {"门牌栏": "住址", "测算数": "识别时人均纯收入"}
UNKNOWN_WORDS = {
    "主要致贫原因": {f"{cause}一类": cause for cause in Cause.labels},
    "健康状况": {f"身体{health}的": health for health in Health.labels},
    "贫困户属性": {f"{kind}之列": kind for kind in Kind.labels[:4]},
}
"""Twenty words."""
ANSWERS: dict[str, Any] = {HEADINGS: UNKNOWN_HEADINGS, WORDS: UNKNOWN_WORDS}
MERGED = ("乡镇", "村")


def by_village(rows: int) -> tuple[list[str], list[list[str]]]:
    labels = headings()
    place = labels.index("村级代码")
    return labels, sorted(households(rows, labels), key=lambda row: row[place])


def clean_workbook(rows: int) -> bytes:
    out = io.BytesIO()
    write_rows(out, *by_village(rows))
    return out.getvalue()


def asked_workbook(rows: int) -> bytes:
    """Return the rows with 乡镇 and 村 merged downwards, two unknown headings and twenty unknown words."""
    labels, lines = by_village(rows)
    for label, words in UNKNOWN_WORDS.items():
        place = labels.index(label)
        known = {meaning: word for word, meaning in words.items()}
        for line in lines:
            line[place] = known.get(line[place], line[place])
    names = {label: heading for heading, label in UNKNOWN_HEADINGS.items()}
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet("贫困户")
        page.write_row(0, 0, [names.get(label, label) for label in labels])
        for number, line in enumerate(lines, start=1):
            for place, text in enumerate(line):
                if text:
                    page.write_string(number, place, text)
        # Without a format xlsxwriter would leave what stands in the other cells of a merge.
        style = book.add_format({"valign": "vcenter"})
        for label in MERGED:
            _merge(page, labels.index(label), lines, style)
    return out.getvalue()


def _merge(page: Any, place: int, lines: list[list[str]], style: Any) -> None:
    for text, group in groupby(range(len(lines)), key=lambda number: lines[number][place]):
        numbers = list(group)
        if len(numbers) > 1:
            page.merge_range(numbers[0] + 1, place, numbers[-1] + 1, place, text, style)
