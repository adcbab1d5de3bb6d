"""帮扶实事: the list with its sums, recording, reading and voiding an item, adding the result."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db.models import Case, FilteredRelation, Q, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from core.forms import key_of
from core.lists import Column, Listing, as_is, labels_of, link_to, list_page
from core.pages import form_page
from core.periods import period_bar, years_of
from core.search import by_name, choice_field, key_field
from households.models import Household, headed_by
from units.access import get_editable, get_visible, named, recorder_required, user_of, written_for
from units.context import frame_of
from units.models import Cadre
from villages.models import FundSource, Project
from visits.assistance import rules as assisting
from visits.assistance.amounts import sums
from visits.assistance.forms import AssistanceForm, AssistanceStart, ResultForm
from visits.assistance.share_pages import history_with_shares, household_lines
from visits.choices import AssistanceKind
from visits.filters import FieldworkSearch
from visits.idempotency import recorded
from visits.models import Assistance, AssistanceShare, Problem, Visit
from visits.voiding.pages import void_page


class AssistanceSearch(FieldworkSearch):
    day = "given_on"
    field_order = ("q", "town", "unit", "kind", "source")
    placeholder = "户主、干部、做了什么"
    kind = choice_field(Assistance, "kind")
    source = choice_field(Assistance, "source")
    household = key_field("户")
    cadre = key_field("干部")
    project = key_field("项目")

    def __init__(self, *args: Any, user: Cadre, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.shares = AssistanceShare.objects.visible_to(user)

    def by_q(self, queryset: QuerySet[Assistance], value: str) -> QuerySet[Assistance]:
        heads = headed_by(value)
        shares = self.shares.filter(household__in=heads).values("assistance")
        people = Cadre.objects.filter(by_name(value)).values("pk")
        said = self.written(value, "content", "goods")
        return queryset.filter(said | Q(cadre__in=people) | Q(pk__in=shares))

    def by_household(self, queryset: QuerySet[Assistance], value: int) -> QuerySet[Assistance]:
        """Keep items of which the household's share is visible."""
        return queryset.filter(pk__in=self.shares.filter(household=value).values("assistance"))


def assistance_list(request: HttpRequest) -> HttpResponseBase:
    """List help; for one household (`?household=`) amounts are its shares, else those of whole items."""
    user = user_of(request)
    form = AssistanceSearch(request.GET, user=user)
    household = key_of(request.GET.get("household", ""))
    listing = Listing(
        title="帮扶实事",
        unit="件",
        facts="项目里的钱物记在项目资金里，不计入现金和物资的合计"
        + ("；这里只列这户所得" if household else ""),
        queryset=Assistance.objects.visible_to(user),
        form=form,
        annotate=lambda rows: _with_cells(rows, user, household),
        columns=_columns("share__" if household else "", whole=request.GET.get("export") == "xlsx"),
        sort="-given_on",
        href=link_to("assistance-item"),
        totals=lambda found, count: _totals(found, count, household),
        actions=[] if user.is_viewer else [{"label": "记一笔帮扶", "url": reverse("assistance-new")}],
        empty={"text": "没有符合条件的帮扶。", "url": request.path, "label": "看全部帮扶"},
    )
    years = years_of((Assistance.objects.visible_to(user), "given_on"))
    bar = period_bar(request, form, form.chosen, years)
    return list_page(request, listing, frame=frame_of(user), bar=bar)


