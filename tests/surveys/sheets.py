"""Rows of the sheet of a household survey, and the errors reported for them."""

from typing import Any

from core.models import ImportRun
from households.models import Household
from surveys.exchange.importing import HouseholdSurveySheet
from surveys.models import Survey
from tests.importing import errors
from tests.surveys.filled import HOUSEHOLD

DAY = "2015-09-16"


def row_of(survey: Survey, household: Household, **given: Any) -> dict[str, Any]:
    """Return a whole row by heading; `given` overrides cells by column key."""
    columns = HouseholdSurveySheet(survey).columns
    answers = {code: "；".join(a) if isinstance(a, list) else a for code, a in HOUSEHOLD.items()}
    cells = {
        "no": household.no,
        "surveyed_on": DAY,
        "surveyor": household.pairings.get().cadre.name,
        "version": f"{survey.code} {survey.edition}",
        **{code: "不详" if answer == "unknown" else answer for code, answer in answers.items()},
        **given,
    }
    return {columns[key].label: value for key, value in cells.items()}


def cell_of(survey: Survey, row: dict[str, Any], key: str) -> str:
    """Return the address of a column in the first row below the headings."""
    at = list(row).index(HouseholdSurveySheet(survey).columns[key].label)
    return f"{chr(64 + at // 26) if at > 25 else ''}{chr(65 + at % 26)}2"


def said(survey: Survey, run: ImportRun, row: dict[str, Any]) -> dict[str, str]:
    """Return the error messages of a sheet with one row, by column key."""
    keys = {column.label: key for key, column in HouseholdSurveySheet(survey).columns.items()}
    for error in errors(run):
        assert error["cell"] == cell_of(survey, row, keys[error["column"]])
    return {keys[error["column"]]: error["why"] for error in errors(run)}
