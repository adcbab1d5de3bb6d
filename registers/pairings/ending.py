"""Ending pairings and handing them over: one, those ticked in the list, or all of a cadre who leaves."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core.display import history_of
from core.downloads import log_print
from core.forms import key_of
from core.records import StaleRecord
from households.models import HouseholdPairing
from households.pairing import warnings
from registers.pairings.forms import EndForm
from units.access import get_editable, get_visible, manager_required, user_of
from units.models import Cadre
from visits.models import Problem, Visit
from visits.problems.problem_handover import Passing, end_and_pass_on, handover_sentences, still_followed

MOST_AT_ONCE = 200
Pairing = Any
"""A HouseholdPairing with `head_name`."""


@manager_required
def pairing_end(request: HttpRequest, pk: int) -> HttpResponse:
    rows = HouseholdPairing.objects.all()
    found: HouseholdPairing = get_editable(rows, user_of(request), pk=pk)
    if found.ended_on is not None:
        raise PermissionDenied("这条联户已经结束了。")
    back = reverse("pairing", args=[pk])
    return _end(request, _open(request, pk=pk), title="结束联户", back=back, done=back)


@manager_required
def pairings_end(request: HttpRequest) -> HttpResponse:
    """End the pairings ticked in the list; their keys are in the address, so that the page can be reloaded."""
    keys = [key for key in map(key_of, request.GET.getlist("pk") or request.POST.getlist("pk")) if key]
    back = reverse("pairings")
    if not keys:
        messages.error(request, "先在名单里勾选要结束的联户。")
        return redirect(back)
    if not request.GET.getlist("pk"):
        return redirect(f"{request.path}?{urlencode({'pk': keys}, doseq=True)}")
    pairings = _open(request, pk__in=keys[:MOST_AT_ONCE])
    if not pairings:
        raise Http404("没有可以结束的联户。")
    return _end(request, pairings, title="结束或交接联户", back=back, done=back)


@manager_required
def hand_over_page(request: HttpRequest, pk: int) -> HttpResponse:
    """交接: hand over all households of a leaving cadre at once, to a successor or to nobody yet."""
    cadre: Cadre = get_visible(Cadre.objects.select_related("unit"), user_of(request), pk=pk)
    pairings = _open(request, cadre=cadre)
    sheet = reverse("hand-over-sheet", args=[pk])
    back = reverse("cadre", args=[pk])
    return _end(request, pairings, title=f"{cadre}的联户交接", back=back, done=f"{sheet}?on=", leaving=cadre)


def _open(request: HttpRequest, **lookup: Any) -> list[Pairing]:
    rows = HouseholdPairing.objects.editable_by(user_of(request)).current().filter(**lookup)
    joined = rows.with_head().select_related("cadre__unit", "unit", "household__village")
    return list(joined.order_by("household__no", "kind"))


def _end(
    request: HttpRequest,
    pairings: list[Pairing],
    *,
    title: str,
    back: str,
    done: str,
    leaving: Cadre | None = None,
) -> HttpResponse:
    """End the chosen pairings after reading what is still promised there; of one who is `leaving` also what
    else there is to hand on."""
    form = EndForm(request.POST or None, user=user_of(request), pairings=pairings)
    chosen = request.POST.getlist("pk") if form.is_bound else [str(pairing.pk) for pairing in pairings]
    status = 200
    if form.is_bound and form.is_valid() and _choice_fits(form, pairings, chosen):
        status = _carry_out(request, form, [p for p in pairings if str(p.pk) in chosen])
        if status == 302:
            on = form.cleaned_data["on"].isoformat() if done.endswith("=") else ""
            return redirect(f"{done}{on}")
        pairings = _open(request, pk__in=[pairing.pk for pairing in pairings])
    followed = still_followed(pairings)
    return render(
        request,
        "pairings/end.html",
        {
            "page": {
                "title": title,
                "facts": "走访和记录都留着。还没办的事列在每户后面，请当面交代。",
                "crumbs": [("联户", reverse("pairings"))],
            },
            "rows": _with_followed(pairings, followed),
            "followed": len(followed),
            "told": handover_sentences(followed),
            "leaving": leaving,
            "elsewhere": _followed_elsewhere(request, leaving, pairings) if leaving else 0,
            "chosen": chosen,
            "form": form,
            "back": back,
        },
        status=status,
    )


def _choice_fits(form: EndForm, pairings: Sequence[Pairing], chosen: Sequence[str]) -> bool:
    """Return whether the chosen pairings are among those shown; others have ended meanwhile or are somebody
    else's.
    """
    if not chosen:
        form.add_error(None, "先勾选要结束的户。")
    elif not set(chosen) <= {str(pairing.pk) for pairing in pairings}:
        form.add_error(None, "勾选的里面有已经结束的联户，或者不归您管的。现在的情况在下面，请看清再办。")
    return form.is_valid()


def _carry_out(request: HttpRequest, form: EndForm, chosen: list[Pairing]) -> int:
    """Carry it out and redirect; 200 or 409 show the form with the errors."""
    for pairing in chosen:
        # The version that the page showed: what somebody changed since is not ended unseen.
        pairing.version = key_of(request.POST.get(f"version-{pairing.pk}", "")) or pairing.version
    on, reason, to = form.cleaned_data["on"], form.cleaned_data["reason"], form.successor
    try:
        begun, passed = end_and_pass_on(chosen, to=to, on=on, reason=reason, by=user_of(request))
    except ValidationError as error:
        _put(form, error)
        return 200
    except StaleRecord as stale:
        who = history_of(stale.stored, 1)[0].who or "别人"
        form.add_error(None, f"有一条联户刚刚被{who}改过，这次什么都没有结束。现在的情况在下面，请看清再办。")
        return 409
    _say_done(request, chosen, to, passed)
    for warning in warnings(begun):
        messages.warning(request, warning)
    return 302


def _put(form: EndForm, error: ValidationError) -> None:
    """Put each error beside its field; a successor of another unit is in `other`."""
    for name, sentences in error.message_dict.items():
        place = "other" if name == "to" and form.cleaned_data.get("other") else name
        form.add_error(place if place in form.fields else None, sentences)


def _say_done(
    request: HttpRequest, chosen: Sequence[Pairing], to: Cadre | None, passed: Sequence[Passing]
) -> None:
    said = f"结束了 {len(chosen)} 条联户" + (f"，已交给{to}（{to.unit}）。" if to else "。")
    said += "".join(handover_sentences(passed))
    # One end can be taken back at once; of a hand-over the successor's would have to end first.
    alone = to is None and len(chosen) == 1
    tags = f"undo:{reverse('pairing-reopen', args=[chosen[0].pk])}" if alone else ""
    messages.success(request, said, extra_tags=tags)


def _with_promises(pairings: Sequence[Pairing]) -> list[tuple[Pairing, list[Visit]]]:
    """Add to each pairing the open promises of its cadre, soonest first. One query."""
    promises: dict[tuple[int, int | None], list[Visit]] = {}
    visits = Visit.objects.filter(
        cadre__in={pairing.cadre_id for pairing in pairings},
        household__in={pairing.household_id for pairing in pairings},
    )
    for visit in visits.open_promises().order_by("promised_on", "pk"):
        promises.setdefault((visit.cadre_id, visit.household_id), []).append(visit)
    return [(pairing, promises.get((pairing.cadre_id, pairing.household_id), [])) for pairing in pairings]


def _followed_elsewhere(request: HttpRequest, cadre: Cadre, pairings: Sequence[Pairing]) -> int:
    """Return how many problems of villages, or of other cadres' households, the cadre follows."""
    own = Problem.objects.visible_to(user_of(request)).pending().filter(owner=cadre, joined_into=None)
    here = [pairing.household_id for pairing in pairings]
    return own.filter(Q(household=None) | ~Q(household__in=here)).count()


