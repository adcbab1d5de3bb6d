"""诉求台账: the list, one problem and its steps, registering, joining, taking back."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.display import history_of
from core.forms import ChineseDateField, refuse
from core.labels import label_of
from core.lists import Column, Listing, labels_of, link_to, list_page
from core.periods import period_bar, years_of
from core.records import StaleRecord
from core.search import by_name, choice_field, key_field
from households.models import Household, headed_by
from surveys.models import Response
from units.access import get_editable, get_visible, named, recorder_required, user_of
from units.context import frame_of
from units.models import Cadre, today
from units.workdays import is_provisional
from visits.choices import Category
from visits.filters import FieldworkSearch
from visits.idempotency import recorded
from visits.models import Assistance, Problem, ProblemMove, ProblemStatus, Visit
from visits.problems import rules as problems
from visits.problems.forms import JoinForm, MoveForm, ProblemForm
from visits.problems.models import ProblemQuerySet
from visits.voiding.pages import void_page

STATES = [("", "状态"), ("open", "没办结"), ("overdue", "逾期"), *ProblemStatus.choices]


class ProblemSearch(FieldworkSearch):
    day = "raised_on"
    field_order = ("q", "town", "unit", "category", "status")
    placeholder = "户主、困难、负责人"
    category = choice_field(Problem, "category")
    status = forms.ChoiceField(label=label_of(Problem, "status"), required=False, choices=STATES)
    household = key_field(label_of(Problem, "household"))
    owner = key_field(label_of(Problem, "owner"))
    at = ChineseDateField(label="截至", required=False, widget=forms.HiddenInput)

    def counted(self, found: Any) -> QuerySet[Any]:
        """Joined ones stand with the one they follow, when that is seen."""
        if self.user.sees_place or self.user.is_leader:
            return super().counted(found)
        followed = Problem.objects.visible_to(self.user).counted()
        rows: QuerySet[Any] = found
        return rows.filter(~Q(joined_into__in=followed.values("pk")) | Q(joined_into=None), voided_on=None)

    def by_q(self, queryset: ProblemQuerySet, value: str) -> ProblemQuerySet:
        heads = headed_by(value)
        people = Cadre.objects.filter(by_name(value)).values("pk")
        said = self.written(value, "description")
        return queryset.filter(said | Q(owner__in=people) | Q(household__in=heads))

    def by_status(self, queryset: ProblemQuerySet, value: str) -> ProblemQuerySet:
        day = self.cleaned_data.get("at") or today()
        if value == "overdue":
            return queryset.overdue(day)
        return queryset.open(day) if value == "open" else queryset.filter(status=value)

    def by_at(self, queryset: ProblemQuerySet, _value: Any) -> ProblemQuerySet:
        """The day as at which `status` tells what is open or overdue."""
        return queryset


def _with_cells(rows: Any) -> ProblemQuerySet:
    with_cells: ProblemQuerySet = rows.with_head().with_standing()
    return with_cells


def problem_list(request: HttpRequest) -> HttpResponseBase:
    user = user_of(request)
    form = ProblemSearch(request.GET, user=user)
    listing = Listing(
        title="诉求台账",
        unit="件",
        queryset=Problem.objects.visible_to(user).order_by(),
        form=form,
        annotate=_with_cells,
        columns=[
            Column("困难和诉求", "description", show=lambda text: text[:40], css="wrap"),
            Column("类别", "category", sort="category", show=labels_of(Category)),
            Column("户主", "head_name"),
            Column("村", "village__name"),
            Column("提出日期", "raised_on", sort="raised_on", css="nowrap"),
            Column("负责人", "owner__name"),
            Column("单位", "unit__name"),
            Column("状态", "standing", sort="status", show=labels_of(ProblemStatus)),
            Column("办结期限", "due_on", sort="due_on", css="nowrap"),
        ],
        sort="-raised_on",
        href=link_to("problem"),
        actions=[] if user.is_viewer else [{"label": "登记一件诉求", "url": reverse("problem-new")}],
        empty={"text": "没有符合条件的诉求。", "url": request.path, "label": "看全部诉求"},
    )
    years = years_of((Problem.objects.visible_to(user), "raised_on"))
    bar = period_bar(request, form, form.chosen, years)
    return list_page(request, listing, frame=frame_of(user), bar=bar)


@recorder_required
def problem_new(request: HttpRequest) -> HttpResponse:
    """Of a household (`?household=`), of one seen on a visit (`?visit=`), or of a village."""
    user = user_of(request)
    seen_there = Visit.objects.visible_to(user).with_head().select_related("household__village__division")
    visit = named(request, "visit", seen_there)
    household = visit.household if visit else None
    if household is None:
        seen = Household.objects.visible_to(user).with_head().select_related("village__division")
        household = named(request, "household", seen)
    headed: Any = visit or household
    form = ProblemForm(
        request.POST or None,
        user=user,
        household=household,
        initial={"village": visit.village if visit else None},
    )
    problem, conflict = recorded(
        form,
        lambda: problems.raise_problem(form.raised(visit)),
        "problem",
    )
    if problem:
        messages.success(request, f"已登记，{problem.due_on:%-m月%-d日}前办结，负责人{problem.owner}。")
        return redirect("problem", pk=problem.pk)
    return render(
        request,
        "problems/new.html",
        {
            "page": {"title": "登记诉求", "crumbs": [("诉求台账", reverse("problems"))]},
            "frame": frame_of(user),
            "back": reverse("household", args=[household.pk]) if household else reverse("problems"),
            "form": form,
            "household": household,
            "head": headed.head_name if household else "",
            "own": () if household or visit else Household.objects.own_of(user),
            "of_village": household is None and visit is None,
            "conflict": conflict,
            "fresh": uuid4(),
        },
        status=409 if conflict else 200,
    )


def problem(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one problem and its next step; the second of two editors sees the present state and keeps what was
    typed.
    """
    user = user_of(request)
    rows = Problem.objects.with_head().select_related(
        "household",
        "village__division",
        "raised_by",
        "owner",
        "unit",
        "entered_by",
        "voided_by",
        "visit",
        "joined_into",
    )
    problem: Problem = get_visible(rows, user, pk=pk)
    editable = Problem.objects.editable_by(user).filter(pk=pk).exists()
    form = MoveForm(request.POST if request.method == "POST" else None, problem=problem, user=user)
    conflict = ""
    if request.method == "POST":
        if not editable:
            raise PermissionDenied("这一件您可以看，不能办。")
        moved, conflict = _move(problem, form, user)
        if moved:
            messages.success(request, f"已记下：{moved.get_status_display()}。")
            return redirect("problem", pk=pk)
    if conflict:
        form = MoveForm(problem=problem, user=user, initial=form.written())
    return render(
        request,
        "problems/problem.html",
        {**_problem_context(problem, user, editable=editable), "form": form, "conflict": conflict},
        status=409 if conflict else 200,
    )


