"""The form for help: which households it offers, how it splits amounts, how it reports bad input."""

import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.assistance.items import DAY, form
from tests.factories import (
    make_cadre,
    make_household,
    make_pairing,
    make_problem,
    make_village_pairing,
    make_visit,
)
from tests.pages import client_of, words_of
from tests.pictures import picture
from visits.models import Assistance, AssistancePhoto, AssistanceShare

pytestmark = pytest.mark.django_db


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


def test_another_split_under_the_same_ref_shows_what_each_family_got(cadre, own, second):
    client, sent = client_of(cadre), form(own, second)
    client.post("/assistance/new/", sent)
    parts = {f"share-{own.pk}-cash": "70", f"share-{second.pk}-cash": "30"}
    page = client.post("/assistance/new/", {**sent, "way": "own", **parts})
    assert page.status_code == 409
    words = words_of(page)
    assert "王有福 现金 70.00 元 现金 50.00 元" in words
    assert Assistance.objects.count() == 1
