"""The pages of visits: recording, also for a colleague, photos, voiding."""

import io
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from tests.factories import (
    make_cadre,
    make_household,
    make_pairing,
    make_village_pairing,
    make_visit,
)
from tests.pages import client_of, page_of
from tests.pictures import picture
from units.models import Word, today
from visits.models import Visit, VisitPhoto

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(cadre):
    return make_pairing(cadre=cadre, household=make_household(head="王守田", phone="13993850000")).household


def said(**changed):
    return {
        "ref": str(uuid.uuid4()),
        "on": today().isoformat(),
        "kind": "home",
        "content": "看了水窖，问了药费。",
        **changed,
    }


# 记走访


def test_a_visit_is_recorded_and_one_is_back_home(cadre, home):
    response = client_of(cadre).post("/visits/new/", said(households=[home.pk]), follow=True)
    assert response.redirect_chain == [("/", 302)]
    assert "已记下" in page_of(response)
    assert Visit.objects.get().household == home


def test_the_page_begins_with_the_household_that_led_there(cadre, home):
    html = page_of(client_of(cadre).get(f"/visits/new/?household={home.pk}"))
    assert '<span class="name">王守田</span>' in html
    assert f'name="households" value="{home.pk}"' in html


def test_a_household_of_others_leads_nowhere(cadre):
    others = make_household(head="马桂英")
    assert client_of(cadre).get(f"/visits/new/?household={others.pk}").status_code == 404


@pytest.mark.parametrize("key", ["0", "abc", "99999999999999999999", "²", "-1"])
def test_a_garbled_household_leads_nowhere(cadre, key):
    assert client_of(cadre).get("/visits/new/", {"household": key}).status_code == 404


def test_a_tampered_household_is_refused_in_a_sentence_and_the_text_is_kept(cadre, home):
    others = make_household(head="马桂英")
    html = page_of(client_of(cadre).post("/visits/new/", said(households=[others.pk], content="谈了种药材")))
    assert "勾选的户里，有现在不能记的" in html
    assert "谈了种药材" in html
    assert "马桂英" not in html
    assert not Visit.objects.exists()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"content": " "}, "请写几个字"),
        ({"content": "长" * 2001}, "2000"),
        ({"content": "户主的号码是 620524 19600501 1234"}, "这里写了身份证号"),
        ({"on": ""}, "请选哪天去的"),
        ({"on": "other"}, "请选是哪一天"),
        ({"on": "other", "other_day": "2011-12-31"}, "走访日期不能早于 2012-01-01"),
        ({"on": "other", "other_day": "某天"}, "日期"),
        ({"kind": "nonsense"}, "nonsense"),
        ({"households": []}, "请勾选去了哪一户"),
        ({"until": "2012-01-01"}, "最后一天不能早于第一天"),
        ({"nights": "两"}, "请填夜数"),
        ({"nights": "-1"}, "夜数不能是负数"),
        ({"promised_on": "2012-03-05"}, "约下次的日期要晚于这次走访"),
        ({"promise": "答" * 101}, "100"),
        ({"companions": ["99999"]}, "同去的人只能选本单位"),
        ({"companions": ["99999999999999999999"]}, "同去的人只能选本单位"),
        ({"households": ["9223372036854775808"]}, "勾选的户里，有现在不能记的"),
        ({"village": "99999"}, "这个村不是本单位联系的村"),
        ({"ref": "abc"}, "凭证号坏了"),
    ],
)
def test_bad_input_gets_a_sentence_and_is_kept(cadre, home, changed, sentence):
    data = said(**{"households": [home.pk], "content": "谈了种药材", **changed})
    response = client_of(cadre).post("/visits/new/", data)
    assert response.status_code == 200
    assert sentence in page_of(response)
    assert data["content"].strip() in page_of(response)
    assert not Visit.objects.exists()


def test_the_day_before_yesterday_is_marked_as_late(cadre, home):
    day = today() - timedelta(days=2)
    data = said(households=[home.pk], on="other", other_day=day.isoformat())
    assert "（补录）" in page_of(client_of(cadre).post("/visits/new/", data, follow=True))
    assert Visit.objects.get().is_late


def test_a_page_opened_before_midnight_keeps_its_day(cadre, home):
    opened = today() - timedelta(days=3)
    client_of(cadre).post("/visits/new/", said(households=[home.pk], on=opened.isoformat()))
    assert Visit.objects.get().visited_on == opened


