"""Initial data of a new county: the “1085” ceilings and the words of 必访 and 必到. The office may edit them."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from core import bulk
from core.word_lists import join_words
from units.models import DailyLimit, Division, Requirement, Word
from units.models.limits import PRESET
from units.roles import Rank

CEILINGS = {Rank.COUNTY: 10, Rank.SECTION: 8, Rank.GENERAL: 5}
"""武山 “1085”: households per cadre, by rank."""
VILLAGES_A_UNIT = 2
PROBLEM_DAYS = 15
"""Working days until a problem is due: our own proposal, since no published text states one."""

LETTER_OF_UNITS = {Requirement.Indicator.VILLAGE_TIMES: 6, Requirement.Indicator.VILLAGE_DAYS: 40}
LETTER_OF_CADRES: dict[str, int | dict[str, int]] = {
    Requirement.Indicator.VISIT_TIMES: 4,
    Requirement.Indicator.VISIT_DAYS: 10,
    Requirement.Indicator.VISITED_HOUSEHOLDS: {Rank.COUNTY: 100, Rank.SECTION: 50, Rank.GENERAL: 20},
    Requirement.Indicator.CONTACT_HOUSEHOLDS: {Rank.COUNTY: 10, Rank.SECTION: 10, Rank.GENERAL: 5},
    Requirement.Indicator.HELP_HOUSEHOLDS: {Rank.COUNTY: 5, Rank.SECTION: 3, Rank.GENERAL: 2},
}
"""From a neighbouring county's letter of 2012: yearly minima, inactive until the office adopts them."""

WORD_SOURCE = "庆城县双联行动公开材料；本县原文未公布，可改"
HOUSEHOLD_TAGS = ("老党员", "军烈属", "五保", "重病", "留守", "信访")
"""必访: whom to visit."""
ALARMS = ("有病", "受灾", "突发事", "有纠纷", "红白事")
"""必到: occasions for a visit."""
ORDINARY = "平常走访"
VISIT_REASONS = (*ALARMS, ORDINARY)


def preset_requirements(*, place: str, year: int) -> int:
    """Add the “1085” ceilings of a year at a place (a Division's code). Return how many were new."""
    households = [
        {"rank": rank, "indicator": Requirement.Indicator.PAIRED_HOUSEHOLDS, "maximum": most}
        for rank, most in CEILINGS.items()
    ]
    villages = {"indicator": Requirement.Indicator.PAIRED_VILLAGES, "maximum": VILLAGES_A_UNIT}
    problems = {"indicator": Requirement.Indicator.PROBLEM_DAYS, "maximum": PROBLEM_DAYS}
    return add_requirements([*households, villages, problems], place=place, year=year)


def letter_requirements(*, place: str, year: int) -> int:
    """Add the letter's minima of a year at a place. Return how many were new."""
    rows: list[dict[str, Any]] = [
        {"indicator": indicator, "minimum": least} for indicator, least in LETTER_OF_UNITS.items()
    ]
    for indicator, least in LETTER_OF_CADRES.items():
        by_rank = least if isinstance(least, dict) else {"": least}
        rows += [{"indicator": indicator, "rank": rank, "minimum": n} for rank, n in by_rank.items()]
    return add_requirements(rows, place=place, year=year)


def copied_requirements(*, place: str, year: int) -> int:
    """Copy the requirements of the last year that has any to another year. Return how many were new."""
    before = Requirement.objects.filter(place=place, year__lt=year)
    last = before.order_by("-year").first()
    if last is None:
        return 0
    names = ("rank", "unit_id", "indicator", "minimum", "maximum")
    return add_requirements(list(before.filter(year=last.year).values(*names)), place=place, year=year)


def add_requirements(rows: Sequence[dict[str, Any]], *, place: str, year: int) -> int:
    """Insert what the year lacks; existing requirements are kept."""
    with transaction.atomic():
        # Serialise two concurrent requests.
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
    """Create the words of both groups, in display order. Raises IntegrityError when they exist."""
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
    """Create the daily limits of the roles that have none yet."""
    there = set(DailyLimit.objects.values_list("role", flat=True))
    bulk.insert(
        DailyLimit, [{"role": role, **limits} for role, limits in PRESET.items() if role not in there]
    )


def in_order(tags: set[str]) -> str:
    """Join marks of a household as its column stores them, in the preset order."""
    return join_words(tag for tag in HOUSEHOLD_TAGS if tag in tags)
