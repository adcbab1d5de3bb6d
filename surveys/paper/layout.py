"""A printed form as plain data for `templates/paper/survey.typ`.

A cell is the content beside a label: `line` (a value or a line to write on, with its unit), `boxes` to tick,
or `text` over several lines.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.sheets.writing import text_width
from surveys.definition.document import Definition
from surveys.definition.items import UNKNOWN_LABEL, Item
from surveys.definition.language import UNKNOWN
from surveys.definition.wording import condition_in_words

Cell = dict[str, Any]

NUMBER = "household.no"
"""The header's 编号, printed above the form instead of in it."""
SHORT_BOXES = 46
"""Checkboxes up to this width (in digits) fit into half a row."""
LETTERS_A_LINE = 40
SPARE_MEMBERS, MEMBERS_OF_NONE = 2, 8
"""Empty rows after known members, and rows of a form without known members."""
NO_DATE = "　　年　 月　 日"
ORDINALS = [*"一二三四五六七八九十", *(f"十{n}" for n in "一二三四五六七八九"), "二十"]
WIDTHS = {"member.name": 1.4, "member.sex": 0.7, "member.id_number": 3.1}


@dataclass(frozen=True)
class Filling:
    """The content of one form.

    `header` and `members` hold texts by item code, `answers` clean answers (in a draft also texts as
    typed). `signature` is a JPEG; `blank` asks for lines to write on.
    """

    number: str = ""
    header: Mapping[str, Any] = field(default_factory=dict)
    members: Sequence[Mapping[str, str]] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)
    notes: Sequence[str] = ()
    signers: Mapping[str, str] = field(default_factory=dict)
    signature: bytes = b""
    mark: str = ""
    blank: bool = True


def paper(
    definition: Definition, fillings: Sequence[Filling], *, printed: str = "", notice: str = ""
) -> dict[str, Any]:
    """Return everything the template prints: the forms in order, and one page of explanations after blank
    ones.

    `printed` states who printed it and when; `notice` is at the head of every page.
    """
    return {
        "title": definition.title,
        "edition": f"{definition.code}　{definition.version} 版",
        "printed": printed,
        "notice": notice,
        "forms": [
            {**_form(definition, filling), "signature": signature_name(number) if filling.signature else ""}
            for number, filling in enumerate(fillings)
        ],
        "help": _help(definition) if any(filling.blank for filling in fillings) else [],
    }


def pictures(fillings: Sequence[Filling]) -> dict[str, bytes]:
    """Return the signatures by the file names that the template uses."""
    return {signature_name(n): f.signature for n, f in enumerate(fillings) if f.signature}


def signature_name(number: int) -> str:
    return f"signature-{number}.jpg"


def _form(definition: Definition, filling: Filling) -> dict[str, Any]:
    known = {item.code: filling.header.get(item.code) for item in definition.header if item.bind}
    answers = {**filling.answers, **known}
    return {
        "number": filling.number,
        "mark": filling.mark,
        "blank": filling.blank,
        "header": _header(definition, answers, blank=filling.blank),
        "members": _members(definition, filling),
        "sections": [
            {
                "label": f"{ORDINALS[number]}、{section.label}",
                "rows": _rows([_entry(definition, i, answers, blank=filling.blank) for i in section.items]),
            }
            for number, section in enumerate(definition.sections)
        ],
        "notes": list(filling.notes),
        "signers": [[label, value] for label, value in _signers(definition, filling)],
    }


def _entry(definition: Definition, item: Item, answers: Mapping[str, Any], *, blank: bool) -> Cell:
    """Return one numbered item: code, label, condition, and its cell."""
    hint = "由系统计算" if item.calculation else condition_in_words(item, definition)
    cell = answer_cell(item, answers.get(item.code), blank=blank)
    return {"code": item.code, "label": item.label, "hint": hint if blank else "", **cell}


