"""Login, one-time codes, locking and resetting."""

import logging
import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.utils import timezone

from core.identity import mask
from core.logs import MaskedFormatter
from core.models import Change
from tests.factories import make_cadre, make_division, make_id_number, make_unit
from tests.pages import client_of
from tests.test_access import address as address_of
from tests.test_access import people, rules, world  # noqa: F401 (fixtures)
from units import accounts
from units.models import Cadre, today
from units.roles import Role

pytestmark = pytest.mark.django_db
PASSWORD = "石峰村九月"


@pytest.fixture
def own(db):
    return world(county="620524", name="武山")


def login(client: Client, username: str, password: str, address: str = "10.0.0.1"):
    return client.post("/login/", {"username": username, "password": password}, REMOTE_ADDR=address)


@pytest.mark.parametrize("field", ["phone", "staff_no"])
def test_one_logs_in_by_phone_or_staff_number(cadre, field):
    response = login(Client(), getattr(cadre, field), PASSWORD)
    assert (response.status_code, response["Location"]) == (302, "/")


def test_a_wrong_password_is_told_and_the_name_is_kept(cadre):
    html = login(Client(), cadre.phone, "不对不对").content.decode()
    assert "手机号（工号）或密码不对" in html
    assert f'value="{cadre.phone}"' in html


def test_a_one_time_code_leads_to_choosing_a_password_and_is_spent(cadre):
    [(_, code, _)] = accounts.issue_codes([cadre])
    client = Client()
    login(client, cadre.phone, code.lower().replace("-", ""))
    assert client.get("/cadres/")["Location"] == "/password/"
    client.post("/password/", {"new_password1": "渭河边上的那座桥2", "new_password2": "渭河边上的那座桥2"})
    assert client.get("/me/").status_code == 200
    assert login(Client(), cadre.phone, code).status_code == 200
    assert login(Client(), cadre.phone, "渭河边上的那座桥2").status_code == 302


def test_an_expired_code_opens_nothing(cadre):
    [(_, code, _)] = accounts.issue_codes([cadre])
    cadre.code_expires_at = timezone.now() - timedelta(minutes=1)
    cadre.save()
    assert login(Client(), cadre.phone, code).status_code == 200


def test_the_code_stands_nowhere_in_the_database(cadre):
    [(_, code, _)] = accounts.issue_codes([cadre])
    cadre.refresh_from_db()
    assert code.replace("-", "") not in cadre.code_hash
    newest = Change.objects.filter(table="units.cadre", row=cadre.pk).latest("pk")
    assert newest.changes == {"password": ["***", "***"], "code_hash": ["***", "***"]}


@pytest.mark.parametrize(
    ("password", "sentence"),
    [("12345678", "全都是数字"), ("桥2", "密码太短，至少要 8 个字符"), ("password1", "常见密码")],
)
def test_a_weak_password_is_refused_in_chinese(cadre, password, sentence):
    accounts.issue_codes([cadre])
    html = client_of(cadre).post("/password/", {"new_password1": password, "new_password2": password})
    assert sentence in html.content.decode()


def test_wrong_passwords_lock_the_guesser_not_the_owner(cadre):
    guesser = Client()
    for _ in range(10):
        last = login(guesser, cadre.phone, "猜一个", address="10.9.9.9")
    assert last.status_code in {403, 429}
    assert login(Client(), cadre.phone, PASSWORD, address="10.9.9.9").status_code in {403, 429}
    assert login(Client(), cadre.phone, PASSWORD, address="10.0.0.7").status_code == 302


def test_behind_a_proxy_the_guesser_is_who_the_proxy_says(cadre):
    def try_from(address: str, password: str) -> int:
        headers = {"X-Forwarded-For": f"10.0.0.7, {address}"}  # the first one is forged
        data = {"username": cadre.phone, "password": password}
        return Client(headers=headers).post("/login/", data, REMOTE_ADDR="127.0.0.1").status_code

    for _ in range(10):
        last = try_from("10.9.9.9", "猜一个")
    assert last in {403, 429}
    assert try_from("10.9.9.9", PASSWORD) in {403, 429}
    assert try_from("10.0.0.7", PASSWORD) == 302


def test_only_a_proxy_on_this_machine_is_believed(rf):
    told = {"X-Forwarded-For": "10.0.0.7"}
    for peer, header, address in [
        ("127.0.0.1", told, "10.0.0.7"),
        ("", told, "10.0.0.7"),
        ("10.9.9.9", told, "10.9.9.9"),
        ("127.0.0.1", {"X-Forwarded-For": "unknown"}, "127.0.0.1"),
        ("::1", {}, "::1"),
    ]:
        assert accounts.client_address(rf.get("/", REMOTE_ADDR=peer, headers=header)) == address


