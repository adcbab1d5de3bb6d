"""安全情况 (security report), the notices on home pages, and 谁看过我 (who viewed my data)."""

from datetime import date, datetime, time, timedelta

import pytest
from axes.models import AccessFailureLog
from django.test import Client
from django.utils import timezone

from core.history import acting
from core.models import Change, Download, Look, Notice, Reveal
from demo.loading import load
from demo.scales import SAMPLE
from lianhu.tidying import delete_old_looks
from tests.factories import make_cadre, make_division, make_unit
from tests.pages import client_of, page_of, part, queries_of, words_of
from units import accounts
from units.models import Cadre, CalendarDay
from units.oversight import report
from units.oversight.report import Days, days_of
from units.oversight.telling import give_reason

pytestmark = pytest.mark.django_db
MONDAY = date(2015, 9, 14)
SUNDAY = date(2015, 9, 20)
WEEK = Days(MONDAY, SUNDAY)


def at(hour: int, day: date = MONDAY) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, 30)))


def used(by, when, person="x", act="view", place="620524") -> Reveal:
    return Reveal.objects.create(by=by, place=place, at=when, act=act, id_hash=person, whose="王有福")


def took(by, when, place="620524") -> Download:
    return Download.objects.create(by=by, place=place, at=when, what="贫困户", row_count=12)


def rows(table) -> list[list]:
    return [row.cells for row in table.rows]


# The tables


def test_numbers_are_told_by_person_and_act(office, leader, cadre):
    for act, person in (("view", "a"), ("view", "a"), ("search", "b"), ("check", "b")):
        used(cadre, at(10), person, act)
    used(leader, at(11))
    used(cadre, at(10, SUNDAY + timedelta(days=1)))
    assert rows(report.reveals(office, WEEK)) == [
        ["康建平", "县水务局", "单位负责人", 1, 1, 0, 0],
        ["李建业", "县水务局", "干部", 2, 2, 1, 1],
    ]


def test_nobody_is_ranked(office, leader):
    names = ["丁一", "丙二", "乙三"]
    people = [make_cadre(name=name, unit=leader.unit) for name in names]
    for times, person in enumerate(people, start=1):
        for _ in range(times):
            took(person, at(10))
    told = [row[0] for row in rows(report.downloads(office, WEEK))]
    assert told == sorted(names)


def test_files_are_summed(office, cadre):
    took(cadre, at(10))
    took(cadre, at(11))
    assert rows(report.downloads(office, WEEK)) == [["李建业", "县水务局", "干部", 2, 24]]


def test_nights_and_exports_of_days_off_are_unusual(office, cadre):
    used(cadre, at(22))
    used(cadre, at(5))
    used(cadre, at(6))  # the day has begun
    used(cadre, at(10, SUNDAY))  # a Sunday visit is normal fieldwork
    took(cadre, at(23))
    took(cadre, at(10))
    took(cadre, at(10, SUNDAY))
    took(cadre, at(23, SUNDAY))
    assert rows(report.unusual_hours(office, WEEK)) == [
        ["李建业", "县水务局", "干部", 2, 2, 1, at(23, SUNDAY)]
    ]


def test_a_sunday_that_the_office_has_made_a_working_day_is_none(office, cadre):
    took(cadre, at(10, SUNDAY))
    CalendarDay.objects.create(place="620524", on=SUNDAY, works=True)
    assert rows(report.unusual_hours(office, WEEK)) == []


def test_roles_locks_and_codes_are_told(office, cadre, leader):
    with acting(office.pk, Change.Source.ADMIN):
        cadre.role = "leader"
        cadre.save()
        accounts.lock(cadre, office)
        accounts.unlock(cadre, office)
        accounts.issue_codes([cadre])
        cadre.second_factor_at = timezone.now()
        cadre.save()
        cadre.second_factor_at = None
        cadre.save()
        cadre.post = "站长"
        cadre.save()
        make_cadre(name="新来的", unit=leader.unit)
        make_cadre(name="新负责人", unit=leader.unit, role="leader")
    with acting(cadre.pk, Change.Source.PAGE):
        accounts.choose_password(cadre, "石峰村九月")
        cadre.second_factor_at = timezone.now()
        cadre.save()
        cadre.second_factor_at = None
        cadre.save()
    found = rows(report.accounts(office, days_of("today")))
    said = [(name, what, who) for name, _, what, who, _, _ in found if who != "系统"]
    assert said == [
        ("李建业", "关闭了两步登录", "李建业"),
        ("李建业", "开通了两步登录", "李建业"),
        ("新负责人", "新账号，单位负责人", "汪玉琪"),
        ("李建业", "两步登录重置了", "汪玉琪"),
        ("李建业", "开通了两步登录", "汪玉琪"),
        ("李建业", "发了一次性口令", "汪玉琪"),
        ("李建业", "账号可用：否 → 是", "汪玉琪"),
        ("李建业", "账号可用：是 → 否", "汪玉琪"),
        ("李建业", "角色：干部 → 单位负责人", "汪玉琪"),
    ]


