"""Recording help: what is stored, what is refused, and repeated submission of the same form."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from tests.assistance.items import recorded
from tests.factories import make_household, make_problem, make_unit
from visits.assistance.rules import Worth
from visits.idempotency import RefTaken, SameRef
from visits.models import Assistance, AssistanceShare

pytestmark = pytest.mark.django_db


def test_each_family_keeps_its_part(cadre, own, second):
    item = recorded(cadre, own, second, whole=Worth(cash=Decimal("0.01"), quantity=Decimal(3)), goods="苗")
    assert list(item.shares.values_list("household", "cash", "quantity")) == [
        (own.pk, Decimal("0.01"), 2),
        (second.pk, 0, 1),
    ]


def test_own_parts_make_the_whole(cadre, own, second):
    item = recorded(
        cadre, own, second, whole=None, own=[Worth(cash=Decimal(300)), Worth(cash=Decimal("99.99"))]
    )
    assert item.cash == Decimal("399.99")


def test_a_village_is_helped_without_families(leader, village):
    item = recorded(leader, village=village)
    assert (item.village, item.cash, item.shares.count()) == (village, 100, 0)


def test_unit_and_rank_are_those_of_the_day(cadre, own):
    unit = cadre.unit
    cadre.unit = make_unit()
    cadre.save()
    assert recorded(cadre, own).unit == unit


def test_a_double_tap_records_once(cadre, own, second):
    ref = uuid4()
    assert recorded(cadre, own, second, ref=ref) == recorded(cadre, own, second, ref=ref)
    assert (Assistance.objects.count(), AssistanceShare.objects.count()) == (1, 2)


@pytest.mark.parametrize(
    "changed",
    [{"content": "送化肥"}, {"whole": Worth(cash=Decimal(1))}, {"households": []}, {"source": "person"}],
)
def test_the_same_ref_with_other_content_shows_what_was_recorded(cadre, own, changed):
    first = recorded(cadre, own, village=own.village)
    with pytest.raises(SameRef) as sent:
        recorded(cadre, own, ref=first.ref, **{"village": own.village, "households": [own], **changed})
    assert sent.value.stored == [first]


def test_anothers_ref_is_refused(cadre, leader, own):
    ref = recorded(cadre, own).ref
    with pytest.raises(RefTaken):
        recorded(leader, own, ref=ref)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"given_on": date(2099, 1, 1)}, "given_on"),
        ({"given_on": date(2011, 12, 31)}, "given_on"),
        ({"whole": Worth(cash=Decimal(-1))}, "cash"),
        ({"own": [Worth(loan=Decimal(-1))]}, "loan"),
        ({"whole": Worth(quantity=Decimal(5))}, "goods"),
    ],
)
def test_what_cannot_be_is_refused(cadre, own, changed, field):
    with pytest.raises(ValidationError) as refused:
        recorded(cadre, own, **changed)
    assert field in refused.value.message_dict
    assert not Assistance.objects.exists()


def test_one_item_is_of_one_village(cadre, own):
    with pytest.raises(ValidationError, match="不在一个村"):
        recorded(cadre, own, make_household())


def test_what_it_answers_is_of_its_village(cadre, own):
    with pytest.raises(ValidationError, match="诉求是别的村的"):
        recorded(cadre, own, problem=make_problem())
