"""Correcting an item of help and the share of each household."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.models import Change
from core.records import StaleRecord
from tests.factories import (
    make_cadre,
    make_household,
    make_pairing,
    make_village,
    make_village_pairing,
)
from tests.pages import client_of, words_of
from visits.assistance.amounts import sums
from visits.assistance.rules import GivenHelp, Worth, correct, record_assistance
from visits.models import Assistance, AssistanceShare

pytestmark = pytest.mark.django_db


@pytest.fixture
def village():
    return make_village()


AS_GIVEN = {"given_on": date(2015, 9, 16), "source": "unit"}


@pytest.fixture
def homes(cadre, village):
    """Create three households of the cadre."""
    households = [make_household(head=head, village=village) for head in ("王有福", "李秀英", "赵六")]
    for household in households:
        make_pairing(cadre=cadre, household=household, started_on=date(2015, 3, 5))
    return households


def given(author, *households, **changed):
    return record_assistance(
        GivenHelp(
            ref=uuid4(),
            author=author,
            kind="funds",
            given_on=date(2015, 9, 16),
            content="送慰问金",
            households=households,
            **changed,
        )
    )


@pytest.fixture
def item(cadre, homes):
    """Create help of 300 元 to the first two households, 150 each."""
    return given(cadre, *homes[:2], whole=Worth(cash=Decimal(300)))


def sent(item, parts, **changed):
    """Return the form data of the page, as household → cash."""
    return {
        "version": item.version,
        "given_on": "2015-09-16",
        "source": "unit",
        "cash": "300",
        "households": [household.pk for household in parts],
        **{f"share-{household.pk}-cash": cash for household, cash in parts.items()},
        **changed,
    }


def put_right(user, item, parts, **changed):
    return client_of(user).post(f"/assistance/{item.pk}/shares/", sent(item, parts, **changed), follow=True)


def got(item) -> dict[str, Decimal]:
    rows = AssistanceShare.objects.filter(assistance=item).order_by("household__no")
    return {str(row.household.members.get().name): row.cash for row in rows}


def written_since(newest: int):
    rows = Change.objects.filter(pk__gt=newest).order_by("table", "act", "pk")
    return [(change.table.split(".")[1], change.act) for change in rows]


def test_amounts_are_moved_between_families(cadre, item, homes):
    newest = Change.objects.latest("pk").pk
    page = put_right(cadre, item, {homes[0]: "199.99", homes[1]: "100.01"})
    assert "已改好" in words_of(page)
    assert got(item) == {"王有福": Decimal("199.99"), "李秀英": Decimal("100.01")}
    assert written_since(newest) == [("assistanceshare", "changed")] * 2
    change = Change.objects.filter(table="visits.assistanceshare", act="changed").first()
    assert change.changes == {"cash": ["150.00", "199.99"]}


def test_a_family_is_added_and_one_taken_out_each_by_one_change(cadre, item, homes):
    newest = Change.objects.latest("pk").pk
    put_right(cadre, item, {homes[0]: "150", homes[2]: "200"}, cash="350")
    item.refresh_from_db()
    assert (item.cash, got(item)) == (350, {"王有福": 150, "赵六": 200})
    assert written_since(newest) == [
        ("assistance", "changed"),
        ("assistanceshare", "created"),
        ("assistanceshare", "deleted"),
    ]
    assert sums(Assistance.objects.all()).cash == sums(AssistanceShare.objects.all()).cash == 350


def test_source_and_date_are_corrected_with_history(leader, cadre, item, homes):
    """Source and date are corrected with history; the giver's unit is that of the day, although the giver has moved
    since.
    """
    page = put_right(
        leader, item, {homes[0]: "150", homes[1]: "150"}, source="person", given_on="2015年9月10日"
    )
    assert "已改好" in words_of(page)
    item.refresh_from_db()
    assert (item.source, item.given_on, item.month, item.unit) == (
        "person",
        date(2015, 9, 10),
        201509,
        cadre.unit,
    )
    change = Change.objects.filter(table="visits.assistance", act="changed").get()
    assert change.changes == {"given_on": ["2015-09-16", "2015-09-10"], "source": ["unit", "person"]}


@pytest.mark.parametrize(
    ("day", "why"), [("2099-01-01", "日期不能晚于今天"), ("", "必填，请填上"), ("2011-05-01", "不能早于")]
)
def test_a_date_that_cannot_be_is_refused(cadre, item, homes, day, why):
    page = put_right(cadre, item, {homes[0]: "150", homes[1]: "150"}, given_on=day)
    assert why in words_of(page)


def test_the_history_of_the_item_tells_all_of_it(cadre, leader, item, homes):
    put_right(cadre, item, {homes[0]: "100", homes[2]: "200"})
    words = words_of(client_of(leader).get(f"/assistance/{item.pk}/"))
    history = words.split("变动记录")[-1]
    assert "王有福所得" in history
    assert "赵六所得" in history
    assert "李秀英所得" in history


def test_a_sum_that_is_not_the_whole_is_told_and_nothing_is_changed(cadre, item, homes):
    page = put_right(cadre, item, {homes[0]: "199.99", homes[1]: "100"})
    assert "各户加起来是 299.99，和这里的总数 300.00 对不上" in words_of(page)
    assert 'value="199.99"' in page.content.decode()
    assert got(item) == {"王有福": 150, "李秀英": 150}


def test_without_a_typed_whole_it_is_the_sum(cadre, item, homes):
    put_right(cadre, item, {homes[0]: "1", homes[1]: "2"}, cash="")
    item.refresh_from_db()
    assert item.cash == 3


@pytest.mark.parametrize(
    ("parts", "changed", "sentence"),
    [
        (["-1", "301"], {}, "各户的数里有填错的"),
        (["一百", "200"], {}, "各户的数里有填错的"),
        (["150", "150"], {"households": []}, "至少留一户"),
        (["150", "150"], {"households": ["x"]}, "不归您管"),
        (["150", "150"], {"quantity": "5"}, "对不上"),
        (["150", "150"], {"version": "x"}, ""),
        (["150", "150"], {"goods": "620524196005010010"}, "身份证号"),
    ],
)
def test_bad_input_gets_a_sentence_and_changes_nothing(cadre, item, homes, parts, changed, sentence):
    page = put_right(cadre, item, dict(zip(homes, parts, strict=False)), **changed)
    assert page.status_code == 200
    assert sentence in words_of(page)
    item.refresh_from_db()
    assert (item.version, got(item)) == (1, {"王有福": 150, "李秀英": 150})


def test_goods_without_a_name_are_refused(cadre, item, homes):
    parts = {f"share-{homes[0].pk}-quantity": "5"}
    page = put_right(cadre, item, {homes[0]: "150", homes[1]: "150"}, **parts)
    assert "要写是什么物资" in words_of(page)


def test_a_household_that_is_not_seen_is_not_added(cadre, item, homes, village):
    other = make_household(head="孙某", village=village)
    page = put_right(cadre, item, {homes[0]: "100", other: "200"})
    assert "不归您管" in words_of(page)
    assert got(item) == {"王有福": 150, "李秀英": 150}


def test_a_household_of_another_village_is_refused_by_the_rule_itself(cadre, item):
    far = make_household(village=make_village(name="金川村"))
    with pytest.raises(ValidationError, match="不是这个村的"):
        correct(item, **AS_GIVEN, version=1, whole=Worth(), households=[far], own=[Worth(cash=Decimal(1))])


def test_a_family_that_is_no_longer_ones_own_may_stay_in_it(cadre, item, homes):
    pairing = homes[1].pairings.get()
    pairing.ended_on = date(2015, 10, 1)
    pairing.save()
    put_right(cadre, item, {homes[0]: "100", homes[1]: "200"})
    assert got(item) == {"王有福": 100, "李秀英": 200}


def test_the_second_of_two_editors_sees_both_versions(cadre, leader, item, homes):
    put_right(cadre, item, {homes[0]: "100", homes[1]: "200"})
    page = put_right(leader, item, {homes[0]: "300"})
    words = words_of(page)
    assert page.status_code == 409
    assert f"刚刚被{cadre}改过" in words
    assert "李秀英 不在里面 现金 200.00 元" in words
    assert "王有福 现金 300.00 元 现金 100.00 元" in words
    assert got(item) == {"王有福": 100, "李秀英": 200}
    stored = Assistance.objects.get().version
    put_right(leader, item, {homes[0]: "300"}, overwrite=stored)
    assert got(item) == {"王有福": 300}


def test_a_double_tap_is_no_conflict(cadre, item, homes):
    for _ in range(2):
        page = put_right(cadre, item, {homes[0]: "100", homes[1]: "200"})
        assert "已改好" in words_of(page)
    assert Assistance.objects.get().version == 2


def test_saving_without_a_change_writes_nothing(cadre, item, homes):
    newest = Change.objects.latest("pk").pk
    put_right(cadre, item, {homes[0]: "150", homes[1]: "150"})
    assert not Change.objects.filter(pk__gt=newest).exists()


def test_a_page_of_before_is_stale_also_when_only_a_share_was_changed(item, homes):
    halves = [Worth(cash=Decimal(100)), Worth(cash=Decimal(200))]
    correct(item, **AS_GIVEN, version=1, whole=Worth(), households=homes[:2], own=halves)
    with pytest.raises(StaleRecord):
        correct(item, **AS_GIVEN, version=1, whole=Worth(), households=homes[:2], own=halves)


def test_other_families_are_listed_before_they_are_saved(cadre, item, homes):
    page = put_right(cadre, item, {homes[0]: "120", homes[2]: "180"}, turn="1").content.decode()
    assert f'name="share-{homes[2].pk}-cash" value="180"' in page
    assert f'name="share-{homes[1].pk}-cash"' not in page
    assert got(item) == {"王有福": 150, "李秀英": 150}


def test_help_to_a_village_gets_families_or_another_figure(leader, village):
    make_village_pairing(unit=leader.unit, village=village)
    home = make_household(head="钱七", village=village)
    item = given(leader, village=village, whole=Worth(cash=Decimal(500)))
    put_right(leader, item, {}, cash="400")
    item.refresh_from_db()
    assert item.cash == 400
    put_right(leader, item, {home: "400"}, cash="400")
    assert got(item) == {"钱七": 400}


def test_who_may(cadre, leader, item, homes):
    url = f"/assistance/{item.pk}/shares/"
    assert client_of(make_cadre(unit=cadre.unit)).get(url).status_code == 404
    item.recorded_at = timezone.now() - timedelta(days=8)
    item.save()
    assert client_of(cadre).get(url).status_code == 403
    assert client_of(leader).get(url).status_code == 200
    item.take_back(by=leader, reason="记错了")
    assert client_of(leader).get(url).status_code == 403


def test_who_wrote_for_a_colleague_finds_the_colleagues_households(cadre, village):
    older = make_cadre(name="孙守山", unit=cadre.unit)
    theirs = [make_household(head=head, village=village) for head in ("周一", "吴二")]
    for household in theirs:
        make_pairing(cadre=older, household=household)
    item = given(cadre, theirs[0], cadre=older, whole=Worth(cash=Decimal(100)))
    put_right(cadre, item, {theirs[0]: "40", theirs[1]: "60"}, cash="100")
    assert got(item) == {"周一": 40, "吴二": 60}
