"""Whole sets of answers to the two forms of the start, and rows to survey."""

from typing import Any

from tests.factories import make_household, make_member, make_pairing
from units.models import Cadre

HOUSEHOLD: dict[str, Any] = {
    "A01": "80", "A02": "05", "A03": "1990", "A04": "1", "A05": "3", "A06": "05", "A07": "1", "A08": "unknown",
    "A09": "1", "A10": "01", "A11": "03", "A12": "0",
    "B01": "6.5", "B02": "1", "B03": "2", "B04": "1.5", "B05": "unknown", "B06": "", "B07": "1", "B08": "6",
    "B09": "2", "B10": "10", "B11": "0", "B12": "1", "B13": "0", "B14": ["01", "02"], "B15": "9600",
    "C01": "02", "C02": "1", "C03": "2", "C04": "unknown", "C05": "1800", "C06": ["01", "12"], "C07": "0",
    "C08": "0", "C09": "1", "C10": "0",
    "D01": "01", "D02": ["06", "09"], "D03": ["01", "05"], "D04": ["1", "4"], "D05": ["05"], "D06": "20000",
    "D07": ["02"], "D08": "0", "D09": "想养牛，水窖要修。",
}  # fmt: skip
"""What the forms send of a household of two, with no warning."""


def make_surveyed(*, cadre: Cadre, head: str = "王有福") -> Any:
    """A household of two whose members have all that the form asks for, paired with the cadre."""
    household = make_household(head="", size=2)
    facts = {"education": "02", "schooling": "01", "labour": "01", "medical_insurance": True}
    make_member(household=household, name=head, health="01", **facts)
    make_member(household=household, name="李秋菊", relation="02", sex="2", health="02", **facts)
    make_pairing(cadre=cadre, household=household)
    return household


def step_of(answers: dict[str, Any], letter: str) -> dict[str, Any]:
    """The answers of one section."""
    return {code: value for code, value in answers.items() if code.startswith(letter)}