def test_several_families_in_a_stay_of_three_days_are_one_form(cadre, home):
    second = make_pairing(cadre=cadre, household=make_household(head="刘满仓")).household
    first = today() - timedelta(days=2)
    data = said(
        households=[home.pk, second.pk],
        on="other",
        other_day=first.isoformat(),
        until=today().isoformat(),
        kind="stay",
    )
    assert "6 条" in page_of(client_of(cadre).post("/visits/new/", data, follow=True))
    assert Visit.objects.filter(nights=1).count() == 2


def test_reasons_are_the_words_of_the_office(cadre, home):
    Word.objects.create(group=Word.Group.VISIT_REASON, text="有病")
    client_of(cadre).post("/visits/new/", said(households=[home.pk], reasons=["有病"]))
    assert Visit.objects.get().reasons == "有病"


def test_a_village_meeting_is_recorded_without_a_household(cadre):
    village = make_village_pairing(unit=cadre.unit).village
    client_of(cadre).post("/visits/new/", said(kind="committees", village=village.pk))
    assert Visit.objects.get().village == village


def test_a_viewer_records_nothing(viewer):
    client = client_of(viewer)
    assert client.get("/visits/new/").status_code == 403
    assert client.post("/visits/new/", said()).status_code == 403


def test_pressing_save_twice_records_once(cadre, home):
    data = said(households=[home.pk])
    client = client_of(cadre)
    assert [client.post("/visits/new/", data).status_code for _ in range(2)] == [302, 302]
    assert Visit.objects.count() == 1


def test_other_content_under_the_same_ref_shows_both_and_can_be_another_visit(cadre, home):
    data = said(households=[home.pk], content="先写的")
    client = client_of(cadre)
    client.post("/visits/new/", data)
    response = client.post("/visits/new/", {**data, "content": "后写的"})
    assert response.status_code == 409
    assert "先写的" in page_of(response)
    assert "后写的" in page_of(response)
    client.post("/visits/new/", {**data, "content": "后写的", "fresh": str(uuid.uuid4())})
    assert Visit.objects.count() == 2


def test_a_ref_of_another_author_is_a_conflict(cadre, leader, home):
    data = said(households=[home.pk])
    client_of(cadre).post("/visits/new/", data)
    make_village_pairing(unit=leader.unit, village=home.village)
    assert client_of(leader).post(f"/visits/new/?household={home.pk}", data).status_code == 409


# For a colleague


@pytest.fixture
def older(cadre):
    older = make_cadre(name="陈立新", unit=cadre.unit)
    make_pairing(cadre=older, household=make_household(head="赵存福", tags="军烈属"))
    return older


def test_a_colleagues_households_are_offered_by_name_and_group_only(cadre, older):
    html = page_of(client_of(cadre).get(f"/visits/new/?for={older.pk}"))
    assert "赵存福，石峰村三组" in html
    assert "军烈属" not in html


def test_both_names_stand_on_what_a_colleague_entered(cadre, older):
    home = older.pairings.get().household
    client_of(cadre).post(f"/visits/new/?for={older.pk}", said(households=[home.pk]))
    visit = Visit.objects.get()
    assert "陈立新" in page_of(client_of(cadre).get(f"/visits/{visit.pk}/"))
    assert "李建业代录" in page_of(client_of(older).get(f"/visits/{visit.pk}/"))


def test_turning_to_a_colleague_keeps_what_was_typed(cadre, older):
    data = said(content="苹果套袋已完", turn="1")
    html = page_of(client_of(cadre).post(f"/visits/new/?for={older.pk}", data))
    assert "苹果套袋已完" in html
    assert "没有保存" not in html
    assert data["ref"] in html


def test_another_units_cadre_is_not_there(cadre, stranger):
    assert client_of(cadre).get(f"/visits/new/?for={stranger.pk}").status_code == 404


# Photos


def test_a_photo_is_kept_without_what_the_camera_wrote(cadre, home):
    client_of(cadre).post("/visits/new/", said(households=[home.pk], photos=[picture()]))
    photo = VisitPhoto.objects.get()
    response = client_of(cadre).get(f"/files/{photo.uuid}/")
    content = b"".join(getattr(response, "streaming_content", []))
    kept = Image.open(io.BytesIO(content))
    assert (kept.format, dict(kept.getexif())) == ("JPEG", {})
    assert response["Content-Disposition"].startswith("inline")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "private" in response["Cache-Control"]


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (SimpleUploadedFile("a.jpg", b"no picture at all"), "不是能打开的照片"),
        (SimpleUploadedFile("empty.jpg", b""), "空"),
        (SimpleUploadedFile("large.jpg", b"0" * (12 * 1024 * 1024 + 1)), "照片太大"),
    ],
)
def test_what_is_no_photo_is_told_and_the_text_kept(cadre, home, upload, sentence):
    upload.seek(0)
    html = page_of(client_of(cadre).post("/visits/new/", said(households=[home.pk], photos=[upload])))
    assert sentence in html
    assert "看了水窖" in html
    assert not Visit.objects.exists()


