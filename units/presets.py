"""What a new county starts with: the “1085” ceilings and the words of 必访 and 必到. The office edits them."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from core import bulk
from core.word_lists import join_words
from units.models import DailyLimit, Division, Requirement, Word
from units.models.limits import PRESET
from units.roles import Rank

CEILINGS = {Rank.COUNTY: 10, Rank.SECTION: 8, Rank.GENERAL: 5}
"""武山 “1085”: households a cadre, by rank."""
VILLAGES_A_UNIT = 2
PROBLEM_DAYS = 15
"""Working days within which a problem is to be settled: our proposal, as no published text names one."""

LETTER_OF_UNITS = {Requirement.Indicator.VILLAGE_TIMES: 6, Requirement.Indicator.VILLAGE_DAYS: 40}
LETTER_OF_CADRES: dict[str, int | dict[str, int]] = {
    Requirement.Indicator.VISIT_TIMES: 4,
    Requirement.Indicator.VISIT_DAYS: 10,
    Requirement.Indicator.VISITED_HOUSEHOLDS: {Rank.COUNTY: 100, Rank.SECTION: 50, Rank.GENERAL: 20},
    Requirement.Indicator.CONTACT_HOUSEHOLDS: {Rank.COUNTY: 10, Rank.SECTION: 10, Rank.GENERAL: 5},
    Requirement.Indicator.HELP_HOUSEHOLDS: {Rank.COUNTY: 5, Rank.SECTION: 3, Rank.GENERAL: 2},
}
"""A neighbouring county's letter of 2012: minima of a year, off until the office takes them."""

WORD_SOURCE = "庆城县双联行动公开材料；本县原文未公布，可改"
HOUSEHOLD_TAGS = ("老党员", "军烈属", "五保", "重病", "留守", "信访")
"""必访: whom to visit."""
ALARMS = ("有病", "受灾", "突发事", "有纠纷", "红白事")
"""必到: when to go."""
ORDINARY = "平常走访"
VISIT_REASONS = (*ALARMS, ORDINARY)


def preset_requirements(*, place: str, year: int) -> int:
    """Return the “1085” ceilings of one year at a place (a Division's code); how many were not there yet."""
    households = [
        {"rank": rank, "indicator": Requirement.Indicator.PAIRED_HOUSEHOLDS, "maximum": most}
        for rank, most in CEILINGS.items()
    ]
    villages = {"indicator": Requirement.Indicator.PAIRED_VILLAGES, "maximum": VILLAGES_A_UNIT}
    problems = {"indicator": Requirement.Indicator.PROBLEM_DAYS, "maximum": PROBLEM_DAYS}
    return add_requirements([*households, villages, problems], place=place, year=year)


def letter_requirements(*, place: str, year: int) -> int:
    """Return the letter's minima of one year at a place; how many were not there yet."""
    rows: list[dict[str, Any]] = [
        {"indicator": indicator, "minimum": least} for indicator, least in LETTER_OF_UNITS.items()
    ]
    for indicator, least in LETTER_OF_CADRES.items():
        by_rank = least if isinstance(least, dict) else {"": least}
        rows += [{"indicator": indicator, "rank": rank, "minimum": n} for rank, n in by_rank.items()]
    return add_requirements(rows, place=place, year=year)


def copied_requirements(*, place: str, year: int) -> int:
    """Return those of the last year that has any, for another year; how many were not there yet."""
    before = Requirement.objects.filter(place=place, year__lt=year)
    last = before.order_by("-year").first()
    if last is None:
        return 0
    names = ("rank", "unit_id", "indicator", "minimum", "maximum")
    return add_requirements(list(before.filter(year=last.year).values(*names)), place=place, year=year)


def add_requirements(rows: Sequence[dict[str, Any]], *, place: str, year: int) -> int:
    """Insert what the year does not have yet: what the office has set stays as it is."""
    with transaction.atomic():
        # Two who press at the same moment come one after the other.
        Division.objects.select_for_update().filter(code=place).first()
        there = set(
            Requirement.objects.filter(place=place, year=year).values_list("rank", "unit_id", "indicator")
        )
        missing = [
            row for row in rows if (row.get("rank", ""), row.get("unit_id"), row["indicator"]) not in there
        ]
        bulk.insert(Requirement, [{"year": year, "place": place, **row} for row in missing])
    return len(missing)


def preset_words() -> None:
    """The words of both groups, in the order pages show them. Raises IntegrityError when they exist."""
    rows = []
    for group, texts in (
        (Word.Group.HOUSEHOLD_TAG, HOUSEHOLD_TAGS),
        (Word.Group.VISIT_REASON, VISIT_REASONS),
    ):
        for order, text in enumerate(texts, start=1):
            source = "" if text == ORDINARY else WORD_SOURCE
            rows.append({"group": group, "text": text, "source": source, "order": order})
    bulk.insert(Word, rows)


def preset_limits() -> None:
    """The daily limits of the roles that have none yet."""
    there = set(DailyLimit.objects.values_list("role", flat=True))
    bulk.insert(
        DailyLimit, [{"role": role, **limits} for role, limits in PRESET.items() if role not in there]
    )


def in_order(tags: set[str]) -> str:
    """Marks of a household as its column keeps them, in the preset order."""
    return join_words(tag for tag in HOUSEHOLD_TAGS if tag in tags)
