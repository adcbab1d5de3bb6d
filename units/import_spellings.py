"""本县记住的写法: the headings and words that checks have learned, which the office may remove."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Case, CharField, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat
from django.forms.models import model_to_dict
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from core.importing.sheet import find_kind
from core.lists import Column, Listing, list_page
from core.models import Spelling
from core.search import SearchForm, offer
from units.access import get_editable, office_required, user_of

REMOVED = "removed_spelling"
"""Session key of the spelling that was removed last, which 撤销 restores."""


class SpellingSearch(SearchForm):
    placeholder = "写法或认作"
    within = forms.ChoiceField(label="在哪里", required=False)

    def __init__(self, data: Any, spellings: QuerySet[Any]) -> None:
        super().__init__(data)
        places = spellings.order_by("within").values_list("within", flat=True).distinct()
        offer(self, "within", [("", "在哪里"), *((place, where(place)) for place in places)])

    def by_q(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        return queryset.filter(Q(shown__contains=value) | Q(meaning__contains=value))


@office_required
def spellings(request: HttpRequest) -> HttpResponseBase:
    """List what the county's spellings mean, by column; those of a division above apply but stay."""
    user = user_of(request)
    rows = Spelling.objects.visible_to(user).annotate(
        within=Concat("column", Value("|"), "kind"),
        own=Case(When(place=user.place, then=Concat(Cast("pk", CharField()), Value("|"), "shown"))),
    )
    columns = [
        Column("写法", "shown", css="wrap"),
        Column("认作", "meaning", css="wrap"),
        Column("在哪里", "within", sort="within", show=where),
        Column("谁", "by__name"),
        Column("何时", "at", sort="at", css="nowrap"),
    ]
    if request.GET.keys().isdisjoint({"export", "print"}):
        columns.append(Column("不再这样认", "own", show=_removing))
    listing = Listing(
        title="本县记住的写法",
        facts="检查时这样认，不再问；去掉以后，下次检查会再问",
        unit="条",
        of_people=False,
        queryset=rows,
        form=SpellingSearch(request.GET, rows),
        columns=columns,
        sort="within",
        crumbs=[("导入", reverse("imports"))],
        empty={
            "text": "还没有记住的写法。检查时回答“这一列是什么”“这个词是什么”，勾上“记住”，以后就不再问。",
            "url": reverse("imports"),
            "label": "去导入",
        },
        template="imports/spellings.html",
    )
    return list_page(request, listing)


def where(within: str) -> str:
    """Say whether a spelling is a heading of a kind or a word of a column, from `column|kind`."""
    column, _, kind = within.rpartition("|")
    if column:
        return f"“{column}”里的词"
    sheet = find_kind(kind)
    return f"{sheet.label if sheet else kind}的列名"


def _removing(own: str | None) -> str:
    """Return the button that removes a spelling, from `pk|spelling`; those of a division above have none."""
    if own is None:
        return "上级的，只看"
    pk, _, shown = own.partition("|")
    return format_html(
        '<button class="btn btn-quiet" type="submit" formaction="{}">'
        '去掉<span class="visually-hidden">“{}”</span></button>',
        reverse("spelling-remove", args=[pk]),
        shown,
    )


@office_required
@require_POST
def spelling_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget one spelling; 撤销 restores it as it was."""
    spelling = get_editable(Spelling.objects, user_of(request), pk=pk)
    request.session[REMOVED] = {**model_to_dict(spelling, exclude=["id"]), "at": spelling.at.isoformat()}
    spelling.delete()
    messages.success(
        request,
        f"“{spelling.shown}”不再认作“{spelling.meaning}”，下次检查会再问。",
        extra_tags=f"undo:{reverse('spelling-restore')}",
    )
    return redirect("spellings")


@office_required
@require_POST
def spelling_restore(request: HttpRequest) -> HttpResponse:
    """Restore the spelling that was removed last, unless it has been learned again."""
    removed = request.session.pop(REMOVED, None)
    if removed is None or removed["place"] != user_of(request).place:
        raise Http404("没有刚去掉的写法。")
    by = removed.pop("by")
    once = {name: removed.pop(name) for name in ("place", "kind", "column", "text")}
    spelling, _ = Spelling.objects.get_or_create(**once, defaults={**removed, "by_id": by})
    messages.success(request, f"“{spelling.shown}”仍认作“{spelling.meaning}”。")
    return redirect("spellings")