def test_too_many_photos_are_told(cadre, home):
    photos = [picture() for _ in range(10)]
    html = page_of(client_of(cadre).post("/visits/new/", said(households=[home.pk], photos=photos)))
    assert "一次最多 9 张照片" in html


@pytest.mark.parametrize(
    ("who", "status"), [("leader", 200), ("office", 200), ("viewer", 200), ("stranger", 404)]
)
def test_a_photo_is_for_who_may_see_the_visit(request, cadre, home, who, status):
    client_of(cadre).post("/visits/new/", said(households=[home.pk], photos=[picture()]))
    url = f"/files/{VisitPhoto.objects.get().uuid}/"
    assert client_of(request.getfixturevalue(who)).get(url).status_code == status


def test_a_photo_that_is_gone_or_never_was_is_not_found(cadre, home):
    client_of(cadre).post("/visits/new/", said(households=[home.pk], photos=[picture()]))
    photo = VisitPhoto.objects.get()
    photo.file.storage.delete(photo.file.name)
    assert client_of(cadre).get(f"/files/{photo.uuid}/").status_code == 404
    assert client_of(cadre).get(f"/files/{uuid.uuid4()}/").status_code == 404


# One visit, 作废


def test_a_stranger_finds_no_visit(stranger, cadre, home):
    visit = make_visit(cadre=cadre, household=home)
    assert client_of(stranger).get(f"/visits/{visit.pk}/").status_code == 404
    assert client_of(stranger).post(f"/visits/{visit.pk}/void/", {"reason": "?"}).status_code == 404


def test_after_unpairing_the_own_visit_is_read_with_the_name_and_the_household_is_gone(cadre, home):
    visit = make_visit(cadre=cadre, household=home)
    pairing = home.pairings.get()
    pairing.ended_on = today()
    pairing.save()
    html = page_of(client_of(cadre).get(f"/visits/{visit.pk}/"))
    assert "王守田" in html
    assert f"/households/{home.pk}/" not in html
    assert client_of(cadre).get(f"/households/{home.pk}/").status_code == 404


def test_an_author_takes_back_with_a_reason_and_it_is_struck_through(cadre, home):
    visit = make_visit(cadre=cadre, household=home)
    response = client_of(cadre).post(f"/visits/{visit.pk}/void/", {"reason": "记错了日期"}, follow=True)
    assert "<del>" in page_of(response)
    assert "记错了日期" in page_of(response)
    assert not Visit.objects.counted().exists()


def test_taking_back_needs_a_reason(cadre, home):
    visit = make_visit(cadre=cadre, household=home)
    assert "请写为什么作废" in page_of(client_of(cadre).post(f"/visits/{visit.pk}/void/", {"reason": " "}))
    assert Visit.objects.counted().exists()


def test_after_a_week_the_author_may_not_but_the_leader_may(cadre, leader, home):
    visit = make_visit(cadre=cadre, household=home, recorded_at=timezone.now() - timedelta(days=8))
    assert client_of(cadre).post(f"/visits/{visit.pk}/void/", {"reason": "记错了"}).status_code == 403
    assert client_of(leader).post(f"/visits/{visit.pk}/void/", {"reason": "记错了"}).status_code == 302


def test_a_viewer_takes_nothing_back(viewer, cadre, home):
    visit = make_visit(cadre=cadre, household=home)
    assert client_of(viewer).post(f"/visits/{visit.pk}/void/", {"reason": "?"}).status_code == 403


def test_taking_back_twice_changes_nothing(cadre, home):
    visit = make_visit(cadre=cadre, household=home)
    client = client_of(cadre)
    for reason in ("第一个原因", "第二个原因"):
        client.post(f"/visits/{visit.pk}/void/", {"reason": reason})
    visit.refresh_from_db()
    assert visit.void_reason == "第一个原因"


def test_a_whole_outing_is_taken_back_by_one_tick(cadre, home):
    second = make_pairing(cadre=cadre, household=make_household(head="刘满仓")).household
    client = client_of(cadre)
    client.post("/visits/new/", said(households=[home.pk, second.pk]))
    url = f"/visits/{Visit.objects.first().pk}/void/"
    assert "另外 1 条也作废" in page_of(client.get(url))
    client.post(url, {"reason": "记错了", "whole_outing": "on"})
    assert not Visit.objects.counted().exists()
