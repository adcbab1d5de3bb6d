"""约下次 (promised next visit): which visit keeps a promise."""

from datetime import date

import pytest

from tests.visits.outings import record
from units.models import Cadre
from visits.models import Visit

pytestmark = pytest.mark.django_db


def promises(cadre: Cadre) -> list[str]:
    return list(Visit.objects.filter(cadre=cadre).open_promises().values_list("promise", flat=True))


def test_a_visit_before_the_promised_day_does_not_keep_the_promise(cadre, home):
    record(cadre, households=[home], days=[date(2015, 9, 1)], promised_on=date(2015, 9, 30), promise="送表")
    record(cadre, households=[home], days=[date(2015, 9, 20)])
    assert promises(cadre) == ["送表"]


def test_a_visit_on_the_promised_day_keeps_it(cadre, home):
    record(cadre, households=[home], days=[date(2015, 9, 1)], promised_on=date(2015, 9, 30), promise="送表")
    record(cadre, households=[home], days=[date(2015, 9, 30)])
    assert promises(cadre) == []


def test_a_later_promise_replaces_an_earlier_one(cadre, home):
    record(cadre, households=[home], days=[date(2015, 9, 1)], promised_on=date(2015, 9, 30), promise="送表")
    record(
        cadre, households=[home], days=[date(2015, 9, 20)], promised_on=date(2015, 10, 8), promise="带技术员"
    )
    assert promises(cadre) == ["带技术员"]


def test_a_promise_without_a_day_waits_for_the_next_visit(cadre, home):
    record(cadre, households=[home], days=[date(2015, 9, 1)], promise="问问药费")
    assert promises(cadre) == ["问问药费"]
    record(cadre, households=[home], days=[date(2015, 9, 2)])
    assert promises(cadre) == []