def _with_followed(
    pairings: Sequence[Pairing], followed: Sequence[Passing]
) -> list[tuple[Pairing, list[Visit], list[Problem]]]:
    """Add to each pairing its open promises and the problems that its cadre follows there."""
    problems: dict[tuple[int, int | None], list[Problem]] = defaultdict(list)
    for problem, owner, _ in followed:
        problems[owner.pk, problem.household_id].append(problem)
    return [
        (pairing, promises, problems[pairing.cadre_id, pairing.household_id])
        for pairing, promises in _with_promises(pairings)
    ]


def hand_over_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Print the 交接单 of a day: what a cadre handed over, to whom, and open promises; to be signed."""
    user = user_of(request)
    cadre: Cadre = get_visible(Cadre.objects.select_related("unit"), user, pk=pk)
    on = _day(request.GET.get("on", ""))
    rows = HouseholdPairing.objects.visible_to(user).of_cadre(cadre).filter(ended_on=on).with_head()
    pairings = list(rows.select_related("unit", "household__village").order_by("household__no", "kind"))
    if not pairings:
        raise Http404("这一天没有结束的联户。")
    log_print(request, "联户交接单", filters=f"{cadre}，{on}", row_count=len(pairings))
    heirs = {
        (pairing.household_id, pairing.kind): pairing.cadre
        for pairing in HouseholdPairing.objects.filter(
            started_on=on, household__in=[pairing.household_id for pairing in pairings]
        )
        .exclude(cadre=cadre)
        .select_related("cadre__unit")
    }
    problems: dict[int | None, list[Problem]] = defaultdict(list)
    households = [pairing.household_id for pairing in pairings]
    # What was there to hand over: what the family told others since is not the cadre's any more.
    pending = Problem.objects.pending().filter(raised_on__lte=on, joined_into=None)
    for problem in pending.filter(household__in=households):
        problems[problem.household_id].append(problem)
    return render(
        request,
        "pairings/hand_over_sheet.html",
        {
            "page": {"title": f"{cadre}联户交接单"},
            "sheet": {"unit": pairings[0].unit, "wide": True, "back": reverse("cadre", args=[pk])},
            "on": on,
            "reasons": "、".join(dict.fromkeys(p.end_reason for p in pairings if p.end_reason)),
            "rows": [
                (
                    pairing,
                    promised,
                    problems.get(pairing.household_id, []),
                    heirs.get((pairing.household_id, pairing.kind)),
                )
                for pairing, promised in _with_promises(pairings)
            ],
        },
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Http404("交接单要写明是哪一天。") from None
