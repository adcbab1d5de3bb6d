"""帮扶实事: recorded once, split to the 分, summed without counting a 元 twice; its pages."""

import io
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from PIL import Image

from tests.factories import (
    make_assistance,
    make_cadre,
    make_household,
    make_pairing,
    make_problem,
    make_project,
    make_unit,
    make_village,
    make_village_pairing,
    make_visit,
)
from tests.pages import client_of, words_of
from units.models import today
from visits.assisting import Worth, record_assistance, split, take_back, together
from visits.models import Assistance, AssistancePhoto, AssistanceShare
from visits.refs import RefTaken, SameRef
from visits.summing import Sums, sums

pytestmark = pytest.mark.django_db

DAY = date(2015, 9, 16)
MONEY = st.decimals(min_value=0, max_value=99999, places=2)


@pytest.fixture
def village():
    return make_village()


@pytest.fixture
def own(cadre, village):
    household = make_household(head="王有福", village=village)
    make_pairing(cadre=cadre, household=household)
    return household


@pytest.fixture
def second(cadre, village):
    household = make_household(head="李秀英", village=village)
    make_pairing(cadre=cadre, household=household)
    return household


def recorded(author, *households, **given):
    return record_assistance(
        **{
            "ref": uuid4(),
            "author": author,
            "kind": "goods",
            "given_on": DAY,
            "content": "送苹果苗",
            "households": households,
            "whole": Worth(cash=Decimal("100")),
            **given,
        }
    )


def form(*households, **changed):
    """What the page sends."""
    return {
        "ref": str(uuid4()),
        "kind": "goods",
        "given_on": "2015-09-16",
        "content": "送苹果苗",
        "households": [household.pk for household in households],
        "way": "whole",
        "cash": "100",
        "source": "unit",
        **changed,
    }


def picture():
    """With what a camera writes into it."""
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "某某相机"
    Image.new("RGB", (40, 30), "green").save(out, "JPEG", exif=exif)
    return SimpleUploadedFile("收条.jpg", out.getvalue(), "image/jpeg")


# --- splitting ------------------------------------------------------------------------------------


@given(
    st.builds(Worth, MONEY, MONEY, MONEY, MONEY, st.integers(0, 999)),
    st.integers(1, 60),
)
def test_parts_sum_to_the_whole_and_differ_by_what_does_not_divide(whole, count):
    parts = split(whole, count)
    assert together(parts) == whole
    assert len(set(parts[1:])) <= 1
    assert all(first >= other for first, other in zip(parts[0], parts[-1], strict=True))


def test_what_does_not_divide_is_the_first_ones():
    assert [part.cash for part in split(Worth(cash=Decimal(100)), 3)] == [
        Decimal("33.34"),
        Decimal("33.33"),
        Decimal("33.33"),
    ]


def test_saplings_are_not_cut_in_pieces():
    assert [part.quantity for part in split(Worth(quantity=Decimal(100)), 3)] == [34, 33, 33]


# --- recording ------------------------------------------------------------------------------------


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


# --- sums -----------------------------------------------------------------------------------------


ITEMS = st.lists(
    st.tuples(
        st.integers(0, 1),  # unit
        st.integers(0, 1),  # village
        st.sets(st.integers(0, 2)),  # families of that village
        st.builds(Worth, MONEY, st.just(Decimal(0)), MONEY, MONEY, st.integers(0, 99)),
        st.booleans(),  # of a project
        st.booleans(),  # taken back
    ),
    max_size=7,
)


def plain(given, part=lambda worth, families: worth):
    """The reckoning by hand: one item after the other."""
    total = Sums(0, Decimal(0), Decimal(0), Decimal(0), 0)
    for *_, families, worth, of_project, void in given:
        if void:
            continue
        own = part(worth, families)
        total = Sums(
            total.items + 1,
            total.cash + (0 if of_project else own.cash),
            total.goods_value + (0 if of_project else own.goods_value),
            total.loan + own.loan,
            total.people + own.people,
        )
    return total


