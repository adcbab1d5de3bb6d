"""Forms on divisions and units, and the log of downloads."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from core.cells import clean_searched
from core.lists import Column, Listing, list_page
from core.models import Download
from core.pages import form_page
from core.search import SearchForm
from units.access import get_editable, office_required, user_of
from units.forms import DivisionForm, UnitForm
from units.models import Division, Unit


class DivisionSearch(SearchForm):
    placeholder = "区划名称或代码"

    def by_q(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        return (
            queryset.filter(code__startswith=value)
            if value.isdigit()
            else queryset.filter(name__contains=value)
        )


@office_required
def divisions(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(
        title="行政区划",
        of_people=False,
        unit="个",
        queryset=Division.objects.visible_to(user_of(request)),
        form=DivisionSearch(request.GET),
        columns=[
            Column("区划名称", "name", sort="name"),
            Column("区划代码", "code", sort="code"),
            Column("层级", "level", show=lambda level: Division.Level(level).label),
        ],
        sort="code",
        href=lambda pk: reverse("division-edit", args=[pk]),
        actions=[{"label": "登记一个区划", "url": reverse("division-new")}],
        empty={
            "text": "还没有区划。",
            "url": reverse("import-kind", args=["divisions"]),
            "label": "导入行政区划",
        },
    )
    return list_page(request, listing)


@office_required
def division_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    user = user_of(request)
    division = get_editable(Division.objects, user, pk=pk) if pk else None
    form = DivisionForm(request.POST or None, instance=division, user=user)
    title = f"改{division}" if division else "登记一个区划"
    return form_page(request, form, title=title, done="区划已保存。", back=reverse("divisions"))


@office_required
def unit_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    user = user_of(request)
    unit = get_editable(Unit.objects, user, pk=pk) if pk else None
    form = UnitForm(request.POST or None, instance=unit, user=user)
    back = reverse("unit", args=[pk]) if pk else reverse("units")
    title = f"改{unit}" if unit else "登记一个单位"
    return form_page(request, form, title=title, done="单位已保存。", back=back)


@office_required
def downloads(request: HttpRequest) -> HttpResponseBase:
    """导出记录: list the downloads."""
    listing = Listing(
        title="导出记录",
        unit="次",
        queryset=Download.objects.visible_to(user_of(request)),
        form=DownloadSearch(request.GET),
        columns=[
            Column("何时", "at", sort="at", css="nowrap"),
            Column("谁", "by__name"),
            Column("单位", "by__unit__name"),
            Column("内容", "what"),
            Column("筛选条件", "filters", css="wrap"),
            Column("行数", "row_count", sort="row_count", css="num"),
        ],
        sort="-at",
        empty={"text": "还没有人导出过。"},
    )
    return list_page(request, listing)


class DownloadSearch(SearchForm):
    placeholder = "姓名或内容"

    def by_q(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        return queryset.filter(by__name__contains=clean_searched(value)) | queryset.filter(
            what__contains=value
        )
