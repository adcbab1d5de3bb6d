"""结对台 of a village: its households on the left, cadres who can take them on the right."""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from core.forms import key_of
from core.lists import count_of
from core.search import by_name
from core.word_lists import split_words
from households.models import NO_HEAD, Household, HouseholdPairing
from households.pairing import pairable_cadres, warnings
from registers.pairings.forms import PairForm
from registers.pairings.overview import overview
from units.access import get_visible, manager_required, user_of
from units.ceilings import Ceilings, household_ceilings
from units.models import Cadre, Unit, today
from villages.models import Village
from visits.problems.problem_handover import pair_and_take_up

SHOWS = {"unpaired": "未结对", "paired": "已结对", "all": "全部"}
EVERYONE = "所有单位"
LINES = 12
"""Rows shown at first in either table, so that both and the act bar are seen together."""
MOST_CADRES = 200
CHINESE_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")}


@dataclass(frozen=True)
class View:
    """What the board shows; each field is a parameter of its address."""

    village: int
    show: str = ""
    sort: str = "group"
    rows: str = ""
    cadres: str = ""
    people: str = ""
    q: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> "View":
        asked = request.GET
        show, sort = asked.get("show", ""), asked.get("sort", "")
        return cls(
            village=key_of(asked.get("village", "")),
            show=show if show in SHOWS else "",
            sort=sort if sort.lstrip("-") in SORTS else "group",
            rows="all" if asked.get("rows") == "all" else "",
            cadres="all" if asked.get("cadres") == "all" and user_of(request).is_office else "",
            people="all" if asked.get("people") == "all" else "",
            q=asked.get("q", "").replace("\0", "").strip()[:60],
        )

    def url(self, **changed: Any) -> str:
        fields = vars(replace(self, **changed))
        default = vars(View(self.village))
        kept = {name: value for name, value in fields.items() if name == "village" or value != default[name]}
        return f"?{urlencode(kept)}"


@manager_required
def board(request: HttpRequest) -> HttpResponseBase:
    if "village" not in request.GET:
        return overview(request)
    user, view = user_of(request), View.of(request)
    villages = Village.objects.select_related("division")
    village: Village = get_visible(villages, user, pk=view.village)
    form = PairForm(request.POST or None, user=user, village=village)
    if form.is_bound and form.is_valid() and _pair(request, form):
        return redirect(f"{request.path}{view.url()}")
    return render(request, "pairings/board.html", _context(request, user, village, view, form))


def _pair(request: HttpRequest, form: PairForm) -> bool:
    """Pair the chosen rows; return False with the errors on the form if that is not possible."""
    cadre, data = form.cleaned_data["cadre"], form.cleaned_data
    try:
        pairings, taken = pair_and_take_up(
            cadre=cadre,
            households=data["households"],
            kind=data["kind"],
            started_on=data["started_on"],
            by=user_of(request),
        )
    except ValidationError as error:
        form.add_error(None, error)
        return False
    with_them = f"，{taken} 件诉求转给{cadre}" if taken else ""
    messages.success(request, f"{cadre}联上了 {len(pairings)} 户{with_them}。")
    for warning in warnings(pairings):
        messages.warning(request, warning)
    return True


def _context(
    request: HttpRequest, user: Cadre, village: Village, view: View, form: PairForm
) -> dict[str, Any]:
    units = list(Unit.objects.filter(village_pairings__in=village.pairings.current()).order_by("code", "pk"))
    # A link of the page, or another list, may bring ticks along; a form that came back has its own.
    typed = request.POST if form.is_bound else request.GET
    neighbours = Village.objects.visible_to(user).current()
    return {
        "page": {
            "title": village.name,
            "facts": f"{village.division}，{village.code}，联村单位：{'、'.join(map(str, units)) or '还没有'}",
            "crumbs": [("结对台", reverse("pairing-board"))],
        },
        "form": form,
        "started_on": _typed_date(form),
        "village": village,
        "view": view,
        "before": neighbours.filter(code__lt=village.code).order_by("-code").first(),
        "after": neighbours.filter(code__gt=village.code).order_by("code").first(),
        **_left(user, village, view, set(typed.getlist("households"))),
        **_right(user, village, view, units, key_of(typed.get("cadre", ""))),
    }