def _columns(of: str, *, whole: bool) -> list[Column]:
    """Return the columns. `of` is "share__" for one household; the page omits columns that only the `whole`
    sheet has.
    """
    goods = [
        Column("物资名称", "goods"),
        Column("数量", f"{of}quantity", css="num"),
        Column("计量单位", "goods_unit"),
    ]
    return [
        Column("做了什么", "content", show=as_is if whole else lambda text: text[:40], css="break"),
        Column("种类", "kind", sort="kind", show=labels_of(AssistanceKind), css="nowrap"),
        Column("日期", "given_on", sort="given_on", css="nowrap"),
        Column("户主", "heads", css="nowrap"),
        Column("村", "village__name", css="nowrap"),
        Column("帮扶干部", "cadre__name", css="nowrap snug"),
        Column("帮扶单位", "unit__name", css="break"),
        *([Column("来源", "source", show=labels_of(FundSource))] if whole else []),
        Column("现金", f"{of}cash", css="num"),
        *(goods if whole else []),
        Column("物资折款", f"{of}goods_value", css="num snug"),
        Column("贷款", f"{of}loan", css="num"),
        Column("培训人次", f"{of}people", css="num snug"),
        Column("标记", "mark", css="nowrap"),
    ]


def _with_cells(rows: Any, user: Cadre, household: int) -> QuerySet[Any]:
    """Add recipients, marks (project, 作废) and the share of one household."""
    marked: QuerySet[Any] = rows.with_heads(user).annotate(
        share=FilteredRelation("shares", condition=Q(shares__household=household)),
        mark=Case(
            When(voided_on__isnull=False, then=Value("作废")),
            When(project__isnull=False, then=Value("项目")),
            default=Value(""),
        ),
    )
    return marked


def _totals(found: QuerySet[Assistance], count: int, household: int) -> list[dict[str, Any]]:
    """Return the totals of all rows found, each 元 once."""
    shares = AssistanceShare.objects.filter(household=household, assistance__in=found.order_by().values("pk"))
    total = sums(shares) if household else sums(found)
    not_counted = f"，作废的 {count - total.items:,} 件不计" if total.items < count else ""
    return [
        {"text": f"合计 {total.items:,} 件{not_counted}", "span": 7},
        {"text": f"{total.cash:,}", "css": "num"},
        {"text": f"{total.goods_value:,}", "css": "num"},
        {"text": f"{total.loan:,}", "css": "num"},
        {"text": f"{total.people:,}", "css": "num"},
        {"text": ""},
    ]


@recorder_required
def assistance_new(request: HttpRequest) -> HttpResponse:
    """Record help, prefilled from `?household=` (several), `?problem=`, `?visit=` or `?project=`, for a
    colleague by `?for=`.

    The button `turn` continues with what was typed, for another village or colleague, or with a share for
    each household.
    """
    user = user_of(request)
    giver = written_for(user, request.GET.get("for", ""))
    asked = _asked(request, user, giver)
    form = _form(request, user, giver, asked)
    item, conflict = recorded(
        form,
        lambda: assisting.record_assistance(form.given()),
        "assistance-item",
        lambda stored: household_lines(form.shares(), stored),
    )
    if item:
        messages.success(request, f"已记下：{item}。")
        return redirect("assistance-item", pk=item.pk)
    return render(
        request,
        "assistance/new.html",
        {
            "page": {"title": "记一笔帮扶", "crumbs": [("帮扶实事", reverse("assistance"))]},
            "frame": frame_of(user),
            "back": _back(asked),
            "form": form,
            "asked": asked,
            "conflict": conflict,
            "fresh": uuid4(),
            "turned": "turn" in request.POST,
        },
        status=409 if conflict else 200,
    )


def _asked(request: HttpRequest, user: Cadre, giver: Cadre) -> AssistanceStart:
    """Return the rows that the address names; 404 if one is not visible."""
    seen = Household.objects.open_to(user, giver).with_head().select_related("village__division")
    keys = {key_of(key) for key in request.GET.getlist("household")}
    households = list(seen.filter(pk__in=keys))
    if len(households) < len(keys):
        raise Http404("这一户不在，或者不归您管。")
    problem = named(request, "problem", Problem.objects.visible_to(user).with_head())
    visit = named(request, "visit", Visit.objects.visible_to(user).select_related("village"))
    project = named(request, "project", Project.objects.visible_to(user).select_related("village"))
    of_rows: set[int | None] = {visit.household_id} if visit else set()
    if problem:
        of_rows |= {problem.household_id, *problem.joined.values_list("household", flat=True)}
    households += seen.filter(pk__in={pk for pk in of_rows if pk} - keys)
    return AssistanceStart(households, problem, visit, project, request.POST)