def answer_cell(item: Item, answer: Any, *, blank: bool) -> Cell:
    """Return the cell of an answer, or the space for writing one."""
    if item.type == "text" and (item.max or 0) > LETTERS_A_LINE:
        lines = min(-(-item.max // LETTERS_A_LINE), 5)
        return {"kind": "text", "value": _text(item, answer), "lines": lines if blank else 0, "wide": True}
    if item.options or item.type == "yesno":
        return _boxes(item, answer, blank=blank)
    unknown = [_box(UNKNOWN_LABEL, ticked=answer == UNKNOWN)] if item.unknown_allowed and blank else []
    value = _text(item, answer)
    if item.type == "date" and blank and not value:
        value = NO_DATE
    line = blank and not item.calculation
    return {"kind": "line", "value": value, "unit": item.unit, "line": line, "boxes": unknown, "wide": False}


def _text(item: Item, answer: Any) -> str:
    """Format an answer; numbers without thousands separators (1998 年); in a draft as typed."""
    if item.type == "number" and isinstance(answer, float):
        return f"{answer:.{item.places}f}"
    if item.type in {"number", "date"} and answer not in (None, UNKNOWN):
        return str(answer)
    return item.as_typed(answer)


def _boxes(item: Item, answer: Any, *, blank: bool) -> Cell:
    chosen = answer if isinstance(answer, list) else [answer]
    options: list[tuple[Any, str]] = list(item.labels.items()) or [(1, "是"), (0, "否")]
    if item.unknown_allowed:
        options.append((UNKNOWN, UNKNOWN_LABEL))
    boxes = [_box(label, ticked=code in chosen) for code, label in options]
    limited = 0 < item.max_select < len(item.options)
    hint = f"（最多选 {item.max_select} 项）" if limited and blank else ""
    wide = sum(text_width(label) + 3 for _, label in options) + text_width(hint) > SHORT_BOXES
    return {"kind": "boxes", "boxes": boxes, "after": hint, "wide": wide}


def _box(label: str, *, ticked: bool) -> dict[str, Any]:
    return {"label": label, "ticked": ticked}


def _header(definition: Definition, answers: Mapping[str, Any], *, blank: bool) -> list[list[Cell]]:
    cells = []
    for item in definition.header:
        if item.bind == NUMBER:
            continue
        given = answers.get(item.code)
        if item.bind and item.type != "yesno" and given:
            cell: Cell = {"kind": "line", "value": str(given), "unit": item.unit, "boxes": [], "wide": False}
        else:
            cell = answer_cell(item, given, blank=blank)
        cells.append({"label": item.label, **cell, "line": False})
    return _rows(cells, across=3)


def _rows(cells: Sequence[Cell], across: int = 2) -> list[list[Cell]]:
    """Arrange cells side by side, a wide one alone in its row."""
    rows: list[list[Cell]] = []
    for cell in cells:
        joins = rows and len(rows[-1]) < across and not cell["wide"] and not rows[-1][0]["wide"]
        if joins:
            rows[-1].append(cell)
        else:
            rows.append([cell])
    return rows


def _members(definition: Definition, filling: Filling) -> dict[str, Any] | None:
    if not definition.members:
        return None
    empty: Mapping[str, str] = {}
    spare = (SPARE_MEMBERS if filling.members else MEMBERS_OF_NONE) if filling.blank else 0
    return {
        "columns": [
            {
                "label": f"{item.label}（{item.unit}）" if item.unit else item.label,
                "width": WIDTHS.get(item.bind, 1.15),
            }
            for item in definition.members
        ],
        "rows": [
            [member.get(item.code, "") for item in definition.members]
            for member in (*filling.members, *[empty] * spare)
        ],
        "keys": [
            [item.label, "　".join(f"{option.code}{option.label}" for option in item.options)]
            for item in definition.members
            if item.options and filling.blank
        ],
    }


def _signers(definition: Definition, filling: Filling) -> list[tuple[str, str]]:
    asked = "被调查人（户主）签字" if definition.subject == "household" else "村负责人签字"
    given = {"日期": NO_DATE if filling.blank else "", **filling.signers}
    return [(label, given.get(label, "")) for label in (asked, "填表人", "审核人", "日期")]


def _help(definition: Definition) -> list[list[str]]:
    """Return the explanations of items, by code: 填表说明."""
    return [[f"{item.code} {item.label}", item.help] for item in definition.asked if item.help]
