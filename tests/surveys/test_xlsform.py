"""The definition as an XLSForm: pyxform accepts it, and a device gives the same results as the server."""

import copy
import io
from functools import cache
from random import Random
from typing import Any

import openpyxl
import pytest
from pyxform.xls2xform import convert

from core.cells import CellError
from surveys.definition.document import Definition, Rule, load
from surveys.definition.items import Item
from surveys.definition.language import QUANTIFIERS, UNKNOWN, walk
from surveys.exchange.xlsform import write_xlsform
from surveys.filling.checking import Known, examine, hide
from tests.surveys.definitions import EVERYTHING, FORMS
from tests.surveys.device import Device
from tests.surveys.drawing import draw_clean, draw_known

pytestmark = [pytest.mark.once, pytest.mark.slow]
forms = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.code)
CASES = 400
NEVER_BROKEN = {"X07", "R6"}
"""X07: a condition already hides the cases it forbids. R6: needs a member that lacks an answer."""


@cache
def book_of(code: str) -> bytes:
    out = io.BytesIO()
    write_xlsform(out, next(form for form in FORMS if form.code == code))
    return out.getvalue()


@cache
def xform_of(code: str) -> str:
    return convert(io.BytesIO(book_of(code)), file_type=".xlsx").xform


@forms
def test_pyxform_takes_it_without_a_word(form):
    assert convert(io.BytesIO(book_of(form.code)), file_type=".xlsx").warnings == []


@forms
def test_odk_validate_accepts_it(form):
    """pyxform includes the validator that ODK Central runs; it needs Java (`python -m tools.java`)."""
    assert convert(io.BytesIO(book_of(form.code)), file_type=".xlsx", validate=True).warnings == []


@forms
def test_every_item_is_a_row_with_its_label_unit_and_hint(form):
    book = openpyxl.load_workbook(io.BytesIO(book_of(form.code)))
    head, *rows = book["survey"].values
    by_name = {row[1]: dict(zip(head, row, strict=True)) for row in rows}
    for item in (*form.header, *form.members, *form.items):
        row = by_name[item.code if not item.calc else f"{item.code}_shown"]
        assert row["label::中文 (zh)"].startswith(item.label)
        assert item.unit in row["label::中文 (zh)"]
        assert (row["hint::中文 (zh)"] or "") == (item.help if not item.calc else "")
    lists = {(row[0], row[1]): row[2] for row in book["choices"].values}
    for item in form.items:
        assert {code: lists[item.code, code] for code in item.labels} == item.labels


def test_what_would_be_very_long_in_xpath_stays_on_the_server():
    """A rule that would grow too long in XPath is checked only on the server: each level of and inside or nearly
    doubles it, so this rule of 400 characters would take gigabytes.
    """
    rule = "A1 > 1"
    for at in range(36):
        rule = f"({rule}){'and' if at % 2 else 'or'} A2<1"
    document = copy.deepcopy(EVERYTHING)
    document["cross_rules"][0]["rule"] = rule
    numbers = ", ".join(map(str, range(100)))
    many = [
        {"code": f"N{at}", "level": "error", "rule": f"A2 < {at} or A1 in ({numbers})", "msg": "不对"}
        for at in range(40)
    ]
    document["cross_rules"] += many
    out = io.BytesIO()
    write_xlsform(out, load(document))
    sheet = openpyxl.load_workbook(io.BytesIO(out.getvalue()))["survey"]
    longest = max((str(cell or "") for row in sheet.values for cell in row), key=len)
    assert 4_000 < len(longest) < 32_767
    assert not longest.endswith("…")


@forms
def test_a_device_says_what_the_server_says(form):
    """Hidden items, calculated values and broken rules agree on drawn answers."""
    rng = Random(form.code)
    said: set[str] = set()
    for _ in range(CASES):
        known, answers = drawn_known(rng, form), {item.code: drawn(rng, item) for item in form.asked}
        examined = examine(form, answers, known)
        if any(item.code in examined.errors for item in form.calculated):
            continue  # out of range: the server has no number then
        device = device_of(form, answers, known)
        assert device.hidden & form.by_code.keys() == hide(form, examined.answers, known)
        for item in form.calculated:
            assert number(device.value(item.code)) == examined.answers.get(item.code), item.code
        broken = {rule.code for rule in examined.broken if is_sayable(rule)}
        assert refused_by(device, form) == {ends_at(form, rule) for rule in form.rules if rule.code in broken}
        said |= broken
    assert said == {rule.code for rule in form.rules if is_sayable(rule)} - NEVER_BROKEN


def is_sayable(rule: Rule) -> bool:
    return not {"previous", "subject"} & {part[0] for part in walk(rule.expression.tree)}


def ends_at(form: Definition, rule: Rule) -> str:
    """Return where a device reports the rule: its own note, or the item whose constraint contains it."""
    about_members = {"members", *QUANTIFIERS} & {part[0] for part in walk(rule.expression.tree)}
    codes = [item.code for item in form.items if item.code in rule.expression.codes]
    takes_constraint = codes and not form.by_code[codes[-1]].calculation
    if rule.is_error and takes_constraint:
        return codes[-1]
    assert codes or about_members
    return f"check_{form.rules.index(rule)}"


def refused_by(device: Device, form: Definition) -> set[str]:
    """Return the items whose answers a device refuses, and the notes it shows."""
    codes = {ends_at(form, rule) for rule in form.rules if is_sayable(rule)}
    notes = {code for code in codes if code.startswith("check_") and code not in device.hidden}
    return notes | {code for code in codes & form.by_code.keys() if not device.is_accepted(code)}


def drawn(rng: Random, item: Item) -> Any:
    """Draw a clean answer within its limits; numbers are whole or halves, which lxml reads exactly."""
    answer = draw_clean(rng, item)
    if isinstance(answer, float):
        answer = round(answer) + rng.choice([0, 0.5])
    try:
        return item.clean(answer)
    except CellError:
        return drawn(rng, item)


def drawn_known(rng: Random, form: Definition) -> Known:
    """Draw header facts and members with no fact missing."""
    known = draw_known(rng, form)
    members = [
        {item.code: draw_clean(rng, item, missing=0) for item in form.members} | {"age": member["age"]}
        for member in known.members
    ]
    return Known(header=known.header, members=members)


def device_of(form: Definition, answers: dict[str, Any], known: Known) -> Device:
    values = {}
    for code, answer in {**known.header, **answers}.items():
        apart = answer == UNKNOWN and form.by_code[code].type in {"number", "date"}
        values[f"{code}_unknown" if apart else code] = as_typed(answer)
    members = [{code: as_typed(answer) for code, answer in member.items()} for member in known.members]
    return Device(xform_of(form.code), values, members)


def as_typed(answer: Any) -> str:
    if isinstance(answer, list):
        return " ".join(answer)
    return "" if answer is None else str(answer)


def number(text: str) -> float | None:
    return float(text) if text else None