class NoYuanTwice(TestCase):
    @settings(max_examples=20, deadline=None)
    @given(given=ITEMS)
    def test_as_by_hand(self, given):
        cadres = [make_cadre(), make_cadre()]
        villages = [make_village(code="620524100301"), make_village(code="620524100302")]
        projects = [make_project(village=village, unit=cadres[0].unit) for village in villages]
        families = [[make_household(village=village, head="") for _ in range(3)] for village in villages]
        for unit, village, got, worth, of_project, void in given:
            item = recorded(
                cadres[unit],
                *(families[village][n] for n in sorted(got)),
                village=villages[village],
                whole=worth,
                project=projects[village] if of_project else None,
            )
            if void:
                take_back(item, by=cadres[unit], reason="记错")
        everything = Assistance.objects.all()
        assert sums(everything) == plain(given)
        for n, cadre in enumerate(cadres):
            assert sums(everything.filter(unit=cadre.unit)) == plain([row for row in given if row[0] == n])
        for n, village in enumerate(villages):
            here = [row for row in given if row[1] == n]
            assert sums(everything.filter(village=village)) == plain(here)
            for m, family in enumerate(families[n]):
                theirs = plain(
                    [row for row in here if m in row[2]],
                    lambda worth, got, m=m: split(worth, len(got))[sorted(got).index(m)],
                )
                assert sums(AssistanceShare.objects.filter(household=family)) == theirs


# --- the form -------------------------------------------------------------------------------------


def test_a_cadre_records_help_to_two_families(cadre, own, second):
    page = client_of(cadre).post("/assistance/new/", form(own, second), follow=True)
    assert "现金 50.00 元" in words_of(page)
    assert list(AssistanceShare.objects.values_list("cash", flat=True)) == [50, 50]


def test_saplings_to_each_of_many_families(leader):
    village = make_village_pairing(unit=leader.unit).village
    families = [make_household(village=village, head=f"户主{n}") for n in range(30)]
    sent = form(
        *families, way="each", cash="", goods="苹果苗", quantity="50", goods_unit="株", village=village.pk
    )
    client_of(leader).post("/assistance/new/", sent)
    assert Assistance.objects.get().quantity == 1500
    assert set(AssistanceShare.objects.values_list("quantity", flat=True)) == {50}


def test_each_family_gets_what_is_typed_for_it(cadre, own, second):
    parts = {f"share-{own.pk}-cash": "300", f"share-{second.pk}-cash": "99.99"}
    client_of(cadre).post("/assistance/new/", form(own, second, way="own", cash="", **parts))
    assert Assistance.objects.get().cash == Decimal("399.99")


def test_a_whole_that_is_not_the_sum_is_told(cadre, own, second):
    parts = {f"share-{own.pk}-cash": "300", f"share-{second.pk}-cash": "99.99"}
    page = client_of(cadre).post("/assistance/new/", form(own, second, way="own", cash="400", **parts))
    assert "各户加起来是 399.99，和这里的总数 400.00 对不上" in words_of(page)
    assert 'value="99.99"' in page.content.decode()


def test_the_split_is_shown_before_it_is_saved(cadre, own, second):
    page = client_of(cadre).post("/assistance/new/", form(own, second, turn="1", cash="100.01"))
    words = words_of(page)
    assert "50.01" in words
    assert "50.00" in words
    assert "送苹果苗" in page.content.decode()
    assert not Assistance.objects.exists()


def test_parts_by_hand_begin_with_equal_ones(cadre, own, second):
    page = client_of(cadre).post("/assistance/new/", form(own, second, turn="1", way="own", cash="100.01"))
    assert f'name="share-{own.pk}-cash" value="50.01"' in page.content.decode()


def test_a_leader_lists_the_families_of_a_village(leader):
    village = make_village_pairing(unit=leader.unit).village
    make_household(village=village, head="王守田")
    sent = form(turn="1", village=village.pk)
    assert "王守田" in words_of(client_of(leader).post("/assistance/new/", sent))