def test_failed_logins_are_told_by_account_and_strange_names_by_number_alone(office, cadre):
    for name in (cadre.phone, cadre.phone, "13900000000", "我的密码123"):
        Client().post("/login/", {"username": name, "password": "不对"})
    found = rows(report.failed_logins(office, days_of("today")))
    assert [row[:-1] for row in found] == [
        ["李建业", "县水务局", 2, 1],
        ["没有这个账号", "2 个登录名", 2, 1],
    ]
    assert "我的密码123" not in page_of(client_of(office).get("/security/"))


def test_a_reason_is_told_with_what_was_exceeded(office, cadre):
    give_reason(cadre, "persons", "核对新农合名单")
    [row] = rows(report.reasons(office, days_of("today")))
    assert row[:-1] == ["李建业", "县水务局", "看和查的身份证号超过一天 100 人的限额", "核对新农合名单"]


# Days


@pytest.mark.parametrize("period", ["", "today", "yesterday", "week", "lastweek", "x"])
def test_a_day_and_a_week_are_one_tap_apart(office, period):
    assert client_of(office).get("/security/", {"period": period}).status_code == 200


def test_a_week_within_a_year_names_it_once(office, monkeypatch):
    monkeypatch.setattr(report, "today", lambda: date(2016, 1, 8))
    client = client_of(office)
    assert "2016年1月4日到1月8日" in page_of(client.get("/security/", {"period": "week"}))
    assert "2015年12月28日到2016年1月3日" in page_of(client.get("/security/", {"period": "lastweek"}))


def test_a_week_begins_on_monday(monkeypatch):
    monkeypatch.setattr(report, "today", lambda: date(2015, 9, 16))
    assert days_of("week") == Days(MONDAY, date(2015, 9, 16))
    assert days_of("lastweek") == Days(date(2015, 9, 7), date(2015, 9, 13))
    assert days_of("yesterday") == Days(date(2015, 9, 15), date(2015, 9, 15))


# Who reads whose data


@pytest.fixture
def town_office(db):
    unit = make_unit(name="城关镇双联办", division=make_division(code="620524100", name="城关镇"))
    return make_cadre(name="镇双联办", unit=unit, role="office")


@pytest.fixture
def city_office(db):
    unit = make_unit(name="市双联办", division=make_division(code="6205", name="天水市"))
    return make_cadre(name="市双联办", unit=unit, role="office")


def test_the_office_above_reads_the_office_below_and_not_the_other_way(office, town_office, city_office):
    for who in (office, town_office, city_office):
        took(who, at(10), who.place)
        used(who, at(10), place="620524100201")  # a family of that township
    read = {
        reader.name: {row[0] for row in rows(report.downloads(reader, WEEK))}
        for reader in (town_office, office, city_office)
    }
    assert read == {
        "镇双联办": {"镇双联办"},
        "汪玉琪": {"镇双联办", "汪玉琪"},
        "市双联办": {"镇双联办", "汪玉琪", "市双联办"},
    }
    looked = {
        reader.name: {row[0] for row in rows(report.reveals(reader, WEEK))}
        for reader in (town_office, office, city_office)
    }
    assert looked == read


def test_the_report_costs_the_same_however_much_was_done(office, leader, cadre):
    def a_busy_day(number: int) -> None:
        for _ in range(number):
            who = make_cadre(unit=make_unit())
            used(who, timezone.now(), str(who.pk))
            took(who, timezone.now(), "620524")
            give_reason(who, "exports", "上报")
            AccessFailureLog.objects.create(username=who.phone, ip_address="10.1.1.1")
            with acting(office.pk, Change.Source.ADMIN):
                who.role, who.unit = "leader", leader.unit
                who.save()

    a_busy_day(2)
    client = client_of(office)
    few = queries_of(client, "/security/?period=week")
    a_busy_day(6)
    assert queries_of(client, "/security/?period=week") == few


# Notices


def test_a_leader_reads_the_notice_at_home_and_puts_it_away(cadre, leader):
    give_reason(cadre, "persons", "核对新农合名单")
    client = client_of(leader)
    home = words_of(client.get("/"))
    assert "李建业" in home
    assert "看和查的身份证号超过一天 100 人的限额，原因：核对新农合名单" in home
    client.post("/security/notices/", {"pk": Notice.objects.get().pk})
    assert "核对新农合名单" not in words_of(client.get("/"))
    assert "核对新农合名单" in words_of(client.get("/security/notices/"))


def test_nobody_puts_away_what_was_told_to_another(cadre, leader, office):
    give_reason(cadre, "persons", "核对新农合名单")
    client_of(office).post("/security/notices/", {"pk": Notice.objects.get().pk})
    assert Notice.objects.get().seen_at is None
    assert "核对新农合名单" not in words_of(client_of(office).get("/security/notices/"))


