"""Files as ODK Central and Kobo export them, with answers to our own XLSForm; names are read from that form."""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import openpyxl

from surveys.definition.document import Definition
from surveys.exchange.xlsform import write_xlsform
from surveys.models import Survey
from tests.surveys.filled import HOUSEHOLD, VILLAGE

Row = dict[str, Any]
KEY, UUID = "uuid:{}", "7f1c5b0e-0000-4000-8000-{:012}"


def questions(form: Definition) -> list[tuple[list[str], str, str]]:
    """Return (groups, name, label) of each question of the exported form, in order."""
    out = io.BytesIO()
    write_xlsform(out, form)
    head, *rows = openpyxl.load_workbook(out)["survey"].values
    path: list[tuple[str, str]] = []
    found = []
    for row in (dict(zip(head, row, strict=True)) for row in rows):
        kind, name, label = row["type"], row["name"], row["label::中文 (zh)"]
        if kind.startswith("begin"):
            path.append((name, label))
        elif kind.startswith("end"):
            path.pop()
        else:
            found.append(([part for part, _ in path], name, label or "", [label for _, label in path]))
    return [(groups, name, "/".join([*labels, label])) for groups, name, label, labels in found]


def answered(survey: Survey, subject: Any, surveyor: str, **more: Any) -> Row:
    """Return what a device sends of a whole response, by name; several choices of one question are joined by spaces."""
    of_households = survey.is_of_households
    given = dict(HOUSEHOLD if of_households else VILLAGE)
    row: Row = {}
    for code, value in given.items():
        item = survey.form.by_code[code]
        apart = value == "unknown" and item.type not in {"single", "multi", "yesno"}
        row[f"{code}_unknown" if apart else code] = " ".join(value) if isinstance(value, list) else value
    if of_households:
        row |= {"H01": subject.no, "H09": "2015-09-16", "H10": surveyor, "H12": "1", "B16": "4800"}
    else:
        row |= {"VH1": subject.division.name, "VH2": subject.name, "VH9": "2015-09-16", "surveyor": surveyor}
    return row | more


def central(
    survey: Survey,
    rows: Sequence[Row],
    *,
    split: Iterable[str] = (),
    prefix: str = "-",
    version: str | None = None,
) -> list[list[Any]]:
    """Return the table of responses that ODK Central exports; `split` are choices split into columns."""
    names = [entry for entry in questions(survey.form) if entry[0] != ["members"]]
    head: list[str] = ["SubmissionDate"]
    for groups, name, _ in names:
        head.append(prefix.join([*groups, name]) if prefix else name)
        if name in split:
            head += [f"{head[-1]}/{option}" for option in survey.form.by_code[name].labels]
    head += ["meta-instanceID", "KEY", "SubmitterName", "Status", "ReviewState", "FormVersion"]
    lines: list[list[Any]] = [head]
    for at, row in enumerate(rows, start=1):
        line: list[Any] = ["2015-09-17T02:11:02.123Z"]
        for _, name, _ in names:
            line.append(row.get(name, ""))
            if name in split:
                chosen = row.get(name, "").split()
                line += [str(int(option in chosen)) for option in survey.form.by_code[name].labels]
        line += [KEY.format(at), KEY.format(at), "村里的手机", "", "", version or survey.edition]
        lines.append(line)
    return lines


def members_table(members: Sequence[tuple[int, Mapping[str, Any]]], *, kobo: bool = False) -> list[list[Any]]:
    """Return the repeat: (number of the response, answers by code)."""
    codes = list(dict.fromkeys(code for _, answers in members for code in answers))
    if kobo:
        head = [*(f"members/{code}" for code in codes), "_index", "_parent_table_name", "_parent_index"]
    else:
        head = [*codes, "PARENT_KEY", "KEY"]
    lines: list[list[Any]] = [head]
    for at, (parent, answers) in enumerate(members, start=1):
        ends = (
            [at, "贫困户调查表", parent]
            if kobo
            else [KEY.format(parent), f"{KEY.format(parent)}/members[{at}]"]
        )
        lines.append([*(answers.get(code, "") for code in codes), *ends])
    return lines


def kobo(
    survey: Survey, rows: Sequence[Row], *, groups: bool = True, whole: bool = True, split: Iterable[str] = ()
) -> list[list[Any]]:
    """Return the table of responses that Kobo exports, with values and names as in the form."""
    names = [entry for entry in questions(survey.form) if entry[0] != ["members"]]
    head: list[str] = ["start", "end"]
    for path, name, _ in names:
        own = "/".join([*path, name]) if groups else name
        head += [own] if whole or name not in split else []
        head += [f"{own}/{option}" for option in survey.form.by_code[name].labels] if name in split else []
    head += ["__version__", "_id", "_uuid", "_submission_time", "_submitted_by", "_tags", "_index"]
    lines: list[list[Any]] = [head]
    for at, row in enumerate(rows, start=1):
        line: list[Any] = ["2015-09-16T08:11:02.123+08:00", "2015-09-16T08:41:10.000+08:00"]
        for _, name, _ in names:
            line += [row.get(name, "")] if whole or name not in split else []
            if name in split:
                chosen = row.get(name, "").split()
                line += [int(option in chosen) for option in survey.form.by_code[name].labels]
        line += ["vQ7", 4000 + at, UUID.format(at), "2015-09-16T08:50:00", "county", "", at]
        lines.append(line)
    return lines


def kobo_in_words(survey: Survey, rows: Sequence[Row]) -> list[list[Any]]:
    """Return Kobo's export with labels in place of names and values."""
    names = [entry for entry in questions(survey.form) if entry[0] != ["members"]]
    items = survey.form.by_code | {item.code: item for item in survey.form.header}
    lines: list[list[Any]] = [
        [*(label for _, _, label in names), "_id", "_uuid", "_submission_time", "_index"]
    ]
    for at, row in enumerate(rows, start=1):
        line: list[Any] = []
        for _, name, _ in names:
            value, item = row.get(name, ""), items.get(name)
            if name.endswith("_unknown"):
                value = value and "不详"
            elif value and item and item.type == "yesno":
                value = {"1": "是", "0": "否", "unknown": "不详"}[value]
            elif value and item and item.options:
                value = " ".join({**item.labels, "unknown": "不详"}[code] for code in value.split())
            line.append(value)
        lines.append([*line, 4000 + at, UUID.format(at), "2015-09-16T08:50:00", at])
    return lines


def as_csv(lines: Sequence[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    return text.getvalue().encode("utf-8-sig")


def as_zip(**tables: Sequence[Sequence[Any]]) -> bytes:
    """Return the zip file of ODK Central: a CSV for the responses and one for each repeat."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, lines in tables.items():
            archive.writestr(f"{name.replace('_', '-')}.csv", as_csv(lines))
        archive.writestr("media/1.jpg", b"\xff\xd8\xff")
    return out.getvalue()


def as_xlsx(**tables: Sequence[Sequence[Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, lines in tables.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(["" if cell is None else cell for cell in line])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
