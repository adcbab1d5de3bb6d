"""Undoing an import while somebody edits one of its rows."""

import time
from threading import Thread

import pytest
from django.db import connection, transaction

from core.importing import runs
from core.models import ImportRun
from households.models import Household
from tests.factories import make_cadre, make_unit, make_village
from tests.importing import load
from units.roles import Role

pytestmark = pytest.mark.slow


@pytest.mark.django_db(transaction=True)
def test_what_is_edited_at_the_same_moment_is_not_taken_away():
    office = make_cadre(unit=make_unit(), role=Role.OFFICE)
    row = {"村级代码": make_village().code, "户主姓名": "王有福", "性别": "男", "家庭人口": 3}
    run = load("households", office, [row])

    def take_back() -> None:
        runs.undo(ImportRun.objects.get(pk=run.pk), office)
        connection.close()

    undo = Thread(target=take_back)
    with transaction.atomic():
        household = Household.objects.get()
        household.note = "搬到了新房"
        household.save()
        undo.start()
        time.sleep(1)  # by now it has checked for later changes, or it waits for our lock
    undo.join()
    assert Household.objects.get().note == "搬到了新房"
    run.refresh_from_db()
    assert run.status == ImportRun.Status.DONE
    assert "导入后又被改过" in run.message
