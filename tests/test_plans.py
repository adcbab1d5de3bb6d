"""Projects with their funds, plans of villages and households, notes, and families that are away."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.models import Change
from households.models import HouseholdAway, HouseholdPlan, Measure, ProjectBeneficiary
from tests.factories import (
    make_household,
    make_measure,
    make_pairing,
    make_project,
    make_village,
    make_village_pairing,
)
from tests.pages import client_of, words_of
from tests.pictures import picture
from villages.models import Project, ProjectNote, VillageGoal

pytestmark = pytest.mark.django_db


@pytest.fixture
def village(leader):
    found = make_village()
    make_village_pairing(unit=leader.unit, village=found)
    return found


@pytest.fixture
def project(leader, village):
    return make_project(unit=leader.unit, village=village)


@pytest.fixture
def own(cadre, village):
    household = make_household(head="王有福", village=village)
    make_pairing(cadre=cadre, household=household)
    return household


def test_a_leader_registers_a_project_of_the_own_unit(leader, village):
    client_of(leader).post(
        "/projects/new/",
        {
            "name": "通村路",
            "village": village.pk,
            "kind": "road",
            "status": "planned",
            "progress": 0,
            "benefit_households": 80,
            "benefit_people": 320,
        },
    )
    assert Project.objects.get().unit == leader.unit


def test_money_is_kept_by_source_and_summed_once(leader, project):
    client = client_of(leader)
    for source, planned in (("unit", "50000"), ("treasury", "120000.50")):
        client.post(
            f"/projects/{project.pk}/funds/{source}/", {"planned": planned, "arranged": 0, "spent": 0}
        )
    assert sum(fund.planned for fund in project.funds.all()) == Decimal("170000.50")
    assert "合计 1 个，取消的不计金额 170,000.50" in words_of(client.get("/projects/"))


def test_negative_money_is_refused_beside_its_field(leader, project):
    page = client_of(leader).post(
        f"/projects/{project.pk}/funds/unit/", {"planned": "-1", "arranged": 0, "spent": 0}
    )
    assert "不能是负数" in words_of(page)
    assert not project.funds.exists()


def test_a_cadre_of_the_unit_notes_progress_with_a_photo(cadre, project):
    client_of(cadre).post(
        f"/projects/{project.pk}/notes/new/",
        {"on": "2015.9.16", "progress": 40, "text": "管沟挖好了", "photos": picture()},
    )
    note = ProjectNote.objects.get()
    assert (note.by, note.photos.count()) == (cadre, 1)


def test_a_leaders_note_moves_the_project_on(leader, project):
    client_of(leader).post(
        f"/projects/{project.pk}/notes/new/", {"on": "2015-09-16", "progress": 40, "text": "管沟挖好了"}
    )
    project.refresh_from_db()
    assert project.progress == 40


def test_the_newest_note_says_how_far_it_is_whoever_writes_it(cadre, leader, project):
    for on, progress in (("2015-09-16", 60), ("2015-03-01", 10)):
        client_of(cadre).post(
            f"/projects/{project.pk}/notes/new/", {"on": on, "progress": progress, "text": "挖管沟"}
        )
    project.refresh_from_db()
    assert project.progress == 60


def test_who_may_note_progress_is_led_there(cadre, project, stranger):
    make_pairing(cadre=stranger, household=make_household(village=project.village))
    make_village_pairing(unit=stranger.unit, village=project.village)
    assert "/notes/new/" in client_of(cadre).get(f"/projects/{project.pk}/").content.decode()
    assert "/notes/new/" not in client_of(stranger).get(f"/projects/{project.pk}/").content.decode()


def test_progress_that_notes_tell_is_asked_for_nowhere_else(leader, project):
    project.notes.create(on=date(2015, 9, 16), progress=40, text="管沟挖好了", by=leader)
    form = client_of(leader).get(f"/projects/{project.pk}/edit/").context["form"]
    assert "progress" not in form.fields


def test_a_note_sent_twice_is_kept_once(cadre, project):
    for _ in range(2):
        client_of(cadre).post(
            f"/projects/{project.pk}/notes/new/", {"on": "2015-09-16", "text": "管沟挖好了"}
        )
    assert project.notes.count() == 1


def test_a_file_that_is_no_picture_is_refused_and_the_text_stays(cadre, project):
    page = client_of(cadre).post(
        f"/projects/{project.pk}/notes/new/",
        {"on": "2015-09-16", "text": "管沟挖好了", "photos": SimpleUploadedFile("a.jpg", b"no picture")},
    )
    assert "不是能打开的照片" in words_of(page)
    assert "管沟挖好了" in page.content.decode()


def test_beneficiaries_are_households_of_the_village(leader, project, own):
    foreign = make_household()
    client = client_of(leader)
    page = client.post(f"/projects/{project.pk}/households/", {"households": [own.pk, foreign.pk]})
    assert "不在这个村" in words_of(page)
    client.post(f"/projects/{project.pk}/households/", {"households": [own.pk]})
    assert [row.household for row in ProjectBeneficiary.objects.all()] == [own]


def test_who_ticks_beneficiaries_second_unticks_nobody_elses(leader, project, own):
    other = make_household(head="赵六", village=own.village)
    client, url = client_of(leader), f"/projects/{project.pk}/households/"
    opened = client.get(url).context["form"]["seen"].value()
    for household in (own, other, other):
        client.post(url, {"households": [household.pk], "seen": opened})
    assert {row.household for row in ProjectBeneficiary.objects.all()} == {own, other}
    client.post(url, {"households": [other.pk], "seen": f"{own.pk},{other.pk}"})
    assert [row.household for row in ProjectBeneficiary.objects.all()] == [other]


def test_a_finished_project_needs_its_day(leader, project):
    page = client_of(leader).post(
        f"/projects/{project.pk}/edit/",
        {
            "name": project.name,
            "village": project.village_id,
            "kind": "water",
            "status": "finished",
            "progress": 100,
            "benefit_households": 0,
            "benefit_people": 0,
            "version": project.version,
        },
    )
    assert page.context["form"].errors == {"finished_on": ["完工的项目要填完工日期。"]}


def test_a_project_is_not_finished_before_it_began(leader, project):
    page = client_of(leader).post(
        f"/projects/{project.pk}/edit/",
        {
            "name": project.name,
            "village": project.village_id,
            "kind": "water",
            "status": "finished",
            "starts_on": "2015-05-01",
            "finished_on": "2015-04-01",
            "version": project.version,
        },
    )
    assert page.context["form"].errors == {"finished_on": ["完工日期不能早于开工日期。"]}


def test_a_village_plan_with_its_goals(leader, village):
    client = client_of(leader)
    client.post(f"/villages/{village.pk}/plan/", {"written_on": "2015-03-01", "industry": "苹果、核桃"})
    client.post(f"/villages/{village.pk}/goals/new/", {"year": 2015, "text": "建果园 100 亩"})
    assert VillageGoal.objects.get().plan.industry == "苹果、核桃"
    assert "建果园 100 亩" in words_of(client.get(f"/villages/{village.pk}/"))


def test_a_cadre_writes_the_plan_of_an_own_household(cadre, own):
    client = client_of(cadre)
    client.post(f"/households/{own.pk}/plan/", {"written_on": "2015-03-01", "goal": "两年内脱贫"})
    client.post(
        f"/households/{own.pk}/measures/new/",
        {"year": 2015, "text": "栽苹果树 3 亩", "expected_gain": "2400"},
    )
    assert Measure.objects.get().plan.written_by == cadre
    assert "预计增收 2,400.00 元" in words_of(client.get(f"/households/{own.pk}/"))


def test_a_measure_tapped_twice_is_added_once(cadre, own):
    make_measure(household=own, cadre=cadre)
    sent = {"year": 2015, "text": "养羊 5 只", "expected_gain": "2400"}
    for _ in range(2):
        assert client_of(cadre).post(f"/households/{own.pk}/measures/new/", sent).status_code == 302
    assert Measure.objects.filter(text="养羊 5 只").count() == 1


def test_the_second_editor_of_a_plan_sees_both(cadre, own):
    plan = make_measure(household=own, cadre=cadre).plan
    seen = plan.version
    plan.goal = "三年内脱贫"
    plan.save()
    page = client_of(cadre).post(
        f"/households/{own.pk}/plan/", {"written_on": "2015-03-01", "goal": "一年内脱贫", "version": seen}
    )
    assert page.status_code == 409
    assert "三年内脱贫" in words_of(page)


def test_of_two_who_write_the_first_plan_at_once_the_second_sees_both(cadre, leader, own):
    """Two people write the first plan at once: the second is shown both versions and overwrites nothing."""
    page = client_of(leader).get(f"/households/{own.pk}/plan/")
    blank = {"written_on": "2015-03-01", "version": page.context["form"]["version"].value()}
    client_of(cadre).post(f"/households/{own.pk}/plan/", {**blank, "goal": "两年内脱贫"})
    late = client_of(leader).post(f"/households/{own.pk}/plan/", {**blank, "goal": "三年内脱贫"})
    assert late.status_code == 409
    assert HouseholdPlan.objects.get().goal == "两年内脱贫"


def test_a_plan_sent_twice_is_no_conflict(cadre, own):
    sent = {"written_on": "2015-03-01", "goal": "两年内脱贫", "version": 0}
    for _ in range(2):
        assert client_of(cadre).post(f"/households/{own.pk}/plan/", sent).status_code == 302
    assert Change.objects.filter(table="households.householdplan").count() == 1


def test_a_family_leaves_and_comes_back(cadre, own):
    client = client_of(cadre)
    client.post(f"/households/{own.pk}/away/", {"started_on": "2015-03-01", "reason": "去新疆摘棉花"})
    away = HouseholdAway.objects.get()
    client.post(
        f"/households/{own.pk}/away/",
        {
            "started_on": "2015-03-01",
            "ended_on": "2015-11-20",
            "reason": away.reason,
            "version": away.version,
        },
    )
    away.refresh_from_db()
    assert away.ended_on == date(2015, 11, 20)
    told = "外出过：2015年3月1日至 2015年11月20日，去新疆摘棉花"
    assert told in words_of(client.get(f"/households/{own.pk}/"))


def test_who_comes_back_before_leaving_is_told_beside_the_day(cadre, own):
    page = client_of(cadre).post(
        f"/households/{own.pk}/away/",
        {"started_on": "2015-03-01", "ended_on": "2015-02-01", "reason": "去新疆摘棉花"},
    )
    assert page.context["form"].errors == {"ended_on": ["回来日期不能早于外出日期。"]}


def test_a_household_that_is_not_ones_own_has_no_plan_to_write(cadre):
    other = make_household()
    assert client_of(cadre).post(f"/households/{other.pk}/plan/", {"goal": "x"}).status_code == 404
    assert not HouseholdPlan.objects.exists()


def test_each_of_them_leaves_one_change(cadre, own):
    before = Change.objects.count()
    make_measure(household=own, cadre=cadre)
    assert Change.objects.count() == before + 2