def _move(problem: Problem, form: MoveForm, user: Cadre) -> tuple[ProblemMove | None, str]:
    """Return the move, also one made by an earlier tap, or a message if somebody else was first."""
    form.is_valid()
    data = form.cleaned_data
    if data.get("version") != problem.version:
        return _moved_before(problem, form, user)
    if form.errors:
        return None, ""
    try:
        return problems.move(
            problem,
            to=data["to"],
            by=user,
            on=data["on"],
            word=data["word"],
            owner=data.get("owner"),
            visit=data.get("visit"),
        ), ""
    except ValidationError as error:
        refuse(form, error.message_dict)
        return None, ""
    except StaleRecord:
        problem.refresh_from_db()
        return _moved_before(problem, form, user)


def _moved_before(problem: Problem, form: MoveForm, user: Cadre) -> tuple[ProblemMove | None, str]:
    last = problem.moves.select_related("by").last()
    sent = (user.pk, form.data.get("to"), form.cleaned_data.get("word"))
    if last and (last.by_id, last.status, last.word) == sent:
        return last, ""
    if problem.is_void or problem.joined_into_id:
        wrote = f"您写的是：“{sent[2]}”。" if sent[2] else ""
        return None, f"这件诉求刚才已经作废或并入别的，不再单独办理，您这一步没有记下。{wrote}"
    now = problem.get_status_display()
    return None, f"您打开以后，别人已经把它改成“{now}”。您写的还在，请看下面的经过，再决定下一步。"