def _form(request: HttpRequest, user: Cadre, giver: Cadre, asked: AssistanceStart) -> AssistanceForm:
    if request.method == "POST" and "turn" not in request.POST:
        return AssistanceForm(request.POST, request.FILES, user=user, giver=giver, asked=asked)
    initial: dict[str, Any] = {
        "households": [household.pk for household in asked.households],
        "village": asked.village.pk if asked.village else None,
        "problem": asked.problem_key,
        "project": asked.project_key,
        "given_on": asked.visit.visited_on if asked.visit else None,
    }
    initial = {name: value for name, value in initial.items() if value}
    if request.method == "POST":
        initial = {
            name: request.POST.get(name, "") for name in AssistanceForm.base_fields if name != "photos"
        }
        initial["households"] = request.POST.getlist("households")
    return AssistanceForm(user=user, giver=giver, asked=asked, initial=initial)


def _back(asked: AssistanceStart) -> str:
    if asked.problem:
        return reverse("problem", args=[asked.problem.pk])
    if asked.visit:
        return reverse("visit", args=[asked.visit.pk])
    if len(asked.households) == 1:
        return reverse("household", args=[asked.households[0].pk])
    return reverse("assistance")


def assistance_item(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    rows = Assistance.objects.select_related(
        "village__division", "cadre", "unit", "problem", "visit", "project", "entered_by", "voided_by"
    )
    item: Assistance = get_visible(rows, user, pk=pk)
    shares = AssistanceShare.objects.visible_to(user).filter(assistance=item)
    shares = shares.with_head().select_related("household")
    seen = Household.objects.visible_to(user).filter(assistance__assistance=item)
    return render(
        request,
        "assistance/item.html",
        {
            "page": {"title": item.get_kind_display(), "crumbs": [("帮扶实事", reverse("assistance"))]},
            "frame": frame_of(user),
            "back": reverse("assistance"),
            "item": item,
            "shares": shares,
            "others": item.shares.count() - len(shares),
            "households_seen": set(seen.values_list("pk", flat=True)),
            "problem_seen": Problem.objects.visible_to(user).filter(assistance=item).exists(),
            "visit_seen": Visit.objects.visible_to(user).filter(assistance=item).exists(),
            "photos": item.photos.all(),
            "editable": not item.is_void and Assistance.objects.editable_by(user).filter(pk=pk).exists(),
            "voidable": not item.is_void and Assistance.objects.voidable_by(user).filter(pk=pk).exists(),
            "history": history_with_shares(user, item, shares),
        },
    )


@recorder_required
def assistance_result(request: HttpRequest, pk: int) -> HttpResponse:
    """Add the result that the family reports; the second of two editors sees both versions."""
    user = user_of(request)
    item: Assistance = get_editable(Assistance.objects.counted(), user, pk=pk)
    form = ResultForm(request.POST or None, instance=item)
    back = reverse("assistance-item", args=[pk])
    return form_page(
        request,
        form,
        title="户里怎么说",
        facts=f"{item.given_on:%Y-%m-%d} {item}",
        done="已记下户里的话。",
        back=back,
        frame=frame_of(user),
    )


@recorder_required
def assistance_void(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    item: Assistance = get_visible(Assistance.objects, user, pk=pk)
    return void_page(
        request,
        item,
        allowed=Assistance.objects.voidable_by(user).filter(pk=pk, voided_on=None).exists(),
        title="作废这笔帮扶",
        text=f"{item.given_on:%Y-%m-%d} {item}",
        points=[
            "作废以后还能看到，划线显示；件数、钱物合计和各户所得里都不再计它。",
            "不能恢复；记错的请另记一笔。",
        ],
        back=reverse("assistance-item", args=[pk]),
    )
