"""Recording a visit, reading one, taking one back; the diary of a cadre and the list of an office."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from core.display import history_of
from households.models import Household
from units.access import get_editable, get_visible, recorder_required, user_of
from units.models import Cadre
from visits.forms import VisitForm, VoidForm
from visits.models import Visit
from visits.recording import SameRef, record_outing, void


@recorder_required
def visit_new(request: HttpRequest) -> HttpResponse:
    """记走访: for oneself, or for an older colleague of the same unit (`?for=`)."""
    author = user_of(request)
    cadre = _written_for(request, author)
    initial = {"households": [key for key in request.GET.getlist("household") if key.isdigit()]}
    bound = request.method == "POST"
    form = VisitForm(
        request.POST if bound else None,
        request.FILES if bound else None,
        author=author,
        cadre=cadre,
        initial=initial,
    )
    stored: list[Visit] = []
    if bound and form.is_valid():
        try:
            visits = _record(form)
        except SameRef as sent:
            stored = list(sent.stored)
        else:
            return _recorded(request, visits)
    return render(
        request,
        "visits/new.html",
        {
            "page": {"title": "记走访"},
            "back": reverse("home"),
            "form": form,
            "cadre": cadre,
            "author": author,
            "for_other": cadre != author,
            "chosen": form.chosen(initial["households"]),
            "stored": stored,
            "colleagues": Cadre.objects.colleagues_of(author).exclude(pk=author.pk).order_by("pinyin"),
        },
        status=409 if stored else 200,
    )


def _written_for(request: HttpRequest, author: Cadre) -> Cadre:
    key = request.GET.get("for", "")
    if not key:
        return author
    colleagues = Cadre.objects.colleagues_of(author).select_related("unit__division")
    return get_object_or_404(colleagues, pk=key if key.isdigit() else 0)


def _record(form: VisitForm) -> list[Visit]:
    data = form.cleaned_data
    return record_outing(
        author=form.author,
        cadre=form.cadre,
        households=list(data["households"]),
        village=data["village"],
        days=data["days"],
        kind=data["kind"],
        reasons=data["reasons"],
        content=data["content"],
        nights=data["kind"] == Visit.Kind.STAY,
        companions=list(data["companions"]),
        promised_on=data["promised_on"],
        promise=data["promise"],
        photos=data["photos"],
        ref=form.ref_value,
    )


def _recorded(request: HttpRequest, visits: list[Visit]) -> HttpResponse:
    count = f"记下了 {len(visits)} 条走访" if len(visits) > 1 else "走访已保存"
    late = "，有补录" if any(visit.is_late for visit in visits) else ""
    messages.success(request, f"{count}{late}。记错了可以打开那一条作废。")
    return redirect("home") if len(visits) > 1 else redirect("visit", pk=visits[0].pk)


def visit(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    rows = Visit.objects.select_related(
        "cadre", "unit", "village__division", "household", "entered_by", "voided_by"
    )
    visit = get_visible(rows, user, pk=pk)
    seen = visit.household and Household.objects.visible_to(user).filter(pk=visit.household_id).exists()
    return render(
        request,
        "visits/visit.html",
        {
            "page": {"title": "走访", "crumbs": [("走访", reverse("visits"))]},
            "frame": "desk.html" if user.sees_place else "phone.html",
            "back": reverse("visits"),
            "visit": visit,
            "head": visit.household
            and visit.household.members.filter(relation="01").order_by("left_on").first(),
            "household_seen": seen,
            "companions": visit.companions.select_related("cadre", "unit"),
            "photos": visit.photos.all(),
            "editable": not visit.is_void and Visit.objects.editable_by(user).filter(pk=pk).exists(),
            "history": history_of(visit),
        },
    )


@recorder_required
def visit_void(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    visit: Any = get_editable(Visit.objects.select_related("cadre"), user, pk=pk)
    if visit.is_void:
        raise PermissionDenied("这一条已经作废了。")
    form = VoidForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        void(visit, by=user, reason=form.cleaned_data["reason"])
        messages.success(request, "已作废，这一条不再计数。")
        return redirect("visit", pk=pk)
    return render(
        request,
        "pages/confirm.html",
        {
            "page": {"title": "作废这条走访", "facts": f"{visit.cadre}，{visit.visited_on}"},
            "text": "作废以后还能看到，划线显示，但哪里都不再计数。不能恢复；记错的请另记一条。",
            "form": form,
            "submit": "作废",
            "cancel": reverse("visit", args=[pk]),
        },
    )
