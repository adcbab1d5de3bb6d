"""The two forms that a county starts with: data/household_survey.json and data/village_survey.json."""

import json
from datetime import date
from pathlib import Path

from django.conf import settings

from surveys.definition import load
from surveys.models import Survey

FILES = ("household_survey.json", "village_survey.json")


def publish_presets(place: str, on: date) -> list[Survey]:
    """Put the two forms into a county's database, open from this day."""
    return [_publish(Path(settings.BASE_DIR) / "data" / name, place, on) for name in FILES]


def _publish(path: Path, place: str, on: date) -> Survey:
    document = json.loads(path.read_text(encoding="utf-8"))
    form = load(document)
    return Survey.objects.create(
        code=form.code,
        edition=form.version,
        title=form.title,
        subject=form.subject,
        definition=document,
        status=Survey.Status.OPEN,
        published_on=on,
        place=place,
    )
