"""Forms of 村发展规划、村记事、一户一策、举家外出, which the pages of village and household show."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from core.pages import form_page
from households.models import Household, HouseholdAway, HouseholdPlan, Measure
from registers.plans.forms import (
    AwayForm,
    GoalForm,
    HouseholdPlanForm,
    MeasureForm,
    VillageNoteForm,
    VillagePlanForm,
)
from units.access import get_editable, get_visible, manager_required, recorder_required, user_of
from units.context import frame_of
from units.models import today
from villages.models import Village, VillageGoal, VillageNote, VillagePlan


def _page_of(village: Village) -> str:
    return reverse("village", args=[village.pk])


def _file_of(household: Household) -> str:
    return f"{reverse('household', args=[household.pk])}#plan"


# --- a village ------------------------------------------------------------------------------------


@manager_required
def village_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Write or change the one plan of a village."""
    user = user_of(request)
    village: Village = get_visible(Village.objects, user, pk=pk)
    plan = VillagePlan.objects.filter(village=village).first()
    plan = plan or VillagePlan(village=village, unit=user.unit)
    form = VillagePlanForm(request.POST or None, instance=plan)
    return form_page(request, form, title=f"{village}发展规划", done="规划已保存。", back=_page_of(village))


@manager_required
def goal_new(request: HttpRequest, pk: int) -> HttpResponse:
    plan = get_editable(VillagePlan.objects.select_related("village"), user_of(request), village=pk)
    form = GoalForm(request.POST or None, instance=VillageGoal(plan=plan), initial={"year": today().year})
    return form_page(
        request,
        form,
        title="加一个年度目标",
        facts=str(plan),
        done="目标已加上。",
        back=_page_of(plan.village),
    )


@manager_required
def goal_edit(request: HttpRequest, pk: int) -> HttpResponse:
    goal = get_editable(VillageGoal.objects.select_related("plan__village"), user_of(request), pk=pk)
    form = GoalForm(request.POST or None, instance=goal)
    return form_page(
        request,
        form,
        title="改年度目标",
        facts=str(goal.plan),
        done="目标已保存。",
        back=_page_of(goal.plan.village),
    )


@recorder_required
def village_note(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a note about a soil test, a transfer of land etc., with pictures and papers."""
    user = user_of(request)
    village: Village = get_visible(Village.objects, user, pk=pk)
    return _note_form(request, VillageNote(village=village, by=user), title="村记事", done="已记下。")


@recorder_required
def village_note_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a note, add files to it or take some away."""
    note = get_editable(VillageNote.objects.select_related("village"), user_of(request), pk=pk)
    return _note_form(request, note, title="改村记事", done="记事已保存。")


def _note_form(request: HttpRequest, note: VillageNote, *, title: str, done: str) -> HttpResponse:
    form = VillageNoteForm(request.POST or None, request.FILES or None, instance=note)
    return form_page(
        request,
        form,
        title=title,
        facts=str(note.village),
        done=done,
        back=f"{_page_of(note.village)}#notes",
        frame=frame_of(user_of(request)),
    )


# --- a household ----------------------------------------------------------------------------------


@recorder_required
def household_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Write or change the one plan of a household."""
    user = user_of(request)
    household: Household = get_visible(Household.objects, user, pk=pk)
    plan = HouseholdPlan.objects.filter(household=household).first()
    form = HouseholdPlanForm(
        request.POST or None, instance=plan or HouseholdPlan(household=household, written_by=user)
    )
    return _household_form(request, form, household, "帮扶计划", "计划已保存，接着加措施。")


@recorder_required
def measure_new(request: HttpRequest, pk: int) -> HttpResponse:
    plan = get_editable(HouseholdPlan.objects.select_related("household"), user_of(request), household=pk)
    form = MeasureForm(request.POST or None, instance=Measure(plan=plan), initial={"year": today().year})
    return _household_form(request, form, plan.household, "加一条措施", "措施已加上。")


@recorder_required
def measure_edit(request: HttpRequest, pk: int) -> HttpResponse:
    measure = get_editable(Measure.objects.select_related("plan__household"), user_of(request), pk=pk)
    form = MeasureForm(request.POST or None, instance=measure)
    return _household_form(request, form, measure.plan.household, "改措施", "措施已保存。")


@recorder_required
def household_away(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that the family has left for work or is back; in between calls count as 入户 for requirements."""
    household: Household = get_visible(Household.objects, user_of(request), pk=pk)
    away = HouseholdAway.objects.filter(household=household, ended_on=None).first()
    form = AwayForm(request.POST or None, instance=away or HouseholdAway(household=household))
    return _household_form(request, form, household, "举家外出", "已记下，外出期间打电话，要求里也算入户。")


def _household_form(
    request: HttpRequest, form: Any, household: Household, title: str, done: str
) -> HttpResponse:
    return form_page(
        request,
        form,
        title=title,
        facts=household.no,
        done=done,
        back=_file_of(household),
        frame=frame_of(user_of(request)),
    )
