"""活动 (activities): recorded once, read by the unit, summed, voided."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.factories import make_activity, make_division, make_unit, make_village, make_village_pairing
from tests.pages import client_of, words_of
from tests.pictures import picture
from visits.activities.rules import record_activity
from visits.idempotency import RefTaken, SameRef
from visits.models import Activity, ActivityPhoto

pytestmark = pytest.mark.django_db


@pytest.fixture
def village(cadre):
    return make_village_pairing(unit=cadre.unit).village


def recorded(author, **given):
    return record_activity(
        **{
            "ref": uuid4(),
            "author": author,
            "kind": "publicity",
            "title": "双联政策进村",
            "held_on": date(2015, 9, 16),
            "slogans": 12,
            **given,
        }
    )


def form(**changed):
    """Return the form data that the page sends."""
    return {
        "ref": str(uuid4()),
        "kind": "publicity",
        "title": "双联政策进村",
        "held_on": "2015-09-16",
        "people": "40",
        "slogans": "12",
        **changed,
    }


def test_the_unit_is_that_of_the_day(cadre):
    unit = cadre.unit
    cadre.unit = make_unit()
    cadre.save()
    assert recorded(cadre).unit == unit


def test_a_double_tap_records_once(cadre):
    ref = uuid4()
    assert recorded(cadre, ref=ref) == recorded(cadre, ref=ref)
    assert Activity.objects.count() == 1


def test_the_same_ref_with_other_content_or_of_another_is_told(cadre, leader):
    ref = recorded(cadre).ref
    with pytest.raises(SameRef):
        recorded(cadre, ref=ref, slogans=13)
    with pytest.raises(RefTaken):
        recorded(leader, ref=ref)


def test_numbers_below_nothing_are_refused(cadre):
    with pytest.raises(ValidationError, match="不能是负数"):
        recorded(cadre, banners=-1)


def test_a_cadre_records_a_campaign_in_the_village(cadre, village):
    page = client_of(cadre).post(
        "/activities/new/", form(village=village.pk, letters="１20", photos=[picture()]), follow=True
    )
    words = words_of(page)
    assert "一封信 120 份" in words
    assert "石峰村" in words
    photo = ActivityPhoto.objects.get()
    assert client_of(cadre).get(f"/files/{photo.uuid}/").status_code == 200


def test_an_office_records_for_a_unit(office, cadre):
    client_of(office).post("/activities/new/", form(unit=cadre.unit_id))
    assert Activity.objects.get().unit == cadre.unit


def test_a_unit_of_above_needs_a_village(office):
    unit = make_unit(division=make_division(code="62", name="甘肃省"))
    village = make_village_pairing(unit=unit).village
    page = client_of(office).post("/activities/new/", form(unit=unit.pk))
    assert "请选是在哪个村办的" in words_of(page)
    page = client_of(office).post("/activities/new/", form(unit=unit.pk, village=village.pk), follow=True)
    assert page.status_code == 200


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"people": "-1"}, "不能是负数"),
        ({"slogans": "很多"}, "不是数"),
        ({"letters": "1.5"}, "不是整数"),
        ({"handbooks": "9" * 20}, "数太长"),
        ({"held_on": "2099-01-01"}, "日期不能晚于今天"),
        ({"kind": ""}, "请选是哪一种活动"),
        ({"title": ""}, "请写活动的主题"),
        ({"village": "999999"}, "这个村不归您管"),
        ({"text": "身份证 620524196005011210"}, "身份证号"),
        ({"photos": [SimpleUploadedFile("a.jpg", b"no picture")]}, "不是能打开的照片"),
        ({"photos": [SimpleUploadedFile("a.jpg", b"0" * 50 * 1024 * 1024)]}, "照片太大"),
    ],
)
def test_bad_input_gets_a_sentence_and_is_kept(cadre, changed, sentence):
    for photo in changed.get("photos", []):
        photo.seek(0)
    page = client_of(cadre).post("/activities/new/", form(**{"boards": "37", **changed}))
    assert page.status_code == 200
    assert sentence in words_of(page)
    assert 'value="37"' in page.content.decode()
    assert not Activity.objects.exists()


def test_another_units_village_is_refused(cadre):
    page = client_of(cadre).post("/activities/new/", form(village=make_village().pk))
    assert "这个村不归您管" in words_of(page)
    assert not Activity.objects.exists()


def test_other_content_under_the_same_ref_can_be_another_activity(cadre):
    sent, client = form(), client_of(cadre)
    client.post("/activities/new/", sent)
    page = client.post("/activities/new/", {**sent, "title": "又一场"})
    assert page.status_code == 409
    assert "又一场" in page.content.decode()
    client.post("/activities/new/", {**sent, "title": "又一场", "fresh": str(page.context["fresh"])})
    assert Activity.objects.count() == 2


def test_a_viewer_records_nothing(viewer):
    assert client_of(viewer).post("/activities/new/", form()).status_code == 403


def test_the_list_sums_people_and_materials(office, cadre, village):
    make_activity(cadre=cadre, village=village, people=1200, letters=30)
    make_activity(cadre=cadre, people=34, letters=5)
    make_activity(cadre=cadre, people=9, voided_on=date(2015, 9, 17), void_reason="记错")
    total = words_of(client_of(office).get("/activities/")).split("合计")[-1]
    assert "2 次" in total
    assert "1,234" in total
    assert "35" in total


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=水窖", True),
        ("q=没有", False),
        ("kind=committees", True),
        ("kind=study", False),
        ("town=620524100", True),
        ("since=2016-01-01", False),
        ("until=2016-01-01", True),
        ("void=on", False),
    ],
)
def test_the_list_is_narrowed(office, cadre, village, query, found):
    make_activity(cadre=cadre, village=village)
    assert ("商量修水窖" in words_of(client_of(office).get(f"/activities/?{query}"))) is found


def test_a_stranger_sees_none_of_it(stranger, cadre):
    activity = make_activity(cadre=cadre)
    assert client_of(stranger).get(f"/activities/{activity.pk}/").status_code == 404
    assert "商量修水窖" not in words_of(client_of(stranger).get("/activities/"))


def test_taken_back_it_stays_readable_and_counts_nowhere(cadre):
    activity = make_activity(cadre=cadre)
    page = client_of(cadre).post(f"/activities/{activity.pk}/void/", {"reason": "记了两遍"}, follow=True)
    assert "记了两遍" in words_of(page)
    assert not Activity.objects.counted().exists()


def test_after_a_week_the_author_may_not_take_back_but_the_leader_may(cadre, leader):
    activity = make_activity(cadre=cadre, recorded_at=timezone.now() - timedelta(days=8))
    assert client_of(cadre).get(f"/activities/{activity.pk}/void/").status_code == 403
    assert client_of(leader).get(f"/activities/{activity.pk}/void/").status_code == 200


def test_other_content_under_the_same_ref_shows_both_versions(cadre):
    client, sent = client_of(cadre), form()
    client.post("/activities/new/", sent)
    page = client.post("/activities/new/", {**sent, "people": "41", "title": "双联政策进社"})
    assert page.status_code == 409
    words = words_of(page)
    assert "主题 双联政策进社 双联政策进村" in words
    assert "参加人数 41 40" in words
    assert "标语 12" not in words
    assert Activity.objects.count() == 1