def _problem_context(problem: Problem, user: Cadre, *, editable: bool) -> dict[str, Any]:
    """Return the context of a problem's page, and what the reader may do with it."""
    moving = editable and not problem.is_void and problem.joined_into_id is None
    of_problem, visits = Problem.objects.filter(pk=problem.pk), Visit.objects.visible_to(user)
    joined = Problem.objects.filter(joined_into=problem)
    joined_seen = joined.visible_to(user).with_head()
    return {
        "page": {"title": problem.get_category_display(), "crumbs": [("诉求台账", reverse("problems"))]},
        "frame": frame_of(user),
        "back": reverse("problems"),
        "problem": problem,
        "overdue": problem.is_overdue(today()),
        "late_days": (today() - problem.due_on).days,
        "provisional": is_provisional(problem.due_on),
        "household_seen": Household.objects.visible_to(user).filter(problems=problem).exists(),
        "visit_seen": visits.filter(problems=problem).exists(),
        "response_seen": Response.objects.visible_to(user).filter(problems=problem).exists(),
        "into_seen": Problem.objects.visible_to(user).filter(joined=problem).exists(),
        "moves": problem.moves.select_related("by", "owner", "visit"),
        "visits_seen": set(visits.filter(pk__in=problem.moves.values("visit")).values_list("pk", flat=True)),
        "joined": joined_seen,
        "others": joined.count() - len(joined_seen),
        "help": Assistance.objects.visible_to(user).counted().filter(problem=problem),
        "may_help": not (user.is_viewer or problem.is_void),
        "may_move": moving,
        "may_join": moving and problems.joinable(problem, user),
        "may_void": not problem.is_void and of_problem.voidable_by(user).exists(),
        "may_leave": editable and problem.joined_into_id is not None,
        "history": history_of(problem),
    }


@recorder_required
def problem_join(request: HttpRequest, pk: int) -> HttpResponse:
    """Join problems, so that the same difficulty of several families is followed as one."""
    user = user_of(request)
    problem: Problem = get_editable(Problem.objects.open(), user, pk=pk)
    form = JoinForm(request.POST or None, problem=problem, user=user)
    if request.method == "POST" and form.is_valid():
        count = problems.join(problem, form.cleaned_data["others"])
        messages.success(request, f"已把 {count} 件并进来，一起办理，只算一件。")
        return redirect("problem", pk=pk)
    return render(
        request,
        "problems/join.html",
        {
            "page": {"title": "并入同样的诉求"},
            "frame": frame_of(user),
            "back": reverse("problem", args=[pk]),
            "problem": problem,
            "form": form,
            "any": problems.joinable(problem, user),
        },
    )


@recorder_required
@require_POST
def problem_leave(request: HttpRequest, pk: int) -> HttpResponse:
    problem: Problem = get_editable(Problem.objects, user_of(request), pk=pk)
    if problem.joined_into_id:
        problems.leave(problem)
        messages.success(request, "已分开，单独办理。")
    else:
        messages.warning(request, "这一件已经是单独办理的了。")
    return redirect("problem", pk=pk)


@recorder_required
def problem_void(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    problem: Problem = get_visible(Problem.objects, user, pk=pk)
    return void_page(
        request,
        problem,
        allowed=Problem.objects.voidable_by(user).filter(pk=pk, voided_on=None).exists(),
        take_back=problems.take_back,
        title="作废这件诉求",
        text=f"{problem.get_category_display()}：{problem.description[:60]}",
        points=[
            "作废以后还能看到，划线显示；台账和报表里不再计它。",
            "并进它的诉求会分开，单独办理。",
        ],
        back=reverse("problem", args=[pk]),
    )


@recorder_required
@require_POST
def problem_of_answer(request: HttpRequest, pk: int, category: str) -> HttpResponse:
    """Make a problem of a flagged answer of a survey by one tap."""
    user = user_of(request)
    responses = Response.objects.counted().select_related("survey", "household", "village", "surveyor")
    response: Response = get_visible(responses, user, pk=pk)
    flagged = {
        code
        for item in response.survey.form.items
        if item.problem
        for code in response.answers.get(item.code) or []
    }
    if category not in flagged or category not in Category.values:
        raise Http404("这份调查表里没有这个困难。")
    problem = problems.of_answer(response, category, user)
    return redirect("problem", pk=problem.pk)