def test_a_leader_records_what_a_cadre_of_the_unit_gave(leader, cadre):
    village = make_village_pairing(unit=leader.unit).village
    client_of(leader).post("/assistance/new/", form(village=village.pk, cadre=cadre.pk))
    item = Assistance.objects.get()
    assert (item.cadre, item.entered_by) == (cadre, leader)


def test_a_cadre_records_what_a_colleague_gave_to_the_colleagues_household(cadre, own):
    older = make_cadre(name="孙守山", unit=cadre.unit)
    theirs = make_pairing(cadre=older, household=make_household(head="赵六", village=own.village)).household
    client = client_of(cadre)
    assert "孙守山" in words_of(client.get("/assistance/new/"))
    page = words_of(client.get(f"/assistance/new/?for={older.pk}"))
    assert "替 孙守山 记" in page
    assert ("赵六" in page, "王有福" in page) == (True, False)
    said = words_of(client.post(f"/assistance/new/?for={older.pk}", form(theirs), follow=True))
    item = Assistance.objects.get()
    assert (item.cadre, item.entered_by) == (older, cadre)
    assert f"{cadre}代录" in said
    for who in (older, cadre):
        assert Assistance.objects.voidable_by(who).exists()
        assert "送苹果苗" in words_of(client_of(who).get("/assistance/"))


def test_what_was_typed_goes_along_to_the_colleagues_page(cadre, own):
    older = make_cadre(name="孙守山", unit=cadre.unit)
    page = client_of(cadre).post(f"/assistance/new/?for={older.pk}", form(own, turn="1"))
    assert "送苹果苗" in page.content.decode()
    assert "王有福" not in words_of(page)


def test_only_a_colleague_in_office_and_only_on_own_households(cadre, own):
    assert client_of(cadre).get(f"/assistance/new/?for={make_cadre().pk}").status_code == 404
    gone = make_cadre(unit=cadre.unit, left_on=DAY)
    assert client_of(cadre).get(f"/assistance/new/?for={gone.pk}").status_code == 404
    older = make_cadre(unit=cadre.unit)
    page = client_of(cadre).post(f"/assistance/new/?for={older.pk}", form(own))
    assert "不归您管" in words_of(page)
    assert not Assistance.objects.exists()


def test_help_that_answers_a_problem_goes_to_all_who_joined_it(cadre, own, second):
    problem = make_problem(cadre=cadre, household=own)
    make_problem(cadre=cadre, household=second, joined_into=problem)
    page = client_of(cadre).get(f"/assistance/new/?problem={problem.pk}")
    assert page.content.decode().count(" checked") >= 2
    client_of(cadre).post(f"/assistance/new/?problem={problem.pk}", form(own, second, problem=problem.pk))
    assert Assistance.objects.get().problem == problem
    assert "送苹果苗" in words_of(client_of(cadre).get(f"/problems/{problem.pk}/"))


def test_help_on_a_visit_has_its_day_and_family(cadre, own):
    visit = make_visit(cadre=cadre, household=own)
    html = client_of(cadre).get(f"/assistance/new/?visit={visit.pk}").content.decode()
    assert 'value="2015-09-16"' in html
    client_of(cadre).post(f"/assistance/new/?visit={visit.pk}", form(own))
    assert Assistance.objects.get().visit == visit