def test_a_cadre_who_has_left_neither_logs_in_nor_stays(cadre):
    hers = client_of(cadre)
    assert hers.get("/").status_code == 200
    cadre.left_on = today()
    cadre.save()
    assert hers.get("/").status_code == 302
    assert login(Client(), cadre.phone, PASSWORD).status_code == 200


def test_a_locked_account_loses_its_session(office, cadre):
    hers = client_of(cadre)
    client_of(office).post(f"/cadres/{cadre.pk}/lock/")
    assert hers.get("/me/")["Location"].startswith("/login/")


def test_slips_carry_a_fresh_code_for_those_without_a_password(office):
    new = make_cadre(name="令小军", unit=make_unit())
    new.set_unusable_password()
    new.save()
    settled = make_cadre(name="车玉兰")
    client = client_of(office)
    html = client.post("/cadres/slips/", {"pk": [new.pk, settled.pk]}).content.decode()
    code = re.search(r"一次性口令：([0-9A-Z]{4}-[0-9A-Z]{4})", html)[1]
    assert "车玉兰" not in html
    assert "还有 1 人没有印" in html
    assert login(Client(), new.phone, code).status_code == 302


def test_slips_for_all_open_no_locked_account(office):
    """Printing slips for the whole list does not unlock accounts that the office has locked."""
    locked = make_cadre(name="令小军", is_active=False)
    locked.set_unusable_password()
    locked.save()
    client_of(office).post("/cadres/slips/", {"pk": [locked.pk]})
    locked.refresh_from_db()
    assert (locked.is_active, locked.code_hash) == (False, "")


def test_who_tries_the_own_id_number_leaves_it_nowhere(caplog, db):
    """An ID number typed as a user name is stored neither in the table of failed logins nor in the log; a name of
    any length causes no error.
    """
    number = make_id_number()
    for name in (number, f"{number[:6]} {number[6:14]} {number[14:]}", "王" * 400):
        assert login(Client(), name, number).status_code == 200
    kept = str(list(AccessAttempt.objects.values()))
    assert AccessAttempt.objects.count() == 2
    assert number[6:14] not in kept + caplog.text


def test_the_log_masks_what_stands_in_an_address():
    number = make_id_number()
    record = logging.makeLogRecord({"msg": "Not Found: /%s/", "args": (number,)})
    assert MaskedFormatter("{message}", style="{").format(record) == f"Not Found: /{mask(number)}/"


@pytest.mark.parametrize("field", ["phone", "staff_no"])
def test_a_reset_forgets_the_wrong_passwords_by_either_number(office, cadre, field):
    for _ in range(10):
        login(Client(), getattr(cadre, field), "猜一个")
    html = client_of(office).post(f"/cadres/{cadre.pk}/reset/").content.decode()
    code = re.search(r"一次性口令：([0-9A-Z]{4}-[0-9A-Z]{4})", html)[1]
    assert login(Client(), getattr(cadre, field), code).status_code == 302


@pytest.mark.parametrize("role", [Role.CADRE, Role.VIEWER])
def test_neither_cadre_nor_viewer_resets_an_account(cadre, role):
    client = client_of(make_cadre(role=role))
    assert client.post(f"/cadres/{cadre.pk}/reset/").status_code == 403


def test_a_leader_resets_the_own_unit_only(leader, cadre, stranger):
    client = client_of(leader)
    assert client.post(f"/cadres/{cadre.pk}/reset/").status_code == 200
    assert client.post(f"/cadres/{stranger.pk}/reset/").status_code == 404


def test_a_leader_cannot_grant_a_role_or_move_to_another_unit(leader, cadre):
    other = make_unit()
    client_of(leader).post(
        f"/cadres/{cadre.pk}/edit/",
        {
            "name": "李建业",
            "phone": cadre.phone,
            "rank": "section",
            "role": "office",
            "unit": other.pk,
            "version": cadre.version,
        },
    )
    cadre.refresh_from_db()
    assert (cadre.rank, cadre.role, cadre.unit) == ("general", Role.CADRE, leader.unit)
    promotion = {"unit": other.pk, "rank": "section", "on": "2015-06-01", "version": cadre.version, "do": "1"}
    client_of(leader).post(f"/cadres/{cadre.pk}/transfer/", promotion)
    client_of(leader).post(f"/cadres/{cadre.pk}/transfer/", {**promotion, "unit": leader.unit_id})
    cadre.refresh_from_db()
    assert (cadre.rank, cadre.role, cadre.unit) == ("section", Role.CADRE, leader.unit)


