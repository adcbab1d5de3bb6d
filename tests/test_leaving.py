"""A cadre who leaves while still paired: page, admin and sheet list the remaining households."""

from datetime import date, timedelta

import pytest

from tests.admin.rows import page
from tests.factories import make_household, make_pairing, make_village
from tests.importing import load, warnings
from tests.pages import client_of, words_of
from units.models import today

pytestmark = pytest.mark.django_db

HELD = "还联着 2 户：苟进才（榜沙村三组）、裴秋霞（榜沙村三组）"


@pytest.fixture
def paired(cadre):
    village = make_village(name="榜沙村")
    for number, head in enumerate(("苟进才", "裴秋霞"), start=1):
        household = make_household(head=head, village=village, no=f"{village.code}-00{number}")
        make_pairing(cadre=cadre, household=household)
    make_pairing(cadre=cadre, ended_on=today())
    return cadre


def form(cadre, **changed):
    names = ("name", "phone", "staff_no", "rank", "post", "role", "version")
    return {**{name: getattr(cadre, name) for name in names}, "unit": cadre.unit_id, **changed}


def leave(user, cadre, left_on):
    return client_of(user).post(f"/cadres/{cadre.pk}/edit/", form(cadre, left_on=left_on), follow=True)


def test_the_form_leads_to_the_hand_over_and_lists_the_households(office, paired):
    response = leave(office, paired, today())
    assert response.redirect_chain == [(f"/cadres/{paired.pk}/hand-over/", 302)]
    assert f"李建业已离岗，{HELD}。请交接给别人，或者结束。" in words_of(response)


def test_without_households_nothing_is_said(office, cadre):
    response = leave(office, cadre, today())
    assert response.redirect_chain == [(f"/cadres/{cadre.pk}/", 302)]
    assert "还联着" not in words_of(response)


def test_the_page_of_one_who_left_says_so_until_it_is_done(office, leader, paired):
    paired.left_on = date(2015, 9, 16)
    paired.save()
    said = words_of(client_of(leader).get(f"/cadres/{paired.pk}/"))
    assert "2015年9月16日离岗，还联着 2 户，没有交接。" in said
    paired.pairings.all()._raw_delete("default")
    assert "没有交接" not in words_of(client_of(leader).get(f"/cadres/{paired.pk}/"))


def test_a_day_ahead_is_refused(office, cadre):
    response = leave(office, cadre, today() + timedelta(days=1))
    assert "离岗日期不能晚于今天" in words_of(response)
    cadre.refresh_from_db()
    assert cadre.left_on is None


def test_the_admin_says_the_same(leader, paired):
    data = {
        name: value for name, value in form(paired, left_on=today()).items() if name not in {"unit", "role"}
    }
    response = client_of(leader).post(page("units.cadre", "change", paired), data, follow=True)
    assert f"李建业已离岗，{HELD}" in response.content.decode()
    paired.refresh_from_db()
    assert paired.left_on == today()


def test_the_sheet_warns_and_is_imported(office, paired):
    row = {"姓名": paired.name, "单位": paired.unit.name, "手机号": paired.phone}
    assert warnings(load("cadres", office, [row])) == []
    run = load("cadres", office, [{**row, "离岗日期": "2015-09-16"}])
    assert warnings(run) == [HELD]
    paired.refresh_from_db()
    assert paired.left_on == date(2015, 9, 16)


def test_many_households_are_counted(office, paired):
    for number in range(8):
        make_pairing(cadre=paired, household=make_household(head=f"王{number}"))
    said = words_of(leave(office, paired, today()))
    assert "还联着 10 户：" in said
    assert " 等。请交接" in said