def test_an_office_finds_it_above_the_overview_and_in_a_new_county(leader, office):
    give_reason(leader, "exports", "上报县上")
    assert "导出的文件超过一天 30 个的限额，原因：上报县上" in words_of(client_of(office).get("/"))


def test_a_cadres_home_asks_for_no_notices(cadre, leader):
    client = client_of(cadre)
    plain = queries_of(client, "/")
    give_reason(cadre, "persons", "核对新农合名单")
    assert queries_of(client, "/") == plain


def test_an_office_is_reminded_of_yesterday_until_it_has_read_it(office, cadre):
    client = client_of(office)
    assert "昨天的安全情况还没有看" not in words_of(client.get("/"))
    used(cadre, timezone.now() - timedelta(days=1))
    assert "昨天的安全情况还没有看" in words_of(client.get("/"))
    client.get("/security/?period=lastweek")
    client.get("/security/?period=yesterday")
    assert "昨天的安全情况还没有看" not in words_of(client.get("/"))


# 谁看过我


@pytest.mark.parametrize(
    "url",
    ["/cadres/{}/", "/cadres/{}/edit/", "/admin/units/cadre/{}/change/", "/admin/units/cadre/{}/history/"],
)
def test_who_opens_an_account_is_told_to_its_owner_once_a_day(cadre, leader, url):
    for _ in range(3):
        client_of(leader).get(url.format(cadre.pk))
    seen = Look.objects.get()
    assert (seen.by, seen.whose, seen.on) == (leader, cadre, timezone.localdate())
    told = part(client_of(cadre).get("/me/looks/"), "打开过我的资料")
    assert "康建平" in told
    assert "县水务局" in told


def test_ones_own_page_is_no_look(cadre):
    client_of(cadre).get(f"/cadres/{cadre.pk}/")
    assert not Look.objects.exists()


def test_a_second_look_writes_nothing(cadre, leader):
    client = client_of(leader)
    client.get(f"/cadres/{cadre.pk}/")
    first = Look.objects.get().at
    client.get(f"/cadres/{cadre.pk}/")
    assert Look.objects.get().at == first


def test_lists_of_cadres_that_others_took_are_told(cadre, leader, office, stranger):
    for who in (leader, office, stranger, cadre):
        Download.objects.create(by=who, place=who.place, what="干部", row_count=7)
    other = make_cadre(name="别单位的", unit=stranger.unit, role="leader")
    Download.objects.create(by=other, place=other.place, what="干部（打印）", row_count=7)
    told = part(client_of(cadre).get("/me/looks/"), "导出过干部名册")
    assert "康建平" in told
    assert "汪玉琪" in told
    assert "何秀兰" not in told
    assert "别单位的" not in told


def test_the_lists_are_logged_under_these_names(client, office, cadre):
    client_of(office).get("/cadres/?export=xlsx")
    client_of(office).get("/cadres/?print=1")
    client_of(office).post(
        "/admin/units/cadre/", {"action": "export_rows", "_selected_action": [cadre.pk], "index": "0"}
    )
    told = part(client_of(cadre).get("/me/looks/"), "导出过干部名册")
    assert told.count("<td>干部名册") == 3


def test_changes_of_the_own_account_are_told(cadre, office):
    with acting(office.pk, Change.Source.ADMIN):
        accounts.issue_codes([cadre])
        accounts.choose_password(cadre, "石峰村九月")
    told = words_of(client_of(cadre).get("/me/looks/"))
    assert "汪玉琪" in told
    assert "一次性口令" in told


def test_who_looked_at_others_is_nobody_elses(cadre, leader, stranger):
    client_of(leader).get(f"/cadres/{cadre.pk}/")
    assert "康建平" not in words_of(client_of(stranger).get("/me/looks/"))


def test_my_page_costs_the_same_however_many_looked(cadre, leader, office):
    client = client_of(cadre)
    client_of(leader).get(f"/cadres/{cadre.pk}/")
    few = queries_of(client, "/me/looks/")
    for _ in range(5):
        other = make_cadre(unit=leader.unit, role="leader")
        client_of(other).get(f"/cadres/{cadre.pk}/")
    assert queries_of(client, "/me/looks/") == few


def test_a_demo_has_something_to_read(db):
    load(SAMPLE, silent=True)
    office = Cadre.objects.filter(role="office").order_by("pk").first()
    days = Days(days_of("yesterday").since - timedelta(days=7), days_of("yesterday").until)
    assert sum(row[4] + row[5] for row in rows(report.reveals(office, days))) == 24
    assert sum(row[3] for row in rows(report.downloads(office, days))) == 12
    assert not [row for row in rows(report.unusual_hours(office, days)) if row[3] or row[4]]


def test_who_looked_is_forgotten_after_a_year(cadre, leader):
    for days_ago in (1, 400):
        when = timezone.now() - timedelta(days=days_ago)
        Look.objects.create(whose=cadre, by=leader, on=timezone.localdate(when), at=when)
    delete_old_looks.call()
    assert Look.objects.count() == 1
