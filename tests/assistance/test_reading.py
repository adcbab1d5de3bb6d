"""Reading recorded help: the page of one item, the list, the sums."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from tests.assistance.items import recorded
from tests.exports import table_of
from tests.factories import make_assistance, make_household, make_project
from tests.pages import client_of, words_of
from units.models import today
from visits.assistance.amounts import sums
from visits.assistance.rules import Worth
from visits.models import Assistance

pytestmark = pytest.mark.django_db


# --- one item -------------------------------------------------------------------------------------


def test_what_the_family_says_is_told_later(cadre, own):
    item = make_assistance(cadre=cadre, household=own)
    client_of(cadre).post(f"/assistance/{item.pk}/result/", {"result": "苗都活了", "version": item.version})
    assert "苗都活了" in words_of(client_of(cadre).get(f"/assistance/{item.pk}/"))


def test_the_second_who_tells_it_sees_both(cadre, leader, own):
    item = make_assistance(cadre=cadre, household=own)
    sent = {"result": "苗都活了", "version": item.version}
    client_of(cadre).post(f"/assistance/{item.pk}/result/", sent)
    page = client_of(leader).post(f"/assistance/{item.pk}/result/", {**sent, "result": "死了一半"})
    assert page.status_code == 409
    assert "苗都活了" in words_of(page)
    assert "死了一半" in words_of(page)


def test_a_cadre_reads_the_own_families_part_of_a_units_help(leader, cadre, own):
    other = make_household(head="赵六", village=own.village)
    item = recorded(leader, own, other)
    words = words_of(client_of(cadre).get(f"/assistance/{item.pk}/"))
    assert "王有福" in words
    assert "赵六" not in words
    assert "另外 1 户" in words


def test_taken_back_it_is_struck_through_and_counts_nowhere(cadre, own):
    item = make_assistance(cadre=cadre, household=own)
    page = client_of(cadre).post(f"/assistance/{item.pk}/void/", {"reason": "记了两遍"}, follow=True)
    assert "记了两遍" in words_of(page)
    assert sums(Assistance.objects.all()).items == 0
    assert client_of(cadre).get(f"/assistance/{item.pk}/void/").status_code == 403


def test_after_a_week_the_author_may_not_take_back_but_the_leader_may(cadre, leader, own):
    item = make_assistance(cadre=cadre, household=own, recorded_at=timezone.now() - timedelta(days=8))
    assert client_of(cadre).get(f"/assistance/{item.pk}/void/").status_code == 403
    assert client_of(cadre).get(f"/assistance/{item.pk}/result/").status_code == 200
    assert client_of(leader).get(f"/assistance/{item.pk}/void/").status_code == 200


# --- the list -------------------------------------------------------------------------------------


def test_the_list_sums_what_it_shows(office, cadre, own, second):
    project = make_project(village=own.village, unit=cadre.unit)
    recorded(cadre, own, second, whole=Worth(cash=Decimal("1000.50")))
    recorded(cadre, own, whole=Worth(cash=Decimal(7000), people=3), project=project)
    recorded(cadre, own, whole=Worth(cash=Decimal(9)), given_on=today())
    words = words_of(client_of(office).get("/assistance/?until=2015-12-31"))
    assert "合计 2 件" in words
    assert "1,000.50" in words.split("合计")[-1]
    assert "8,0" not in words.split("合计")[-1]


def test_of_one_family_the_list_shows_and_sums_its_parts(office, cadre, own, second):
    recorded(cadre, own, second, whole=Worth(cash=Decimal("1000.50")))
    total = words_of(client_of(office).get(f"/assistance/?household={own.pk}")).split("合计")[-1]
    assert "500.25" in total
    assert "1,000.50" not in total


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=王有福", True),
        ("q=李建业", True),
        ("q=没有", False),
        ("kind=comfort", True),
        ("kind=funds", False),
        ("source=unit", True),
        ("source=person", False),
        ("town=620524100", True),
        ("since=2016-01-01", False),
        ("void=on", False),
        ("place=620502", False),
    ],
)
def test_the_list_is_narrowed(office, cadre, own, query, found):
    make_assistance(cadre=cadre, household=own)
    assert ("送了面粉和油" in words_of(client_of(office).get(f"/assistance/?{query}"))) is found


def test_the_list_is_exported_as_it_stands(office, cadre, own):
    make_assistance(cadre=cadre, household=own)
    make_assistance(cadre=cadre, household=own, voided_on=today(), voided_by=cadre, void_reason="记错了")
    answer = client_of(office).get("/assistance/?export=xlsx")
    headings, *rows = table_of(answer)
    assert [row[headings.index("做了什么")] for row in rows] == ["送了面粉和油"]


def test_a_stranger_sees_none_of_it(stranger, cadre, own):
    item = make_assistance(cadre=cadre, household=own)
    assert client_of(stranger).get(f"/assistance/{item.pk}/").status_code == 404
    assert "送了面粉和油" not in words_of(client_of(stranger).get("/assistance/"))


def test_the_list_makes_no_query_a_row(office, cadre, own, django_assert_max_num_queries):
    for _ in range(12):
        make_assistance(cadre=cadre, household=own)
    client = client_of(office)
    client.get("/assistance/")
    with django_assert_max_num_queries(20):
        client.get("/assistance/")