def _left(user: Cadre, village: Village, view: View, ticked: set[str]) -> dict[str, Any]:
    """Return the table of households; ticked ones are always among its rows."""
    lines = [{**line, "ticked": str(line["pk"]) in ticked} for line in _household_lines(user, village)]
    unpaired = sum(not line["holders"] for line in lines)
    counts = {"unpaired": unpaired, "paired": len(lines) - unpaired, "all": len(lines)}
    show = view.show or ("unpaired" if unpaired else "all")
    fitting = [line for line in lines if show == "all" or bool(line["holders"]) == (show == "paired")]
    fitting.sort(key=SORTS[view.sort.lstrip("-")][1], reverse=view.sort.startswith("-"))
    shown = _first(fitting, view.rows, lambda line: line["ticked"])
    others = [line for line in lines if line["ticked"] and line not in fitting]
    return {
        "households": [*others, *shown],
        "more_households": len(fitting) - len(shown),
        "all_rows": view.url(rows="all"),
        "show_holders": show != "unpaired" or any(line["holders"] for line in others),
        "counts": counts,
        "segments": [
            (SHOWS[name], counts[name], view.url(show=name, rows=""), name == show) for name in SHOWS
        ],
        "headings": _headings(view),
    }


def _right(user: Cadre, village: Village, view: View, units: Sequence[Unit], chosen: int) -> dict[str, Any]:
    """Return the table of cadres; the chosen one is always among its rows."""
    ceilings = household_ceilings(village.place, today())
    keys = [unit.pk for unit in units]
    people = _cadres(user, view, keys, chosen)
    shown = _first(people, view.people, lambda cadre: cadre.pk == chosen)
    return {
        "cadres": [_cadre_line(cadre, ceilings, keys) for cadre in shown],
        "more_cadres": len(people) - len(shown),
        "all_people": view.url(people="all"),
        "chosen": chosen,
        "scopes": _scopes(user, view),
        "everyone": EVERYONE,
        "everyone_url": view.url(cadres="all"),
        "no_cadres": _no_cadres(user, view, units),
        "search_fields": parse_qsl(view.url(q="", people="")[1:]),
        "year": ceilings.year,
        "limits": "，".join(f"{label} {most} 户" for label, most in ceilings.by_rank()),
    }


def _household_lines(user: Cadre, village: Village) -> list[dict[str, Any]]:
    """Return every registered household of the village with who has it today; two queries."""
    holders: dict[int, list[str]] = defaultdict(list)
    current = HouseholdPairing.objects.current().filter(household__village=village).select_related("cadre")
    for pairing in current.order_by("started_on", "pk"):
        holders[pairing.household_id].append(f"{pairing.cadre}（{pairing.get_kind_display()}）")
    households: Any = Household.objects.visible_to(user).registered().filter(village=village).with_head()
    return [
        {
            "pk": household.pk,
            "name": household.head_name or NO_HEAD,
            "no": household.no.removeprefix(f"{village.code}-"),
            "group": household.group,
            "size": household.size,
            "cause": household.get_main_cause_display(),
            "tags": split_words(household.tags),
            "holders": holders[household.pk],
        }
        for household in households
    ]


SORTS: dict[str, tuple[str, Callable[[dict[str, Any]], Any]]] = {
    "no": ("编号", lambda line: (len(line["no"]), line["no"])),
    "group": ("组", lambda line: (*group_order(line["group"]), len(line["no"]), line["no"])),
    "size": ("人口", lambda line: (line["size"], line["no"])),
    "cause": ("致贫原因", lambda line: (line["cause"], line["no"])),
}


