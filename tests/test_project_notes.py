"""进展 (progress notes) of a project: corrected and voided by their authors and by those who may edit the project."""

from datetime import date

import pytest

from core.models import Change
from tests.factories import make_cadre, make_project, make_village, make_village_pairing
from tests.pages import client_of, words_of
from tests.test_plans import picture
from villages.models import ProjectNote, ProjectPhoto

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(leader):
    village = make_village()
    make_village_pairing(unit=leader.unit, village=village)
    return make_project(unit=leader.unit, village=village)


@pytest.fixture
def note(cadre, project):
    client_of(cadre).post(
        f"/projects/{project.pk}/notes/new/",
        {"on": "2015-09-16", "progress": 100, "text": "管沟挖好了", "photos": picture()},
    )
    return ProjectNote.objects.get()


def page_of(note: ProjectNote) -> str:
    return f"/projects/{note.project_id}/notes/{note.pk}/"


def test_who_wrote_a_note_puts_it_right_and_the_project_follows(cadre, project, note):
    client_of(cadre).post(
        page_of(note), {"version": 1, "on": "2015-09-16", "progress": 10, "text": "管沟挖好了"}
    )
    note.refresh_from_db()
    project.refresh_from_db()
    assert (note.progress, project.progress, note.photos.count()) == (10, 10, 1)


def test_the_page_leads_there_for_who_may(leader, cadre, project, note):
    colleague = make_cadre(unit=cadre.unit)
    for user, is_led in ((leader, True), (cadre, True), (colleague, False)):
        page = client_of(user).get(f"/projects/{project.pk}/").content.decode()
        assert (page_of(note) in page) is is_led


def test_a_note_that_is_taken_away_goes_with_its_photos(leader, cadre, project, note):
    client_of(cadre).post(
        f"/projects/{project.pk}/notes/new/", {"on": "2015-03-01", "progress": 20, "text": "定了线路"}
    )
    photo = ProjectPhoto.objects.get()
    client_of(leader).post(f"{page_of(note)}remove/", {"version": 1})
    project.refresh_from_db()
    assert project.progress == 20
    assert not ProjectNote.objects.filter(pk=note.pk).exists()
    assert not ProjectPhoto.objects.filter(pk=photo.pk).exists()


def test_what_a_note_said_stays_in_the_history_of_the_project(leader, project, note):
    client_of(leader).post(f"{page_of(note)}remove/", {"version": 1})
    page = words_of(client_of(leader).get(f"/projects/{project.pk}/"))
    assert "删除 去掉的进展" in page
    assert "管沟挖好了" in page


def test_a_note_put_right_meanwhile_is_not_taken_away_unseen(leader, project, note):
    note.text = "管沟挖了一半"
    note.save()
    page = client_of(leader).post(f"{page_of(note)}remove/", {"version": 1}, follow=True)
    assert "别人改过" in words_of(page)
    assert "管沟挖了一半" in words_of(page)
    assert ProjectNote.objects.filter(pk=note.pk).exists()


def test_a_second_tap_on_taking_away_is_no_error(leader, project, note):
    client = client_of(leader)
    client.post(f"{page_of(note)}remove/", {"version": 1})
    page = client.post(f"{page_of(note)}remove/", {"version": 1}, follow=True)
    assert (page.status_code, "已经去掉" in words_of(page)) == (200, True)


def test_the_second_of_two_who_put_a_note_right_sees_both(leader, note):
    sent = {"version": 1, "on": "2015-09-16", "progress": 100}
    client = client_of(leader)
    client.post(page_of(note), {**sent, "text": "管沟挖好了，等水管"})
    page = client.post(page_of(note), {**sent, "text": "管沟回填了"})
    assert page.status_code == 409
    assert "管沟挖好了，等水管" in words_of(page)
    assert "管沟回填了" in words_of(page)


def test_each_correction_leaves_one_change(leader, project, note):
    client_of(leader).post(
        page_of(note), {"version": 1, "on": "2015-09-17", "progress": 100, "text": "管沟挖好了"}
    )
    project.notes.create(on=date(2015, 9, 18), text="别的", by=leader)
    assert Change.objects.filter(table="villages.projectnote", row=note.pk, act="changed").count() == 1
