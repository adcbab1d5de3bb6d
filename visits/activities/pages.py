"""活动: the list with its sums, recording, reading and voiding an activity."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db.models import Case, QuerySet, Sum, Value, When
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from core.display import history_of
from core.labels import label_of
from core.lists import Column, Listing, labels_of, link_to, list_page
from core.periods import period_bar, years_of
from core.search import choice_field
from units.access import get_visible, recorder_required, user_of
from units.context import frame_of
from visits.activities import rules as activities
from visits.activities.forms import ActivityForm, field_of
from visits.activities.rules import MATERIALS
from visits.filters import FieldworkSearch
from visits.idempotency import recorded
from visits.models import Activity
from visits.voiding.pages import void_page


class ActivitySearch(FieldworkSearch):
    day = "held_on"
    field_order = ("q", "town", "unit", "kind")
    placeholder = "主题、内容"
    kind = choice_field(Activity, "kind")

    def by_q(self, queryset: QuerySet[Activity], value: str) -> QuerySet[Activity]:
        return queryset.filter(self.written(value, "title", "text"))


def activity_list(request: HttpRequest) -> HttpResponseBase:
    user = user_of(request)
    form = ActivitySearch(request.GET, user=user)
    listing = Listing(
        title="活动",
        unit="次",
        queryset=Activity.objects.visible_to(user),
        form=form,
        annotate=_with_mark,
        columns=[
            Column(label_of(Activity, "title"), "title", css="wrap"),
            Column(
                label_of(Activity, "kind"), "kind", sort="kind", show=labels_of(Activity.Kind), css="nowrap"
            ),
            Column(label_of(Activity, "held_on"), "held_on", sort="held_on", css="nowrap"),
            Column(label_of(Activity, "unit"), "unit__name", css="break"),
            Column(label_of(Activity, "village"), "village__name", css="nowrap"),
            *(Column(label_of(Activity, name), name, css="num snug") for name in ("people", *MATERIALS)),
            Column("标记", "mark"),
        ],
        sort="-held_on",
        href=link_to("activity"),
        totals=_totals,
        actions=[] if user.is_viewer else [{"label": "记一次活动", "url": reverse("activity-new")}],
        empty={"text": "没有符合条件的活动。", "url": request.path, "label": "看全部活动"},
    )
    years = years_of((Activity.objects.visible_to(user), "held_on"))
    bar = period_bar(request, form, form.chosen, years)
    return list_page(request, listing, frame=frame_of(user), bar=bar)


def _with_mark(rows: QuerySet[Activity]) -> QuerySet[Any]:
    return rows.annotate(mark=Case(When(voided_on__isnull=False, then=Value("作废")), default=Value("")))


def _totals(found: QuerySet[Activity], count: int) -> list[dict[str, Any]]:
    """Return the totals of all rows found, without voided ones."""
    counted: Any = found
    names = ["people", *MATERIALS]
    total = counted.counted().order_by().aggregate(**{f"of_{name}": Sum(name) for name in names})
    return [
        {"text": f"合计 {counted.counted().count():,} 次", "span": 5},
        *({"text": f"{total[f'of_{name}'] or 0:,}", "css": "num"} for name in names),
        {"text": ""},
    ]


@recorder_required
def activity_new(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    form = ActivityForm(request.POST or None, request.FILES or None, user=user)
    activity, conflict = recorded(form, lambda: activities.record_activity(**form.record()), "activity")
    if activity:
        messages.success(request, f"已记下：{activity}。")
        return redirect("activity", pk=activity.pk)
    return render(
        request,
        "activities/new.html",
        {
            "page": {"title": "记一次活动", "crumbs": [("活动", reverse("activities"))]},
            "frame": frame_of(user),
            "back": reverse("activities"),
            "form": form,
            "conflict": conflict,
            "fresh": uuid4(),
        },
        status=409 if conflict else 200,
    )


def activity(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    rows = Activity.objects.select_related("village__division", "unit", "entered_by", "voided_by")
    activity: Activity = get_visible(rows, user, pk=pk)
    return render(
        request,
        "activities/activity.html",
        {
            "page": {"title": activity.get_kind_display(), "crumbs": [("活动", reverse("activities"))]},
            "frame": frame_of(user),
            "back": reverse("activities"),
            "activity": activity,
            "materials": [
                (label_of(Activity, name), getattr(activity, name), field_of(name).help_text)
                for name in MATERIALS
                if getattr(activity, name)
            ],
            "photos": activity.photos.all(),
            "voidable": not activity.is_void and Activity.objects.editable_by(user).filter(pk=pk).exists(),
            "history": history_of(activity),
        },
    )


@recorder_required
def activity_void(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    activity: Activity = get_visible(Activity.objects, user, pk=pk)
    return void_page(
        request,
        activity,
        allowed=Activity.objects.editable_by(user).filter(pk=pk, voided_on=None).exists(),
        title="作废这次活动",
        text=f"{activity.held_on:%Y-%m-%d} {activity}",
        points=[
            "作废以后还能看到，划线显示；次数、人数和宣传资料里都不再计它。",
            "不能恢复；记错的请另记一次。",
        ],
        back=reverse("activity", args=[pk]),
    )
