"""结对台: the households of a village at the left, the cadres who can take them at the right."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core.lists import count_of
from households.models import Household, HouseholdPairing
from households.pairing import ceilings, pair_households, warnings
from units.access import get_visible, manager_required, user_of
from units.models import Cadre, today
from units.roles import Rank
from villages.models import Village, VillagePairing
from visits.pairings.forms import PairForm, assignable

SHOWS = {"unpaired": "未结对", "paired": "已结对", "all": "全部"}
MOST_CADRES = 200


@manager_required
def board(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    key = request.GET.get("village", "")
    if not key:
        return _choose_village(request, user)
    village: Village = get_visible(
        Village.objects.select_related("division"), user, pk=key if key.isdigit() else 0
    )
    form = PairForm(request.POST or None, user=user, village=village)
    if request.method == "POST" and form.is_valid():
        answer = _pair(request, form)
        if answer is not None:
            return answer
    show = request.GET.get("show", "")
    return render(
        request, "pairings/board.html", _context(user, village, form, show if show in SHOWS else "", request)
    )


def _pair(request: HttpRequest, form: PairForm) -> HttpResponse | None:
    """Pair what was chosen; None leaves what stands against it on the form."""
    data = form.cleaned_data
    try:
        pairings = pair_households(
            cadre=data["cadre"],
            households=list(data["households"]),
            kind=data["kind"],
            started_on=data["started_on"],
        )
    except ValidationError as error:
        form.add_error(None, error.messages)
        return None
    except IntegrityError:
        form.add_error(None, "刚刚有人结了同样的对，请核对后再试。")
        return None
    messages.success(request, f"{data['cadre']}联上了 {len(pairings)} 户。")
    for warning in warnings(pairings, data["started_on"].year):
        messages.warning(request, warning)
    return redirect(request.get_full_path())


def _context(
    user: Cadre, village: Village, form: PairForm, show: str, request: HttpRequest
) -> dict[str, Any]:
    open_pairings = HouseholdPairing.objects.current().filter(household=OuterRef("pk"))
    households = (
        Household.objects.visible_to(user)
        .registered()
        .filter(village=village)
        .with_head()
        .annotate(is_paired=Exists(open_pairings))
        .order_by("group", "no")
    )
    rows = list(households)
    counts = {
        "unpaired": sum(not row.is_paired for row in rows),
        "paired": sum(row.is_paired for row in rows),
        "all": len(rows),
    }
    show = show or ("unpaired" if counts["unpaired"] else "all")
    everyone = request.GET.get("cadres") == "all"
    units = list(VillagePairing.objects.current().filter(village=village).select_related("unit"))
    limits = ceilings(village.place, today().year)
    neighbours = Village.objects.visible_to(user).current()
    return {
        "page": {
            "title": village.name,
            "facts": f"{village.division}，{village.code}，联村单位："
            f"{'、'.join(str(pairing.unit) for pairing in units) or '还没有'}",
            "crumbs": [("结对", reverse("pairings")), ("结对台", reverse("pairing-board"))],
        },
        "village": village,
        "form": form,
        "households": [row for row in rows if show == "all" or row.is_paired == (show == "paired")],
        "segments": [(name, label, counts[name], name == show) for name, label in SHOWS.items()],
        "everyone": everyone,
        "cadres": _cadres(
            user, [pairing.unit_id for pairing in units], everyone, limits, request.GET.get("q", "")
        ),
        "limits": "，".join(
            f"{Rank(rank).label} {most} 户" for rank, most in limits.items() if rank in Rank.values
        ),
        "year": today().year,
        "before": neighbours.filter(code__lt=village.code).order_by("-code").first(),
        "after": neighbours.filter(code__gt=village.code).order_by("code").first(),
        "ticked": request.POST.getlist("households"),
        "chosen": request.POST.get("cadre", ""),
    }


def _cadres(
    user: Cadre, units: list[int], everyone: bool, limits: dict[str, int], text: str
) -> list[dict[str, Any]]:
    """The cadres to choose from with how many households they have, and how many more they may take."""
    found = assignable(user).select_related("unit")
    if not everyone:
        found = found.filter(
            Q(unit__in=units) | Q(unit=user.unit_id) if user.is_leader else Q(unit__in=units)
        )
    if text:
        found = found.filter(Q(name__contains=text) | Q(unit__name__contains=text))
    counted = found.annotate(load=count_of(HouseholdPairing.objects.current(), "cadre", what="household"))
    return [
        {"cadre": cadre, "most": limits.get(cadre.rank), "left": limits.get(cadre.rank, 0) - cadre.load}
        for cadre in counted.order_by("unit__code", "staff_no", "pk")[:MOST_CADRES]
    ]


def _choose_village(request: HttpRequest, user: Cadre) -> HttpResponse:
    """Villages with how many households nobody has yet."""
    registered = Household.objects.registered()
    villages = (
        Village.objects.visible_to(user)
        .current()
        .select_related("division")
        .annotate(
            household_count=count_of(registered, "village"),
            unpaired_count=count_of(registered.unpaired(), "village"),
        )
        .order_by("code")
    )
    return render(
        request,
        "pairings/choose.html",
        {
            "page": {"title": "结对台", "facts": "先选一个村"},
            "villages": villages,
            "unpaired": Household.objects.visible_to(user).unpaired().count(),
            "idle": assignable(user)
            .exclude(pk__in=HouseholdPairing.objects.current().values("cadre"))
            .count(),
        },
    )