def test_a_receipt_is_kept_without_what_the_camera_wrote(cadre, own):
    client_of(cadre).post("/assistance/new/", form(own, photos=[picture()]))
    photo = AssistancePhoto.objects.get()
    answer = client_of(cadre).get(f"/files/{photo.uuid}/")
    with Image.open(io.BytesIO(b"".join(answer.streaming_content))) as kept:
        assert not kept.getexif()
    assert client_of(make_cadre()).get(f"/files/{photo.uuid}/").status_code == 404


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"cash": "-5"}, "不能是负数"),
        ({"cash": "五百"}, "不是数"),
        ({"cash": "99999999999"}, "数太大"),
        ({"people": "2.5"}, "不是整数"),
        ({"given_on": "2099-01-01"}, "日期不能晚于今天"),
        ({"given_on": "前天"}, "日期"),
        ({"quantity": "50"}, "要写是什么物资"),
        ({"kind": ""}, "请选是哪一种帮扶"),
        ({"kind": "gold"}, "gold"),
        ({"households": []}, "请勾选给了哪一户"),
        ({"households": ["x"]}, "不归您管"),
        ({"households": ["9223372036854775808"]}, "不归您管"),
        ({"project": "9" * 30}, "这个项目不在"),
        ({"village": "0"}, "不归您管"),
        ({"problem": "999999"}, "这件诉求不在"),
        ({"project": "x"}, "这个项目不在"),
        ({"way": "own"}, "各户各得多少"),
        ({"way": "own", "households": []}, "请先勾选"),
        ({"result": "号码 620524196005011210"}, "身份证号"),
        ({"photos": [SimpleUploadedFile("a.jpg", b"no picture")]}, "不是能打开的照片"),
        ({"photos": [SimpleUploadedFile("a.jpg", b"0" * 50 * 1024 * 1024)]}, "照片太大"),
    ],
)
def test_bad_input_gets_a_sentence_and_is_kept(cadre, own, changed, sentence):
    for photo in changed.get("photos", []):
        photo.seek(0)
    page = client_of(cadre).post("/assistance/new/", form(own, **{"content": "拉了三车苗", **changed}))
    assert page.status_code == 200
    assert sentence in words_of(page)
    assert "拉了三车苗" in page.content.decode()
    assert not Assistance.objects.exists()


def test_a_wrong_part_is_told_beside_it(cadre, own):
    part = {f"share-{own.pk}-cash": "-3"}
    page = client_of(cadre).post("/assistance/new/", form(own, way="own", cash="", **part))
    assert "各户的数里有填错的" in words_of(page)
    assert 'value="-3"' in page.content.decode()


def test_a_household_that_is_not_seen_gets_nothing(cadre, own):
    other = make_household(village=own.village)
    page = client_of(cadre).post("/assistance/new/", form(own, other))
    assert "不归您管" in words_of(page)
    assert not Assistance.objects.exists()


@pytest.mark.parametrize("name", ["household", "problem", "visit", "project"])
def test_what_is_not_seen_leads_nowhere(cadre, name):
    unseen = {
        "household": lambda: make_household().pk,
        "problem": lambda: make_problem().pk,
        "visit": lambda: make_visit(household=make_household()).pk,
        "project": lambda: 999999,
    }
    assert client_of(cadre).get(f"/assistance/new/?{name}={unseen[name]()}").status_code == 404


def test_a_viewer_records_nothing(viewer):
    assert client_of(viewer).post("/assistance/new/", form()).status_code == 403


def test_other_content_under_the_same_ref_can_be_another_item(cadre, own):
    sent = form(own)
    client = client_of(cadre)
    client.post("/assistance/new/", sent)
    page = client.post("/assistance/new/", {**sent, "content": "又送化肥"})
    assert page.status_code == 409
    assert "又送化肥" in page.content.decode()
    client.post("/assistance/new/", {**sent, "content": "又送化肥", "fresh": str(page.context["fresh"])})
    assert Assistance.objects.count() == 2


def test_anothers_page_is_a_conflict_with_all_that_was_typed(cadre, leader, own):
    sent = form(own)
    client_of(cadre).post("/assistance/new/", sent)
    make_village_pairing(unit=leader.unit, village=own.village)
    page = client_of(leader).post("/assistance/new/", {**sent, "village": own.village_id})
    assert page.status_code == 409
    assert "是另一个人存的" in words_of(page)


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
    answer = client_of(office).get("/assistance/?export=xlsx")
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")


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
