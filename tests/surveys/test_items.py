"""Every item of both forms, from its own definition: at its limits, just inside and just outside."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from core.cells import CellError
from surveys.definition.items import LONGEST_TEXT, UNKNOWN_LABEL, Item
from surveys.definition.language import UNKNOWN
from tests.surveys.definitions import FORMS
from tests.surveys.drawing import draw_typed
from units.models import today

pytestmark = pytest.mark.once
ITEMS = [item for form in FORMS for item in (*form.header, *form.members, *form.items)]


def of_type(*types: str) -> Any:
    found = [item for item in ITEMS if item.type in types]
    return pytest.mark.parametrize("item", found, ids=lambda item: item.code)


def refused(item: Item, raw: Any) -> str:
    with pytest.raises(CellError) as raised:
        item.clean(raw)
    return raised.value.why


def step_of(item: Item) -> Decimal:
    return Decimal(str(item.step or 1))


def test_all_of_both_forms_are_here():
    assert [len(form.items) for form in FORMS[:2]] == [47, 67]


@of_type("number")
def test_a_number_is_taken_from_edge_to_edge(item):
    low, high = Decimal(str(item.min or 0)), Decimal(str(item.max or 1000))
    step = step_of(item)
    for number in (low, low + step, high - step, high):
        assert item.clean(f"{number:f}") == float(number)
        assert item.clean(float(number)) == float(number)  # as Excel stores it
        assert item.clean(f"{number:f}{item.unit}") == float(number)


@of_type("number")
def test_a_number_outside_its_range_is_refused(item):
    if item.min is not None:
        assert "超出了范围" in refused(item, f"{Decimal(str(item.min)) - step_of(item):f}")
    if item.max is not None:
        assert "超出了范围" in refused(item, f"{Decimal(str(item.max)) + step_of(item):f}")


@of_type("number")
def test_a_number_between_two_steps_is_refused(item):
    between = Decimal(str(item.min or 0)) + step_of(item) / 2
    refused(item, f"{between:f}")


@of_type("number")
def test_a_number_is_a_number(item):
    for raw in ("很多", "1-2", "1e3", "--1", True, "9" * 20):
        refused(item, raw)


@of_type("yesno")
def test_yes_and_no(item):
    assert [item.clean(raw) for raw in ("1", "0", 1, 0, "是", "否", "有", "无")] == [1, 0] * 4
    refused(item, "2")


@of_type("single")
def test_each_option_by_code_and_by_label(item):
    for code, label in item.options:
        assert item.clean(code) == item.clean(label) == item.clean(f"{code} {label}") == code
        assert item.shown(code) == label
    if item.options:
        refused(item, "没有的")
        refused(item, [option.code for option in item.options[:2]])


@of_type("multi")
def test_options_come_in_their_order_once_each(item):
    most = item.max_select or len(item.options)
    codes = list(item.labels)[:most]
    words = [item.labels[code] for code in codes]
    backwards = [*reversed(codes), codes[0]]
    for raw in (codes, backwards, "；".join(words), "\n".join(reversed(words)), "、".join(codes)):
        assert item.clean(raw) == codes
    assert item.shown(codes) == "；".join(words)
    refused(item, [codes[0], "没有的"])


@of_type("multi")
def test_no_more_options_than_may_be_chosen(item):
    if 0 < item.max_select < len(item.options):
        assert refused(item, list(item.labels)[: item.max_select + 1]) == f"选了 {item.max_select + 1} 项"


@of_type("text")
def test_a_text_is_as_long_as_it_may_be(item):
    most, least = item.max or LONGEST_TEXT, item.min or 1
    for length in (least, most):
        assert item.clean("字" * length) == "字" * length
    refused(item, "字" * (most + 1))
    if least > 1:
        refused(item, "字" * (least - 1))


@of_type("text")
def test_an_id_number_never_lies_in_a_text(item):
    if (item.max or LONGEST_TEXT) >= 18:
        assert refused(item, "620524196005011234") == "这里写了身份证号"


@of_type("date")
def test_a_day_from_the_earliest_to_today(item):
    earliest = date.fromisoformat(item.min or "1900-01-01")
    assert item.clean(item.min or "1900-01-01") == earliest.isoformat()
    assert item.clean(today().isoformat()) == today().isoformat()
    assert item.clean("2012年3月5日") == "2012-03-05"
    refused(item, (earliest - timedelta(days=1)).isoformat())
    assert refused(item, (today() + timedelta(days=1)).isoformat()) == "这一天还没有到"


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.code)
def test_unknown_is_an_answer_where_the_form_says_so(item):
    for raw in (UNKNOWN, UNKNOWN_LABEL, [UNKNOWN]):
        if item.unknown_allowed:
            assert item.clean(raw) == UNKNOWN
        else:
            refused(item, raw)
    assert item.shown(UNKNOWN) == UNKNOWN_LABEL


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.code)
def test_nothing_is_no_answer(item):
    for raw in (None, "", " ", [], [""]):
        assert item.clean(raw) is None
    assert item.shown(None) == ""


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.code)
def test_a_clean_answer_stays_as_it_is(item):
    rng = Random(item.code)
    cleaned = 0
    for _ in range(60):
        try:
            answer = item.clean(draw_typed(rng, item))
        except CellError:
            continue
        assert item.clean(answer) == answer
        assert isinstance(item.shown(answer), str)
        cleaned += answer is not None
    assert cleaned
