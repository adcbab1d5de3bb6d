"""Complete sets of answers to the two preset forms, and rows to survey."""

from typing import Any

from surveys.models import Survey
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
"""The posted form of a household of two, without warnings."""


VILLAGE: dict[str, Any] = {
    "VH3": "马建国", "VH5": "13993850009", "VH7": "4",
    "V101": "3", "V102": "8", "V103": "300", "V104": "1200", "V105": "700", "V106": "260", "V107": "0", "V108": "0",
    "V109": "40", "V110": "90", "V111": "6", "V112": "30", "V113": "35", "V114": "7", "V115": ["1", "4"],
    "V201": "12.5", "V202": "1", "V203": "0", "V204": "3", "V205": "9.5", "V206": "0", "V207": "0", "V208": "0",
    "V209": "2", "V210": "15", "V211": "unknown", "V212": "280", "V213": "1", "V214": "0",
    "V301": "2600", "V302": "0.5", "V303": ["04", "05"], "V304": "1", "V305": "0", "V306": "1", "V307": "30",
    "V308": "12", "V309": "60", "V310": "c", "V311": ["01", "04"], "V312": "修路，种药材。",
    "V401": "2400", "V402": "300", "V403": "900", "V404": "600", "V405": "120", "V406": "0", "V407": "0",
    "V408": "80", "V409": "40", "V410": "60", "V411": "10", "V412": "1", "V413": "0",
    "V501": "1", "V502": "unknown", "V503": "0", "V504": "0", "V505": "0", "V506": "1", "V507": "60", "V508": "1",
    "V509": "1", "V510": "1150", "V511": "600", "V512": "1", "V513": "unknown",
}  # fmt: skip
"""The posted village form, without warnings where no household is registered."""


def clean(survey: Survey, sent: dict[str, Any]) -> dict[str, Any]:
    """Return the typed answers as stored clean answers."""
    items = survey.form.by_code
    answers = {code: items[code].clean(value) for code, value in sent.items()}
    return {code: answer for code, answer in answers.items() if answer is not None}


def make_surveyed(*, cadre: Cadre, head: str = "王有福") -> Any:
    """Create a household of two with all the member facts that the form needs, paired with the cadre."""
    household = make_household(head="", size=2)
    facts = {"education": "02", "schooling": "01", "labour": "01", "medical_insurance": True}
    make_member(household=household, name=head, health="01", **facts)
    make_member(household=household, name="李秋菊", relation="02", sex="2", health="02", **facts)
    make_pairing(cadre=cadre, household=household)
    return household


def step_of(answers: dict[str, Any], letter: str) -> dict[str, Any]:
    """Return the answers of one section."""
    return {code: value for code, value in answers.items() if code.startswith(letter)}
