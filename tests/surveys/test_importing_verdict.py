"""The sheet's verdict is that of the form, at the same number of queries however many rows."""

from datetime import date
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from households.models import Household
from surveys.definition.language import walk
from surveys.exchange.importing import HouseholdSurveySheet
from surveys.filling.checking import Examined, examine
from surveys.filling.facts import known_of
from surveys.models import Survey
from tests.importing import check
from tests.surveys.drawing import draw_raw
from tests.surveys.filled import make_surveyed
from tests.surveys.sheets import row_of
from units.models import Cadre

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seed", range(4))
def test_a_row_is_judged_as_the_form_is(office, cadre, survey, seed):
    """Thirty-two rows of drawn cells: the same sentences on the same items, the same rules broken."""
    rng = Random(seed)
    households = [draw_household(rng, cadre) for _ in range(8)]
    raws = [{c: cell(raw) for c, raw in draw_raw(rng, survey.form).items()} for _ in range(32)]
    words = [rng.choice([None, "属实"]) for _ in raws]
    rows = [
        row_of(
            survey,
            households[number // 4],
            **{item.code: raw.get(item.code) for item in survey.form.asked if not item.calc},
            surveyed_on=f"{2012 + number % 4}-09-16",
            word=word,
        )
        for number, (raw, word) in enumerate(zip(raws, words, strict=True))
    ]
    run = check("household_surveys", office, rows)
    columns = {column.label: key for key, column in HouseholdSurveySheet(survey).columns.items()}
    for row in run.rows.order_by("number"):
        number = row.number - 2
        known = known_of(survey, households[number // 4], date(2012 + number % 4, 9, 16), None)
        expected = told(survey, examine(survey.form, raws[number], known), words[number])
        assert {(columns[e["column"]], e["why"]) for e in row.errors or ()} == expected, raws[number]


def draw_household(rng: Random, cadre: Cadre) -> Household:
    household = make_surveyed(cadre=cadre)
    household.size = rng.choice([1, 2, 2, 3])
    household.save()
    for member in household.members.all():
        member.health, member.labour = rng.choice(["01", "03"]), rng.choice(["01", "03"])
        member.migrant_work, member.sex = rng.choice(["", "00", "03"]), rng.choice("12")
        member.save()
    return household


def cell(raw: Any) -> Any:
    return "；".join(raw) if isinstance(raw, list) else raw


def told(survey: Survey, examined: Examined, word: str | None) -> set[tuple[str, str]]:
    """(column, why) of everything that stops a row; B16 is B15 by the household's size."""
    found = {(code, sentence.split("。")[0]) for code, sentence in examined.errors.items()}
    found = {("B15", f"算出的上年家庭人均纯收入 {why}") if c == "B16" else (c, why) for c, why in found}
    for rule in examined.broken:
        parts = walk(rule.expression.tree)
        codes = [p[1] for p in parts if p[0] == "answer" and p[1] in {i.code for i in survey.form.asked}]
        if rule.is_error or not word:
            found.add((codes[0] if codes else "no", rule.message))
    return found


def test_queries_do_not_grow_with_the_rows(office, cadre, survey):
    households = [make_surveyed(cadre=cadre, head=f"户主{n}") for n in range(6)]
    rows = [row_of(survey, household, C01="五保户") for household in households]
    undated = {**rows[5], "调查日期": None}

    def queries(given: list[dict[str, Any]]) -> int:
        with CaptureQueriesContext(connection) as captured:
            check("household_surveys", office, given)
        return len(captured)

    assert queries([rows[0], undated]) == queries([*rows[:5], undated])
