"""Correct amounts: the whole and each share on one page, and their history."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse

from core.display import history_of
from core.forms import refuse, text_of
from core.labels import label_of
from core.models import Change
from core.records import Record, StaleRecord
from households.models import Household
from units.access import get_visible, recorder_required, user_of
from units.context import frame_of
from units.models import Cadre
from visits.assistance import rules as assisting
from visits.assistance.rules import Worth
from visits.assistance.share_forms import CORRECTED, SharesForm, plain
from visits.idempotency import Compared
from visits.models import Assistance, AssistanceShare


@recorder_required
def assistance_shares(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct date, source, amounts and shares; the button `turn` carries on with other households."""
    user = user_of(request)
    item: Assistance = get_visible(Assistance.objects.select_related("village", "cadre"), user, pk=pk)
    if not Assistance.objects.voidable_by(user).counted().filter(pk=pk).exists():
        raise PermissionDenied("只有录入的人七天以内、负责人和双联办可以改，作废了的不能再改。")
    form, conflict = _form(request, user, item), None
    if form.is_bound and form.is_valid():
        try:
            assisting.correct(item, **form.correction())
        except ValidationError as error:
            refuse(form, error.message_dict)
        except StaleRecord:
            conflict = _conflict(form, item)
        if not form.errors and conflict is None:
            messages.success(request, "已改好。给了户的，各户加起来就是总数。")
            return redirect("assistance-item", pk=pk)
    return render(
        request,
        "assistance/shares.html",
        {
            "page": {
                "title": "改这笔帮扶",
                "facts": f"{item.given_on:%Y-%m-%d} {item}",
                "crumbs": [("帮扶实事", reverse("assistance"))],
            },
            "frame": frame_of(user),
            "back": reverse("assistance-item", args=[pk]),
            "item": item,
            "form": form,
            "conflict": conflict,
            "turned": "turn" in request.POST,
        },
        status=409 if conflict else 200,
    )


def _form(request: HttpRequest, user: Cadre, item: Assistance) -> SharesForm:
    if request.method == "POST" and "turn" not in request.POST:
        return SharesForm(request.POST, user=user, item=item)
    return SharesForm(user=user, item=item, typed=request.POST or None)


def _conflict(form: SharesForm, item: Assistance) -> dict[str, Any] | None:
    """Return both versions for `_conflict.html`, or None if the stored values equal the typed ones, as
    after a double tap.
    """
    rows = _both_versions(form, item)
    if not rows:
        return None
    newest = history_of(item, 1, also=[("", share) for share in item.shares.all()])[0]
    return {"who": newest.who, "at": newest.at, "version": item.version, "rows": rows}


def _both_versions(form: SharesForm, item: Assistance) -> list[Compared]:
    """Return what differs between form and stored item: columns, whole amounts, each share."""
    mine = form.correction()
    own = {household.pk: part for household, part in zip(mine["households"], mine["own"], strict=True)}
    whole = assisting.together(mine["own"]) if own else mine["whole"]
    lines = [
        *(
            Compared(
                label_of(Assistance, name), text_of(field, mine[name]), text_of(field, getattr(item, name))
            )
            for name, field in ((name, Assistance._meta.get_field(name)) for name in CORRECTED)
        ),
        *(
            Compared(label_of(Assistance, name), plain(getattr(whole, name)), plain(getattr(item, name)))
            for name in Worth._fields
        ),
    ]
    return [line for line in lines if line.mine != line.stored] + household_lines(own, item)


def household_lines(own: Mapping[int, Worth], item: Assistance) -> list[Compared]:
    """Return a line for each household whose share would change."""
    stored = assisting.shares_of(item)
    other = {key for key in {*own, *stored} if own.get(key) != stored.get(key)}
    heads: Any = Household.objects.with_head().filter(pk__in=other).order_by("no")
    return [
        Compared(
            household.head_name or household.no,
            _words(own.get(household.pk), item),
            _words(stored.get(household.pk), item),
        )
        for household in heads
    ]


def _words(part: Worth | None, item: Assistance) -> str:
    if part is None or not any(part):
        return "不在里面" if part is None else "没有"
    context = {"worth": part, "goods": item.goods, "unit": item.goods_unit}
    return render_to_string("assistance/_worth.html", context)


def history_with_shares(user: Cadre, item: Assistance, shares: Iterable[Any]) -> list[Any]:
    """Return the history of an item and of its `shares` (with head_name), and of removed households that
    the user may see.
    """
    if item.version == 1:
        return history_of(item)
    also: list[tuple[str, Record]] = [(f"{s.head_name or s.household.no}所得", s) for s in shares]
    gone = Change.objects.filter(
        table=AssistanceShare._meta.label_lower, act=Change.Act.DELETED, changes__assistance__0=item.pk
    )
    taken_out = {change.changes["household"][0]: change.row for change in gone if change.changes}
    known: Any = Household.objects.with_head().filter(pk__in=taken_out)
    if not Assistance.objects.editable_by(user).filter(pk=item.pk).exists():
        known = known.filter(pk__in=Household.objects.visible_to(user).values("pk"))
    also += [
        (f"{house.head_name or house.no}所得", AssistanceShare(pk=taken_out[house.pk])) for house in known
    ]
    return history_of(item, 50, also=also)
