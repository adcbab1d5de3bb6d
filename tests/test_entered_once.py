"""One form changes every page that counts its record, and 作废 (voiding) changes them back."""

import re
from uuid import uuid4

import pytest

from tests.factories import (
    COUNTY,
    make_household,
    make_pairing,
    make_project,
    make_village,
    make_village_pairing,
)
from tests.pages import client_of, words_of
from units.models import today
from units.presets import letter_requirements
from visits.models import Assistance, Problem, Visit

pytestmark = pytest.mark.django_db

COUNTING = [
    ("cadre", "/"),
    ("cadre", "/duties/cadres/{cadre}/"),
    ("cadre", "/problems/"),
    ("cadre", "/assistance/"),
    ("leader", "/duties/units/{unit}/"),
    ("leader", "/admin/"),
    ("office", "/"),
    ("office", "/duties/"),
    ("office", "/reports/places/"),
    ("office", "/reports/units/"),
]
"""Readers and pages with a count of visits, problems or help."""


@pytest.fixture
def own(cadre):
    letter_requirements(place=COUNTY, year=today().year)
    household = make_household(head="王有福", village=make_village())
    make_village_pairing(unit=cadre.unit, village=household.village)
    make_pairing(cadre=cadre, household=household)
    return household


@pytest.fixture
def read(cadre, leader, office):
    """Return the text of all these pages, without print times and the list of visits that explains a count."""
    people = {"cadre": cadre, "leader": leader, "office": office}

    def pages() -> dict[str, str]:
        said = {}
        for who, url in COUNTING:
            page = client_of(people[who]).get(url.format(cadre=cadre.pk, unit=cadre.unit_id))
            said[f"{who} {url}"] = re.sub(r" \d\d:\d\d", "", words_of(page)).split("每一次算没算")[0]
        return said

    return pages


def test_one_form_changes_every_page_that_counts_it_and_taking_back_changes_them_back(cadre, own, read):
    before = read()
    client_of(cadre).post(
        "/visits/new/",
        {
            "ref": uuid4(),
            "on": today().isoformat(),
            "kind": "home",
            "content": "看了水窖",
            "households": [own.pk],
            "problem_category": "01",
            "problem_text": "水窖漏水",
            "help_kind": "goods",
            "help_content": "送水泥",
            "help_goods": "水泥",
            "help_quantity": "10",
            "help_goods_value": "380",
        },
    )
    after = read()
    assert not [page for page in before if before[page] == after[page]]
    for url, model in (("problems", Problem), ("assistance", Assistance), ("visits", Visit)):
        client_of(cadre).post(f"/{url}/{model.objects.get().pk}/void/", {"reason": "记错了"})
    assert read() == before


def test_money_of_a_project_changes_its_page_the_list_and_the_village(leader, own):
    project = make_project(unit=leader.unit, village=own.village)
    client = client_of(leader)
    client.post(
        f"/projects/{project.pk}/funds/treasury/", {"planned": "12000", "arranged": "0", "spent": "0"}
    )
    client.post(
        f"/projects/{project.pk}/funds/treasury/",
        {"planned": "98,765", "arranged": "98765", "spent": "0", "version": 1},
    )
    for url in (f"/projects/{project.pk}/", "/projects/", f"/villages/{own.village_id}/"):
        assert "98,765.00" in words_of(client.get(url))
