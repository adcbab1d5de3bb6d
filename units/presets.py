"""What a new county starts with: the “1085” ceilings and the words of 必访 and 必到. The office edits them."""

from core import bulk
from core.words import join_words
from units.models import Requirement, Word
from units.roles import Rank

CEILINGS = {Rank.COUNTY: 10, Rank.SECTION: 8, Rank.GENERAL: 5}
"""武山 “1085”: households a cadre, by rank."""
VILLAGES_A_UNIT = 2

WORD_SOURCE = "庆城县双联行动公开材料；本县原文未公布，可改"
HOUSEHOLD_TAGS = ("老党员", "军烈属", "五保", "重病", "留守", "信访")
"""必访: whom to visit."""
ALARMS = ("有病", "受灾", "突发事", "有纠纷", "红白事")
"""必到: when to go."""
ORDINARY = "平常走访"
VISIT_REASONS = (*ALARMS, ORDINARY)


def preset_requirements(*, place: str, year: int) -> None:
    """The ceilings of one year at a place (a Division's code). Raises IntegrityError when they exist."""
    households = [
        {"rank": rank, "indicator": Requirement.Indicator.PAIRED_HOUSEHOLDS, "maximum": most}
        for rank, most in CEILINGS.items()
    ]
    villages = {"indicator": Requirement.Indicator.PAIRED_VILLAGES, "maximum": VILLAGES_A_UNIT}
    bulk.insert(Requirement, [{"year": year, "place": place, **row} for row in [*households, villages]])


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


def in_order(tags: set[str]) -> str:
    """Marks of a household as its column keeps them, in the preset order."""
    return join_words(tag for tag in HOUSEHOLD_TAGS if tag in tags)