@pytest.mark.parametrize("who", ["office", "leader"])
def test_nobody_changes_the_own_role_unit_or_leaves(request, who):
    """Nobody changes their own role or unit, or marks themselves as left: a county could lose its only office
    account.
    """
    user = request.getfixturevalue(who)
    form = {"name": user.name, "phone": user.phone, "rank": "general", "version": user.version}
    form |= {"unit": make_unit().pk, "role": "cadre", "left_on": "2015-09-16"}
    assert client_of(user).post(f"/cadres/{user.pk}/edit/", form).status_code == 302
    kept = Cadre.objects.get(pk=user.pk)
    assert (kept.role, kept.unit, kept.left_on) == (user.role, user.unit, None)


def test_a_county_office_cannot_make_an_account_above_its_county(office):

    city = make_unit(division=make_division(code="6205", name="天水市"))
    response = client_of(office).post(
        "/cadres/new/",
        {"name": "王某", "phone": "13900000001", "unit": city.pk, "rank": "general", "role": "office"},
    )
    assert response.status_code == 200
    assert not Cadre.objects.filter(phone="13900000001").exists()


def test_the_second_editor_sees_both_versions_and_may_choose(office, cadre):
    client = client_of(office)
    form = {"name": "李建业", "phone": cadre.phone, "unit": cadre.unit_id, "rank": "general", "role": "cadre"}
    client.post(f"/cadres/{cadre.pk}/edit/", {**form, "post": "站长", "version": cadre.version})
    late = client.post(f"/cadres/{cadre.pk}/edit/", {**form, "post": "所长", "version": cadre.version})
    html = late.content.decode()
    assert late.status_code == 409
    assert "站长" in html
    assert "所长" in html
    stored = Cadre.objects.get(pk=cadre.pk)
    assert stored.post == "站长"
    chosen = {**form, "post": "所长", "version": cadre.version, "overwrite": stored.version}
    assert client.post(f"/cadres/{cadre.pk}/edit/", chosen).status_code == 302
    assert Cadre.objects.get(pk=cadre.pk).post == "所长"


@pytest.mark.parametrize("who", ["office", "leader"])
def test_the_own_password_is_not_to_be_reset_without_the_old_one(request, who):
    """Users cannot reset their own password without the old one: whoever finds a computer logged in could take the
    account.
    """
    user = request.getfixturevalue(who)
    client = client_of(user)
    assert client.get(f"/cadres/{user.pk}/reset/")["Location"] == "/password/"
    assert client.post(f"/cadres/{user.pk}/reset/")["Location"] == "/password/"
    client.post("/cadres/slips/", {"pk": [user.pk]})
    page = client.post(
        "/password/", {"new_password1": "渭河边上的那座桥2", "new_password2": "渭河边上的那座桥2"}
    )
    assert page.status_code == 200
    kept = Cadre.objects.get(pk=user.pk)
    assert (kept.check_password(PASSWORD), kept.code_hash) == (True, "")
    assert f"/cadres/{user.pk}/reset/" not in client.get(f"/cadres/{user.pk}/").content.decode()


@pytest.mark.parametrize("role", list(Role))
def test_a_one_time_code_opens_the_password_page_alone(own, people, role):  # noqa: F811
    """With a one-time code every address, the admin included, leads to choosing a password, and nothing is written."""
    user = people[role]
    [(_, code, _)] = accounts.issue_codes([user])
    client = Client()
    login(client, user.phone, code)
    newest = Change.objects.latest("pk").pk
    paths = [
        address_of(rule.path, own)
        for rule in rules()
        if rule.name not in {"password", "logout", "healthz", "readyz"}
    ]
    lists = [f"{path}?export=xlsx" for path in ("/households/", "/cadres/", "/visits/")]
    admin = ["/admin/", "/admin/units/cadre/", f"/admin/units/cadre/{user.pk}/change/", "/admin/logout/"]
    for path in [
        *paths,
        *lists,
        *admin,
        "/admin/autocomplete/?app_label=units&model_name=leave&field_name=cadre",
    ]:
        for response in (
            client.get(path),
            client.post(path, headers={"HX-Request": "true"}),
            client.post(path, {"name": "改过", "new_password1": "x"}),
        ):
            assert (response.status_code, response.headers.get("Location")) == (302, "/password/"), path
    assert not Change.objects.filter(pk__gt=newest).exists()


def test_choosing_a_password_ends_the_other_sessions_of_the_code(cadre):
    [(_, code, _)] = accounts.issue_codes([cadre])
    first, second = Client(), Client()
    login(first, cadre.phone, code)
    login(second, cadre.phone, code)
    chosen = {"new_password1": "渭河边上的那座桥2", "new_password2": "渭河边上的那座桥2"}
    first.post("/password/", chosen)
    assert first.get("/me/").status_code == 200
    assert second.get("/me/")["Location"].startswith("/login/")
    assert second.post("/password/", chosen)["Location"].startswith("/login/")


