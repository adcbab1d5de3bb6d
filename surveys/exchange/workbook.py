"""The form as a workbook for a village or township, one row per subject, to fill in offline.

Known facts and the answers of this year or last time are pre-filled. It is imported after filling.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from core.chunked_queries import records_in, rows_in
from core.importing import workbooks
from households.models import Household, HouseholdPairing
from households.models.household import HouseholdQuerySet
from surveys.definition.items import Item
from surveys.definition.lineage import earlier_answers
from surveys.exchange.importing import HouseholdSurveySheet, VillageSurveySheet
from surveys.exchange.importing.editions import edition_of
from surveys.models import Response, Survey
from units.models import Cadre, today
from villages.models.village import VillageQuerySet

Cells = dict[str, Any]


def household_workbook(
    survey: Survey, households: HouseholdQuerySet, user: Cadre, *, last: bool
) -> tuple[bytes, int]:
    """Return (workbook, rows) with a row per household; `last` pre-fills the answers of last time."""
    wanted: list[Any] = list(households.with_head().order_by("no"))
    cadres = _paired_cadres(wanted)
    rows = [
        {
            "no": household.no,
            "head_name": household.head_name,
            "group": household.group,
            "size": household.size,
            "surveyor": cadres.get(household.pk),
        }
        for household in wanted
    ]
    return _workbook(survey, wanted, rows, user, last=last)


def village_workbook(
    survey: Survey, villages: VillageQuerySet, user: Cadre, *, last: bool
) -> tuple[bytes, int]:
    """Return (workbook, rows) with a row per village."""
    wanted = list(villages.select_related("division").order_by("code"))
    rows = [{"village_code": v.code, "town": v.division.name, "village": v.name} for v in wanted]
    return _workbook(survey, wanted, rows, user, last=last)


def _workbook(
    survey: Survey, subjects: Sequence[Any], rows: Sequence[Cells], user: Cadre, *, last: bool
) -> tuple[bytes, int]:
    sheet = (HouseholdSurveySheet if survey.is_of_households else VillageSurveySheet)(survey)
    pks = [subject.pk for subject in subjects]
    this_year = _this_year(survey, pks, user)
    before = earlier_answers(survey, pks) if last else {}
    for pk, row in zip(pks, rows, strict=True):
        row["version"] = edition_of(survey)
        if pk in this_year:
            row |= _filled(survey, this_year[pk])
        elif earlier := before.get(pk):
            row |= _cells(survey, earlier[-1][1])
    return workbooks.template(sheet, rows), len(rows)


def _this_year(survey: Survey, pks: Sequence[int], user: Cadre) -> dict[int, Response]:
    """Return this year's responses in the user's scope, drafts included."""
    link = "household" if survey.is_of_households else "village"
    own = (
        Response.objects.visible_to(user).filter(survey=survey, year=today().year).select_related("surveyor")
    )
    if not survey.is_of_households:
        own = own.filter(household=None)
    return {getattr(response, f"{link}_id"): response for response in records_in(own, link, pks)}


def _filled(survey: Survey, response: Response) -> Cells:
    words = dict.fromkeys(response.confirmed.values())
    return {
        "surveyed_on": response.surveyed_on.isoformat(),
        "surveyor": response.surveyor.phone or response.surveyor.staff_no,
        "signed": "是" if response.signed else None,
        "word": "；".join(words) or None,
        **_cells(survey, response.answers),
    }


def _cells(survey: Survey, answers: Mapping[str, Any]) -> Cells:
    """Format answers as typed in a workbook, including a draft's invalid ones."""
    items = (item for item in survey.form.asked if item.code in answers and not item.calculation)
    return {item.code: _cell(item, answers[item.code]) for item in items}


def _cell(item: Item, answer: Any) -> str | float:
    is_number = item.type == "number" and isinstance(answer, int | float)
    return answer if is_number else item.as_typed(answer)


def _paired_cadres(households: Sequence[Household]) -> dict[int, str]:
    """Return the likely surveyor of each household: the cadre paired with it, 帮扶 before 联系."""
    pairings = HouseholdPairing.objects.current().order_by("kind")
    columns = ("household_id", "cadre__name")
    rows = rows_in(pairings, "household", [h.pk for h in households], *columns)
    return {row["household_id"]: row["cadre__name"] for row in rows}
