"""The migration creates postings for transfers recorded before postings existed."""

from datetime import date, datetime
from importlib import import_module

from django.apps import apps
from django.utils import timezone

from core.models import Change
from tests.factories import make_unit
from units.models import Posting
from units.unit_history import Postings


def test_postings_are_read_back(cadre, leader) -> None:
    unit, rank = make_unit(name="县审计局"), cadre.rank
    cadre.unit = unit
    cadre.save()
    Posting.objects.all().delete()
    typed = datetime(2015, 6, 1, 9, tzinfo=timezone.get_current_timezone())
    Change.objects.filter(table="units.cadre", row=cadre.pk, act="changed").update(at=typed)
    import_module("units.migrations.0011_posting").read_back(apps, None)
    found = Postings([cadre], date(2015, 1, 1))
    assert found.on(cadre, date(2015, 5, 31)) == (leader.unit_id, rank)
    assert found.on(cadre, date(2015, 6, 1)) == (unit.pk, rank)
