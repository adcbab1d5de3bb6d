"""The two forms of a new county: data/household_survey.json and data/village_survey.json."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from core import bulk
from surveys.definition.document import load
from surveys.models import Survey

FILES = {"household": "household_survey.json", "village": "village_survey.json"}


def preset(subject: str) -> dict[str, Any]:
    """Return the document of the form about households or villages."""
    path = Path(settings.BASE_DIR) / "data" / FILES[subject]
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def publish_presets(place: str, on: date) -> None:
    """Create the two forms in a county's database, open from this day."""
    bulk.insert(Survey, preset_rows(place, on))


def preset_rows(place: str, on: date) -> list[dict[str, Any]]:
    """Return the published rows of the household and the village form."""
    return [_row(preset(subject), place, on) for subject in FILES]


def _row(document: dict[str, Any], place: str, on: date) -> dict[str, Any]:
    form = load(document)
    return {
        "code": form.code,
        "edition": form.version,
        "title": form.title,
        "subject": form.subject,
        "definition": document,
        "status": Survey.Status.OPEN,
        "published_on": on,
        "place": place,
    }
