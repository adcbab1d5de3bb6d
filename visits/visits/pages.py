"""Record, read and void visits."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html

from core.display import history_of
from core.forms import key_of
from core.word_lists import split_words
from households.models import Household, head_or
from units.access import get_editable, get_visible, recorder_required, user_of, written_for
from units.context import frame_of
from units.models import Cadre
from visits.assistance.share_pages import household_lines
from visits.idempotency import RefTaken, SameRef
from visits.models import Assistance, Problem, Visit, VisitPhoto, VisitSignature
from visits.visits.forms import VisitForm, VoidForm, typed
from visits.visits.visit_diff import both_versions
from visits.visits.visit_extras import AlongError, AlongForm, record_screen
from visits.voiding.pages import ask_why
from visits.voiding.rules import Belongings, belongings, void

PAGE_OF: dict[type[Model], str] = {Visit: "visit", Problem: "problem", Assistance: "assistance-item"}


@recorder_required
def visit_new(request: HttpRequest) -> HttpResponse:
    """记走访 for oneself, or for a colleague of the same unit (`?for=`), at `?household=`.

    The button `turn` continues with what was typed, for another cadre or without a preselected household.
    """
    author = user_of(request)
    form = _visit_form(request, author, written_for(author, request.GET.get("for", "")))
    along = _along(request, form)
    if not form.is_bound or not (form.is_valid() & along.is_valid()):
        return _visit_page(request, form, along)
    try:
        visits = record_screen(form.outing(), along)
    except ValidationError as error:
        form.refuse({field: sentences[0] for field, sentences in error.message_dict.items()})
        return _visit_page(request, form, along)
    except AlongError as error:
        along.refuse(error.problems)
        return _visit_page(request, form, along)
    except SameRef as sent:
        return _visit_page(request, form, along, conflict=_resent(form, along, sent))
    except RefTaken:
        return _visit_page(request, form, along, conflict={"url": "", "rows": ()})
    messages.success(request, _saved_message(visits, along))
    return redirect("home")


def _along(request: HttpRequest, form: VisitForm) -> AlongForm:
    offered = form.offered_households()
    if form.is_bound:
        return AlongForm(request.POST, offered=offered)
    return AlongForm(initial=request.POST.dict(), offered=offered)


def _resent(form: VisitForm, along: AlongForm, sent: SameRef) -> dict[str, Any]:
    """Return the context of `_resent.html`: the stored visit, or the stored problem or help that differs
    now.
    """
    stored = sent.stored[0]
    rows = both_versions(form.outing(), sent.stored) if isinstance(stored, Visit) else []
    rows += sent.rows
    if isinstance(stored, Assistance):
        ticked = [household.pk for household in form.cleaned_data["households"]]
        rows += household_lines(along.parts(ticked), stored)
    return {"url": reverse(PAGE_OF[type(stored)], args=[stored.pk]), "rows": rows}


def _visit_form(request: HttpRequest, author: Cadre, cadre: Cadre) -> VisitForm:
    asked = request.GET.getlist("household")
    if request.method == "POST" and "turn" not in request.POST:
        given = [*asked, *request.POST.getlist("households")]
        return VisitForm(request.POST, request.FILES, author=author, cadre=cadre, given=given)
    initial = {"households": [key_of(key) for key in asked], **typed(request.POST)}
    form = VisitForm(author=author, cadre=cadre, given=asked, initial=initial)
    if len(form.ticked) < len(set(asked)):
        raise Http404("这一户不在，或者不归您联系。")
    return form


def _visit_page(
    request: HttpRequest, form: VisitForm, along: AlongForm, conflict: dict[str, Any] | None = None
) -> HttpResponse:
    ticked = form.ticked
    chosen = ticked[0] if len(ticked) == 1 and "household" in request.GET else None
    return render(
        request,
        "visits/new.html",
        {
            "page": {"title": "记走访"},
            "back": reverse("home"),
            "form": form,
            "along": along,
            "cadre": form.cadre,
            "for_other": form.cadre != form.author,
            "chosen": chosen,
            "tags": split_words(chosen.tags) if chosen and form.cadre == form.author else [],
            "several": chosen is None and len(form.offered_households()) > 1,
            "colleagues": form.colleagues(),
            "conflict": conflict,
            "fresh": uuid4(),
            "turned": "turn" in request.POST,
        },
        status=409 if conflict else 200,
    )


def _saved_message(visits: Sequence[Visit], along: AlongForm) -> str:
    """Return what was recorded, and how to void it."""
    days = sorted({visit.visited_on for visit in visits})
    when = f"{days[0].month}月{days[0].day}日"
    if len(days) > 1:
        when += f"至{days[-1].month}月{days[-1].day}日"
    late = "（补录）" if any(visit.is_late for visit in visits) else ""
    count = f"，{len(visits)} 条" if len(visits) > 1 else ""
    beside = (
        ("发了连心卡", any(visit.card_given for visit in visits)),
        ("登记了诉求", along.has_problem),
        ("记了帮扶", along.has_help),
    )
    with_it = [said for said, has in beside if has]
    count += f"，{'、'.join(with_it)}" if with_it else ""
    return format_html(
        '已记下：{}{} {}{}。<a href="{}">看一看</a>，记错了<a href="{}">作废</a>。',
        when,
        late,
        visits[0].get_kind_display(),
        count,
        reverse("visit", args=[visits[0].pk]),
        reverse("visit-void", args=[visits[0].pk]),
    )


def visit(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    rows = Visit.objects.with_head().select_related(
        "cadre", "unit", "village__division", "household", "entered_by", "voided_by"
    )
    visit = get_visible(rows, user, pk=pk)
    outing = Visit.objects.visible_to(user).filter(outing=visit.outing).with_head()
    return render(
        request,
        "visits/visit.html",
        {
            "page": {"title": f"{visit.cadre}的走访", "crumbs": [("走访", reverse("visits"))]},
            "frame": frame_of(user),
            "back": reverse("visits"),
            "visit": visit,
            "household_seen": Household.objects.visible_to(user).filter(pk=visit.household_id or 0).exists(),
            "companions": visit.companions.select_related("cadre", "unit"),
            "others": outing.exclude(pk=pk).select_related("village").order_by("visited_on", "pk"),
            "photos": VisitPhoto.objects.filter(owner__in=outing.values("pk")),
            "signatures": VisitSignature.objects.filter(owner__in=outing.values("pk")),
            "problems": visit.problems.visible_to(user),
            "assistance": visit.assistance.visible_to(user),
            "may_record": not user.is_viewer and not visit.is_void,
            "editable": not visit.is_void and Visit.objects.editable_by(user).filter(pk=pk).exists(),
            "history": history_of(visit),
        },
    )


@recorder_required
def visit_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Void one row, or everything that its form recorded."""
    user = user_of(request)
    visit: Visit = get_editable(Visit.objects.with_head().select_related("cadre", "village"), user, pk=pk)
    if visit.is_void:
        messages.warning(request, "这一条已经作废了。")
        return redirect("visit", pk=pk)
    same_form = Visit.objects.editable_by(user).counted().filter(outing=visit.outing).exclude(pk=pk)
    own, others = belongings([visit], user), list(same_form)
    along = belongings([visit, *others], user)
    form = VoidForm(request.POST or None, others=len(others), belongings=along.count)
    if request.method == "POST" and form.is_valid():
        gone = void(visit, by=user, **form.cleaned_data)
        if gone:
            messages.success(request, f"已作废 {gone} 条，不再计数。")
        else:
            messages.warning(request, "刚刚有人作废了这一条。")
        return redirect("visit", pk=pk)
    return ask_why(
        request,
        form,
        title="作废这条走访",
        text=f"{visit.cadre}，{visit.visited_on:%Y-%m-%d} {visit.get_kind_display()}，"
        f"{head_or(visit, visit.village or '')}：{visit.content[:60]}",
        points=[
            "作废以后还能看到，划线显示，写明谁、为什么作废。",
            "次数、天数、夜数和报表里都不再计它。",
            "不能恢复；记错的请另记一条。",
            *_told_belongings(own, along),
        ],
        back=reverse("visit", args=[pk]),
    )


def _told_belongings(own: Belongings, along: Belongings) -> list[str]:
    """Name what was recorded with the visit, and count what was with the rest of its form."""
    said = [
        f"一起登记的诉求：{problem.description[:40]}（{problem.get_status_display()}）"
        for problem in own.problems
    ]
    said += [f"一起记的帮扶：{item}" for item in own.assistance]
    if more := along.count - own.count:
        said.append(f"同一趟另外几条还有一起登记的诉求、记的帮扶 {more} 件。")
    return said
