"""安全情况, notices of reasons, and 谁看过我."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from core import oversight
from core.cells import clean_searched
from core.display import history_of
from core.forms import key_of
from core.lists import Column, Heading, Listing, Row, labels_of, list_page
from core.models import Download, Look, Notice
from core.onward import own_address
from core.places import above
from core.search import SearchForm
from units.access import manager_required, office_required, user_of
from units.context import frame_of
from units.models import Cadre
from units.oversight.report import PERIODS, Days, days_of, report
from units.oversight.telling import told_to
from units.roles import Role

SHEETS_OF_CADRES = ("干部", "干部（打印）")
"""Names of lists of cadres in the download log, exported from the page or the admin."""
MOST = 100
ME = [("我的", "/me/")]


@office_required
def security(request: HttpRequest) -> HttpResponse:
    """Show what was viewed, exported and changed in the office's place on a day or in a week."""
    user = user_of(request)
    period = request.GET.get("period", "")
    period = period if period in PERIODS else "today"
    days = days_of(period)
    oversight.note_read(user, days.until)
    return render(
        request,
        "security/report.html",
        {
            "page": {"title": "安全情况", "facts": f"{user.unit.division}，{_in_words(days)}"},
            "periods": PERIODS,
            "period": period,
            "tables": report(user, days),
        },
    )


def _in_words(days: Days) -> str:
    """Format the days; the year appears once unless they span two."""
    since, until = (f"{day.month}月{day.day}日" for day in (days.since, days.until))
    if days.since == days.until:
        return f"{days.since.year}年{since}"
    new_year = f"{days.until.year}年" if days.until.year != days.since.year else ""
    return f"{days.since.year}年{since}到{new_year}{until}"


@manager_required
def notices(request: HttpRequest) -> HttpResponseBase:
    """List reasons given by people below, as notified to the reader; mark the selected ones as read."""
    user = user_of(request)
    if request.method == "POST":
        oversight.put_away(user, {key for key in map(key_of, request.POST.getlist("pk")) if key})
        return redirect(own_address(request.POST.get("next", "")))
    here = reverse("security-notices")
    listing = Listing(
        title="超过限额的提醒",
        unit="条",
        queryset=told_to(user),
        form=SearchNotices(request.GET),
        columns=[
            Column("谁", "over__by__name"),
            Column("单位", "over__by__unit__name"),
            Column("哪一种", "over__kind", show=labels_of(oversight.Kind)),
            Column("一天的限额", "over__limit", css="num"),
            Column("原因", "over__text", css="wrap"),
            Column("何时", "over__at", css="nowrap"),
            Column("看过", "seen_at", css="nowrap"),
        ],
        sort="-pk",
        ticks={"unit": "条", "actions": [{"label": "看过了", "url": here}]},
        empty={"text": "还没有人超过限额。有人超过了，这里和首页会告诉您原因。"},
        crumbs=[("安全情况", reverse("security"))] if user.is_office else ME,
    )
    return list_page(request, listing)


class SearchNotices(SearchForm):
    placeholder = "姓名"

    def by_q(self, queryset: QuerySet[Notice], value: str) -> QuerySet[Notice]:
        return queryset.filter(over__by__name__contains=clean_searched(value))


def looks(request: HttpRequest) -> HttpResponse:
    """谁看过我: list who opened, exported and changed the user's own account."""
    user = user_of(request)
    seen = Look.objects.filter(whose=user.pk).select_related("by__unit").order_by("-on", "-pk")[:MOST]
    taken = _exports_of(user).select_related("by__unit").order_by("-pk")[:MOST]
    return render(
        request,
        "security/looks.html",
        {
            "page": {"title": "谁看过我的资料", "crumbs": ME},
            "frame": frame_of(user),
            "back": reverse("me"),
            "seen_columns": [Heading("哪天", ""), *_WHO],
            "seen": [Row(look.pk, "", [look.on, *_who(look.by)]) for look in seen],
            "taken_columns": [Heading("何时", ""), *_WHO, Heading("导出了什么", "")],
            "taken": [
                Row(file.pk, "", [file.at, *_who(file.by), f"干部名册 {file.row_count:,} 人"])
                for file in taken
            ],
            "history": history_of(user, MOST),
        },
    )


_WHO = [Heading("谁", ""), Heading("单位", ""), Heading("角色", "")]


def _who(cadre: Cadre) -> list[str]:
    return [cadre.name, str(cadre.unit), cadre.get_role_display()]


def _exports_of(user: Cadre) -> QuerySet[Download]:
    """Return cadre lists exported by others who can see the user; the log does not record who was in a list."""
    lists = Download.objects.filter(what__in=SHEETS_OF_CADRES).exclude(by=user.pk)
    offices = lists.filter(by__role__in=[Role.OFFICE, Role.VIEWER], by__place__in=above(user.place))
    leaders = lists.filter(by__role=Role.LEADER, by__unit=user.unit_id)
    return offices | leaders
