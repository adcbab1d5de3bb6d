"""Survey statistics equal a slow computation over the same responses, on both databases."""

import statistics
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import bulk
from reports.surveys.counted import counted_in, family_of, rounds_of
from reports.surveys.numbers import numbers_of, spread
from reports.surveys.tally import tally
from surveys.definition.language import Facts
from surveys.models import Response
from tests.factories import make_household, make_survey, make_village
from tests.reports.forms import FIRST, FIRST_ANSWERS, SECOND, SECOND_ANSWERS

pytestmark = pytest.mark.django_db
YEAR = 2015
HOUSEHOLDS = 6


@pytest.fixture
def versions(db):
    first = make_survey(code="TEST", edition="1", definition=FIRST, status="closed")
    return first, make_survey(code="TEST", edition="2", definition=SECOND, based_on=first)


@pytest.fixture
def households(db):
    village = make_village()
    return [make_household(village=village) for _ in range(HOUSEHOLDS)]


statuses = st.sampled_from(["submitted", "accepted", "submitted", "draft", "returned"])
responses = st.lists(
    st.one_of(
        st.tuples(st.just(0), st.integers(0, HOUSEHOLDS - 1), st.integers(0, 40), statuses, FIRST_ANSWERS),
        st.tuples(st.just(1), st.integers(0, HOUSEHOLDS - 1), st.integers(0, 40), statuses, SECOND_ANSWERS),
    ),
    max_size=12,
    unique_by=lambda row: (row[0], row[1]),
)
"""(version, household, day of the year, status, answers)."""


def store(rows: Sequence[Any], versions: Any, households: Any, cadre: Any) -> None:
    bulk.insert(
        Response,
        [
            {
                "survey_id": versions[version].pk,
                "household_id": households[at].pk,
                "village_id": households[at].village_id,
                "place": households[at].place,
                "year": YEAR,
                "surveyed_on": date(YEAR, 1, 1) + timedelta(days=day),
                "surveyor_id": cadre.pk,
                "entered_by_id": cadre.pk,
                "unit_id": cadre.unit_id,
                "rank": cadre.rank,
                "status": status,
                "review_note": "再问一次",
                "answers": answers,
            }
            for version, at, day, status, answers in rows
        ],
    )


def latest(rows: Sequence[Any]) -> list[tuple[int, dict[str, Any]]]:
    """Return (version, answers) of the responses that count: the last of each household."""
    found = {}
    for version, at, day, status, answers in rows:
        if status in {"submitted", "accepted"} and (at not in found or day >= found[at][0]):
            found[at] = (day, version, answers)
    return [(version, answers) for _, version, answers in found.values()]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=responses)
def test_both_versions_count_as_a_slow_reckoning_does(rows, versions, households, cadre, office):
    with transaction.atomic():
        store(rows, versions, households, cadre)
        family = family_of(versions[1])
        years = rounds_of(family, office)
        found = tally(counted_in(family, office, YEAR, years.get(YEAR, [])), list(family.items))
        transaction.set_rollback(True)
    counting = latest(rows)
    called = {"K9": ("N1", "K9"), "S1": ("S1", "S1"), "P1": ("M1", "P1"), "P2": ("M1", "P2")}
    called |= {"Y1": (None, "Y1"), "T1": (None, "T1"), "S2": ("S2", "S2")}
    assert set(found) == set(called)
    for code, there in called.items():
        asked = [(v, answers) for v, answers in counting if there[v]]
        given_ = [answers.get(there[v]) for v, answers in asked]
        said = [answer for answer in given_ if answer not in (None, "unknown")]
        assert found[code].asked == len(asked)
        assert found[code].unknown == given_.count("unknown")
        assert found[code].answered == len(said)
        assert found[code].hidden == sum(
            is_hidden(versions[v], there[v], answers) for v, answers in asked if there[v] not in answers
        )
        if code in {"K9", "T1"}:
            assert_numbers(found[code].numbers, [Decimal(str(answer)) for answer in said])
        else:
            chosen = Counter(
                str(each) for answer in said for each in (answer if isinstance(answer, list) else [answer])
            )
            assert {option: count for option, _, count in found[code].options if count} == dict(chosen)


def is_hidden(survey: Any, code: str, answers: dict[str, Any]) -> bool:
    condition = survey.form.by_code[code].condition
    return condition is not None and not condition.shows(Facts(answers))


def assert_numbers(found: Any, values: list[Decimal]) -> None:
    if not values:
        assert found is None
        return
    assert (found.n, found.total) == (len(values), sum(values))
    assert (found.low, found.high) == (min(values), max(values))
    assert found.median == statistics.median(values)
    if len(values) > 1:
        lower, _, upper = statistics.quantiles(values, n=4, method="inclusive")
        assert (found.lower, found.upper) == (lower, upper)


def test_a_condition_on_last_time_leaves_hidden_and_blank_together(versions, households, cadre, office):
    store(
        [(0, 0, 1, "submitted", {"S1": "b"}), (0, 1, 1, "submitted", {"X1": 1})], versions, households, cadre
    )
    found = tally(counted_in(family_of(versions[0]), office, YEAR, [versions[0].pk]), ["X1", "S2"])
    assert (found["X1"].hidden, found["X1"].blank) == (None, 1)
    assert (found["S2"].hidden, found["S2"].blank) == (2, 0)


def test_an_option_that_only_the_first_version_had_keeps_its_word(versions, households, cadre, office):
    store([(0, 0, 1, "submitted", {"S1": "c"})], versions, households, cadre)
    found = tally(counted_in(family_of(versions[1]), office, YEAR, [versions[0].pk]), ["S1"])
    assert found["S1"].options[-1] == ("c", "砖混（旧选项）", 1)


@pytest.mark.once
def test_quartiles_lie_between_two_values():
    numbers = numbers_of({Decimal(1): 1, Decimal(2): 1, Decimal(4): 1, Decimal(8): 1})
    assert (numbers.lower, numbers.median, numbers.upper) == (Decimal("1.75"), 3, 5)


@pytest.mark.once
def test_classes_are_no_finer_than_the_answers():
    counts = {Decimal(number): 1 for number in range(10)} | {Decimal(0): 200}
    found = spread(counts, Decimal(1))
    cuts = [each.low for each, _ in found if each.low is not None]
    assert all(cut == int(cut) for cut in cuts)
    assert sum(count for _, count in found) == sum(counts.values())


@pytest.mark.once
@given(
    counts=st.dictionaries(st.decimals(-1000, 1000, places=1), st.integers(1, 9), min_size=1),
    step=st.sampled_from(["0.1", "1"]),
)
def test_every_number_stands_in_one_class(counts, step):
    found = spread(counts, Decimal(step))
    for each, count in found:
        if each.single:
            assert count == counts[each.low]
        else:
            low, high = each.low, each.high
            within = [v for v in counts if (low is None or v >= low) and (high is None or v < high)]
            assert count == sum(counts[value] for value in within)
    assert sum(count for _, count in found) == sum(counts.values())