def _headings(view: View) -> list[dict[str, str]]:
    """Return the sortable headings: where each leads, and how it sorts now."""
    found = []
    for name, (label, _) in SORTS.items():
        current = view.sort.lstrip("-") == name
        down = view.sort.startswith("-")
        aria = ("descending" if down else "ascending") if current else ""
        turned = f"-{name}" if current and not down else name
        css = {"size": "num", "no": "d-none d-md-table-cell"}.get(name, "")
        found.append({"label": label, "url": view.url(sort=turned), "aria": aria, "css": css})
    return found


def group_order(group: str) -> tuple[int, str]:
    """Group by their number, however it is written: 二组 before 十组 before 11组, unnumbered ones last."""
    found = re.search(r"\d+|[零一二三四五六七八九十]+", group)
    if not found:
        return (1000, group)
    text = found[0]
    if text.isdecimal():
        return (int(text[:9]), group)
    tens, ten, ones = text.rpartition("十")
    value = (CHINESE_DIGITS.get(tens, 1) * 10 if ten else 0) + CHINESE_DIGITS.get(ones[:1], 0)
    return (value, group)


def _cadres(user: Cadre, view: View, units: list[int], chosen: int) -> list[Any]:
    """Return the cadres to choose from with how many households each has (`load`); the chosen one is among them."""
    found = pairable_cadres(user).select_related("unit")
    fitting = found if view.cadres or not user.is_office else found.filter(unit__in=units)
    if view.q:
        fitting = fitting.filter(
            by_name(view.q) | by_name(view.q, "unit__") | Q(phone=view.q) | Q(staff_no=view.q)
        )
    keys = fitting.values("pk")
    load = count_of(HouseholdPairing.objects.current(), "cadre", what="household")
    counted = found.filter(Q(pk__in=keys) | Q(pk=chosen)).annotate(load=load)
    return list(counted.order_by("unit__code", "unit", "staff_no", "pk")[: MOST_CADRES + 1])


def _cadre_line(cadre: Any, ceilings: Ceilings, units: Sequence[int]) -> dict[str, Any]:
    most = ceilings.of(cadre.rank, cadre.unit_id)
    left = None if most is None else most - cadre.load
    return {
        "cadre": cadre,
        "most": most,
        "left": left,
        "full": left is not None and left <= 0,
        "words": _room(left),
        "away": "" if cadre.unit_id in units else str(cadre.unit),
    }


def _room(left: int | None) -> str:
    if left is None:
        return ""
    if left == 0:
        return "已满"
    return f"还能联 {left} 户" if left > 0 else f"超 {-left} 户"


def _typed_date(form: PairForm) -> str:
    """Return a date in the format of a date input; any other text stays."""
    given = (
        form.cleaned_data.get("started_on")
        if form.is_bound
        else form.get_initial_for_field(form.fields["started_on"], "started_on")
    )
    return given.isoformat() if given else str(form["started_on"].value() or "")


def _no_cadres(user: Cadre, view: View, units: Sequence[Unit]) -> str:
    """Return why there is no cadre to choose."""
    if view.q:
        return f"没有找到“{view.q}”。"
    if user.is_office and not view.cadres:
        return "联村单位还没有在岗的干部。" if units else "还没有单位联这个村。"
    return "还没有在岗的干部。"


def _scopes(user: Cadre, view: View) -> list[tuple[str, str, bool]]:
    """Return the scopes: 联村单位 or all visible units; a leader has only the cadres of their unit."""
    if not user.is_office:
        return []
    return [
        ("联村单位", view.url(cadres="", people="", q=""), not view.cadres),
        (EVERYONE, view.url(cadres="all", people="", q=""), bool(view.cadres)),
    ]


def _first(rows: Sequence[Any], asked: str, keep: Callable[[Any], bool]) -> list[Any]:
    """Return the first LINES rows and those to keep, or all if asked or if few would be hidden."""
    if asked or len(rows) <= LINES + 4:
        return list(rows)
    return [row for at, row in enumerate(rows) if at < LINES or keep(row)]
