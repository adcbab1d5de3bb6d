"""Resetting a lost second factor: by another office account, or by a command on the server."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from core.confirming import GIVEN_AT, LASTS
from core.display import history_of
from core.models import Change
from tests.factories import make_cadre
from tests.pages import client_of, page_of
from tests.test_accounts import PASSWORD, login
from tests.test_second_factor import set_up
from units.models import SecondFactor

pytestmark = pytest.mark.django_db


def test_another_office_account_resets_a_lost_one(office):
    colleague = make_cadre(unit=office.unit, role="office", name="赵存良")
    set_up(colleague)
    client = client_of(office)
    assert "重置两步登录" in page_of(client.get(f"/cadres/{colleague.pk}/"))
    client.post(f"/cadres/{colleague.pk}/factor/reset/")
    colleague.refresh_from_db()
    assert (colleague.second_factor_at, SecondFactor.objects.count()) == (None, 0)
    newest = history_of(colleague)[0]
    assert (newest.who, newest.lines[0].label) == (office.name, "两步登录开通时间")
    assert login(Client(), colleague.phone, PASSWORD)["Location"] == "/"


def test_nobody_resets_the_own_and_no_leader_anyones(office, leader, cadre):
    for user in (office, cadre):
        set_up(user)
    assert client_of(office).post(f"/cadres/{office.pk}/factor/reset/")["Location"] == "/me/factor/"
    assert client_of(leader).post(f"/cadres/{cadre.pk}/factor/reset/").status_code == 403
    assert SecondFactor.objects.count() == 2


def test_a_reset_waits_for_the_password(office, cadre):
    set_up(cadre)
    client = client_of(office)
    session = client.session
    session[GIVEN_AT] -= LASTS + 1
    session.save()
    assert "请再输入密码" in page_of(client.post(f"/cadres/{cadre.pk}/factor/reset/"))
    assert SecondFactor.objects.count() == 1


def test_on_the_box_a_command_resets_it(office):
    set_up(office)
    said = StringIO()
    call_command("reset_second_factor", office.phone, stdout=said)
    assert "已重置" in said.getvalue()
    assert Change.objects.filter(table="units.cadre", row=office.pk).latest("pk").source == "command"
    assert login(Client(), office.phone, PASSWORD)["Location"] == "/"
    for phone in (office.phone, "13999999999"):
        with pytest.raises(CommandError):
            call_command("reset_second_factor", phone)
