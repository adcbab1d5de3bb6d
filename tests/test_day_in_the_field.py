"""Every fact of a day in the field can be entered and read again."""

from uuid import uuid4

import pytest

from tests.factories import make_household, make_pairing, make_village, make_village_pairing
from tests.pages import client_of, words_of
from tests.pictures import picture
from units.models import Word, today
from units.presets import preset_words
from villages.models import FundSource
from visits.choices import AssistanceKind, Category, Service
from visits.models import Activity, Assistance, Problem, Visit
from visits.visits.rules import NEED_HOUSEHOLD

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def own(cadre):
    household = make_household(head="王守田", village=make_village())
    make_village_pairing(unit=cadre.unit, village=household.village)
    make_pairing(cadre=cadre, household=household)
    return household


def visited(cadre, **given):
    """Return the page of the visit that the form recorded."""
    data = {"ref": uuid4(), "on": today().isoformat(), "kind": "home", "content": "看了水窖", **given}
    client = client_of(cadre)
    assert client.post("/visits/new/", data).status_code == 302
    return words_of(client.get(f"/visits/{Visit.objects.get().pk}/"))


@pytest.mark.parametrize("kind", Visit.Kind)
def test_each_kind_of_visit(cadre, own, kind):
    where = {"households": [own.pk]} if kind in NEED_HOUSEHOLD else {"village": own.village_id}
    assert kind.label in visited(cadre, kind=kind, **where)


def test_why_one_went_and_what_was_talked_about(cadre, own):
    """必到 reasons and 八送 topics are recorded by one tap each; a comfort visit may have several reasons."""
    preset_words()
    reasons = Word.objects.texts(Word.Group.VISIT_REASON)
    words = visited(cadre, households=[own.pk], kind="comfort", reasons=reasons, topics=Service.labels)
    assert not [said for said in (*reasons, *Service.labels) if said not in words]


def test_who_went_along_how_long_and_what_was_promised(cadre, leader, own):
    words = visited(
        cadre,
        households=[own.pk],
        kind="stay",
        companions=[leader.pk],
        promised_on=f"{today().year + 1}-01-01",
        promise="带技术员来看果树",
        photos=[picture("a.png"), picture("b.png")],
        signature=picture("签名.png"),
        latitude="34.72",
        longitude="104.89",
    )
    assert not [
        said for said in (leader.name, "1 夜", "带技术员来看果树", "34.72", "104.89") if said not in words
    ]
    visit = Visit.objects.get()
    assert (visit.photos.count(), visit.signatures.count()) == (2, 1)


@pytest.mark.parametrize("category", Category)
def test_each_kind_of_difficulty(cadre, own, category):
    visited(cadre, households=[own.pk], problem_category=category, problem_text="要想办法")
    problem = Problem.objects.get()
    assert category.label in words_of(client_of(cadre).get(f"/problems/{problem.pk}/"))


@pytest.mark.parametrize("kind", AssistanceKind)
def test_each_kind_of_help_on_the_spot(cadre, own, kind):
    visited(cadre, households=[own.pk], help_kind=kind, help_content="当场办了")
    item = Assistance.objects.get()
    assert kind.label in words_of(client_of(cadre).get(f"/assistance/{item.pk}/"))


@pytest.mark.parametrize("source", FundSource)
def test_help_of_each_source_with_all_its_figures(cadre, own, source):
    figures = {"cash": "100", "goods": "苹果苗", "quantity": "50", "goods_unit": "株", "goods_value": "600"}
    client_of(cadre).post(
        "/assistance/new/",
        {
            "ref": uuid4(),
            "kind": "goods",
            "given_on": today().isoformat(),
            "content": "送苹果苗",
            "households": [own.pk],
            "way": "whole",
            "source": source,
            "loan": "50000",
            "people": "3",
            "result": "苗都活了",
            "photos": [picture()],
            **figures,
        },
    )
    words = words_of(client_of(cadre).get(f"/assistance/{Assistance.objects.get().pk}/"))
    told = (source.label, "100.00", "苹果苗 50 株", "600.00", "50,000.00", "3 人次", "苗都活了")
    assert not [said for said in told if said not in words]


@pytest.mark.parametrize("kind", Activity.Kind)
def test_each_kind_of_activity_with_its_materials(cadre, own, kind):
    materials = {"slogans": "12", "banners": "3", "boards": "2", "handbooks": "60", "letters": "120"}
    client_of(cadre).post(
        "/activities/new/",
        {
            "ref": uuid4(),
            "kind": kind,
            "title": "惠农政策",
            "held_on": today().isoformat(),
            "village": own.village_id,
            "people": "63",
            "text": "讲了新农合",
            "photos": [picture()],
            **materials,
        },
    )
    words = words_of(client_of(cadre).get(f"/activities/{Activity.objects.get().pk}/"))
    told = (kind.label, "63 人", "12 条", "3 幅", "2 块", "60 册", "120 份", "讲了新农合")
    assert not [said for said in told if said not in words]