def test_a_fresh_code_ends_the_sessions_of_the_one_before(cadre):
    [(_, old, _)] = accounts.issue_codes([cadre])
    finder = Client()
    login(finder, cadre.phone, old)
    cadre.refresh_from_db()
    accounts.issue_codes([cadre])
    assert finder.get("/password/")["Location"].startswith("/login/")
    assert login(Client(), cadre.phone, old).status_code == 200


@pytest.mark.parametrize("days", [3, 30])
def test_a_code_ends_after_the_days_that_are_set_and_the_slip_says_so(settings, office, days):
    settings.CODE_DAYS = days
    new = make_cadre(name="令小军")
    html = client_of(office).post(f"/cadres/{new.pk}/reset/").content.decode()
    code = re.search(r"一次性口令：([0-9A-Z]{4}-[0-9A-Z]{4})", html)[1]
    until = timezone.localtime() + timedelta(days=days)
    assert f"{until:%Y年%-m月%-d日}前有效" in html
    new.refresh_from_db()
    Cadre.objects.filter(pk=new.pk).update(
        code_expires_at=new.code_expires_at - timedelta(days=days, minutes=-1)
    )
    assert login(Client(), new.phone, code).status_code == 302
    Cadre.objects.filter(pk=new.pk).update(code_expires_at=new.code_expires_at - timedelta(days=days))
    assert login(Client(), new.phone, code).status_code == 200


def test_a_leader_cannot_undo_the_lock_of_the_office(office, leader, cadre):
    client_of(office).post(f"/cadres/{cadre.pk}/lock/")
    client = client_of(leader)
    page = client.get(f"/cadres/{cadre.pk}/").content.decode()
    assert f"{office.name}（双联办）" in page
    assert "启用账号" not in page
    refused = client.post(f"/cadres/{cadre.pk}/lock/", follow=True)
    assert "双联办停用的，请找双联办启用" in refused.content.decode()
    client.post(f"/cadres/{cadre.pk}/reset/")
    client.post("/cadres/slips/", {"pk": [cadre.pk]})
    form = {"name": cadre.name, "phone": cadre.phone, "rank": "general", "is_active": "on", "version": 2}
    client.post(f"/cadres/{cadre.pk}/edit/", form)
    client.post(f"/admin/units/cadre/{cadre.pk}/change/", form)
    locked = Cadre.objects.get(pk=cadre.pk)
    assert (locked.is_active, locked.code_hash) == (False, "")
    client_of(office).post(f"/cadres/{cadre.pk}/lock/")
    opened = Cadre.objects.get(pk=cadre.pk)
    assert (opened.is_active, opened.locked_by, opened.locked_as) == (True, None, "")


def test_a_lock_in_the_admin_is_the_offices_too(office, leader, cadre):
    form = {
        "name": cadre.name,
        "phone": cadre.phone,
        "unit": cadre.unit_id,
        "rank": "general",
        "role": "cadre",
    }
    client_of(office).post(f"/admin/units/cadre/{cadre.pk}/change/", {**form, "version": cadre.version})
    assert Cadre.objects.get(pk=cadre.pk).locked_by == office
    client_of(leader).post(f"/cadres/{cadre.pk}/lock/")
    assert not Cadre.objects.get(pk=cadre.pk).is_active


def test_a_leader_undoes_a_leaders_lock_and_it_stands_in_the_history(leader, cadre):
    client = client_of(leader)
    client.post(f"/cadres/{cadre.pk}/lock/")
    change = Change.objects.filter(table="units.cadre", row=cadre.pk).latest("pk")
    assert change.changes["locked_by"] == [None, leader.pk]
    assert "启用账号" in client.get(f"/cadres/{cadre.pk}/").content.decode()
    client.post(f"/cadres/{cadre.pk}/lock/")
    assert Cadre.objects.get(pk=cadre.pk).is_active


def test_a_lock_of_before_it_was_kept_is_the_offices(leader):
    locked = make_cadre(unit=leader.unit, is_active=False)
    client_of(leader).post(f"/cadres/{locked.pk}/lock/")
    assert not Cadre.objects.get(pk=locked.pk).is_active


def test_a_reset_does_not_open_a_locked_account(office):
    locked = make_cadre(is_active=False)
    assert client_of(office).post(f"/cadres/{locked.pk}/reset/")["Location"] == f"/cadres/{locked.pk}/"
    kept = Cadre.objects.get(pk=locked.pk)
    assert (kept.is_active, kept.code_hash) == (False, "")
