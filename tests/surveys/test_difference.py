"""Comparison with the previous response: better, worse, other; across versions; income by year."""

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from surveys.definition.presets import preset
from surveys.models import Response, Survey
from surveys.review.difference import difference, incomes
from tests.factories import make_cadre, make_household, make_response, make_survey

pytestmark = pytest.mark.django_db


def answered(survey: Survey, year: int, household: Any, **answers: Any) -> Response:
    return make_response(
        survey=survey,
        cadre=make_cadre(),
        household=household,
        surveyed_on=date(year, 9, 1),
        answers=answers,
    )


def next_version(survey: Survey) -> Survey:
    """Return a version in which B16 is renamed to B17."""
    document = deepcopy(preset("household"))
    document["version"] = "2016.1"
    item = next(entry for entry in document["items"] if entry["code"] == "B16")
    item["code"], item["continues"] = "B17", "B16"
    for entry in document["items"]:
        entry.setdefault("continues", entry["code"])
    survey.status = Survey.Status.CLOSED
    survey.save()
    return make_survey(definition=document, edition="2016.1", based_on=survey)


def test_what_became_better_stands_first_then_worse_then_other():
    survey, household = make_survey(), make_household()
    last = answered(survey, 2015, household, A01=60, A02="05", B07=3, B13=1, D03=["01", "05"], A09=1)
    now = answered(survey, 2016, household, A01=60, A02="02", B07=1, B13=2, D03=["01"], A09=1)
    found = difference(now, last)
    assert found is not None
    assert [(line.item.code, line.turn) for line in found.lines] == [
        ("A02", 1),
        ("D03", 1),
        ("B07", -1),
        ("B13", 0),
    ]
    assert found.glance == "变好 2 项，变差 1 项，其他变化 1 项，没有变 2 项"
    assert (found.lines[0].before, found.lines[0].after, found.lines[0].said) == (
        "土坯(土木)",
        "砖混",
        "↗ 变好",
    )


def test_what_was_not_known_is_neither_better_nor_worse():
    survey, household = make_survey(), make_household()
    last = answered(survey, 2015, household, A08="unknown")
    found = difference(answered(survey, 2016, household, A08=1), last)
    assert found is not None
    assert [(line.before, line.after, line.turn) for line in found.lines] == [("不详", "是", 0)]


def test_there_is_nothing_to_compare_the_first_time():
    now = answered(make_survey(), 2015, make_household(), A01=60)
    assert difference(now, now.previous()) is None


def test_a_renamed_item_goes_on_in_the_next_version():
    old = make_survey()
    household = make_household()
    before = answered(old, 2015, household, B16=2000)
    after = answered(next_version(old), 2016, household, B17=2600.5)
    assert after.previous() == before
    found = difference(after, before)
    assert found is not None
    assert [(line.item.code, line.turn) for line in found.lines] == [("B17", 1)]
    assert incomes([after, before]) == [(2015, "2,000"), (2016, "2,600.50")]
