"""调动: the page that moves a cadre to another unit or rank from a day on, after showing what follows."""

from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core.confirming import require_password
from core.forms import ChineseDateField, LongSelect, RowsField, limit
from core.labels import label_of
from core.lists import count_of
from core.records import StaleRecord
from households.models import HouseholdPairing
from households.pairing import pairable_cadres
from registers.pairings.forms import CadreChoice
from units.access import get_editable, manager_required, user_of
from units.models import Cadre, Posting, Unit, today
from units.roles import Rank
from villages.models import VillagePairing
from visits.duty.rules import unit_duties
from visits.indicators import ENTERED_TIMES
from visits.models import Problem, Visit
from visits.problems.problem_handover import handover_sentences
from visits.transfers.rules import Transfer, transfer


class PairingChoices(RowsField):
    def label_from_instance(self, obj: Any) -> str:
        household = obj.household
        name = obj.head_name or household.no
        return f"{name}，{household.village}{household.group}，{obj.get_kind_display()}"


class TransferForm(forms.Form):
    """New unit and rank, the first day, and the pairings that stay with the old unit."""

    unit = forms.ModelChoiceField(label="调到哪个单位", queryset=Unit.objects.none(), widget=LongSelect)
    rank = forms.ChoiceField(label=label_of(Cadre, "rank"), choices=Rank.choices)
    on = ChineseDateField(label="调动日期", help_text="从这天起算新单位的；已经调走一段时间的，填当时的日期")
    handed = PairingChoices(
        label="交出的联户",
        queryset=HouseholdPairing.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "form-check-input"}),
        help_text="勾选的到调动那天结束；不勾的随他转到新单位",
        error_messages={"invalid_choice": "勾选的里面有刚刚结束的联户，请再看一看。"},
    )
    to = CadreChoice(
        label="交给谁",
        widget=LongSelect,
        queryset=Cadre.objects.none(),
        required=False,
        empty_label="先不交，成为未结对户",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: Cadre, cadre: Cadre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Unit.objects.filter(pk=cadre.unit_id)
        moving = user.is_office and user != cadre
        limit(self, "unit", Unit.objects.editable_by(user).filter(closed_on=None) | own if moving else own)
        rows: Any = HouseholdPairing.objects.current().filter(cadre=cadre).with_head()
        limit(self, "handed", rows.select_related("household__village", "cadre").order_by("household__no"))
        load = count_of(HouseholdPairing.objects.current(), "cadre", what="household")
        heirs = pairable_cadres(user).filter(unit=cadre.unit_id).exclude(pk=cadre.pk)
        limit(self, "to", heirs.annotate(load=load).order_by("pinyin", "pk"))


class UnitFigures(NamedTuple):
    """A unit's figures of the year before and after the transfer: (label, before, after)."""

    unit: Unit
    rows: list[tuple[str, str, str]]


@manager_required
def transfer_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a transfer moves, keeps and ends; the second button of the page carries it out."""
    user = user_of(request)
    cadre: Cadre = get_editable(Cadre.objects.select_related("unit"), user, pk=pk)
    form = TransferForm(request.POST or None, user=user, cadre=cadre, initial=_initial(request, cadre))
    shown: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        cadre.version = form.cleaned_data["version"]
        carry_out = "do" in request.POST
        if carry_out and form.cleaned_data["unit"].pk != cadre.unit_id:
            require_password(request)
        shown = _carry_out(form, cadre, user, keep=carry_out)
        if shown and carry_out:
            messages.success(request, f"{cadre}的调动已办。{''.join(shown['lines'])}")
            return redirect("cadre", pk=pk)
    return render(
        request,
        "registers/transfer.html",
        {
            "page": {"title": f"{cadre}调动", "facts": f"现在：{cadre.unit}，{cadre.get_rank_display()}"},
            "postings": Posting.objects.filter(cadre=pk).select_related("unit").order_by("started_on"),
            "form": form,
            "shown": shown,
            "leads": cadre.is_leader,
            "back": reverse("cadre", args=[pk]),
        },
    )


def _initial(request: HttpRequest, cadre: Cadre) -> dict[str, Any]:
    """Return the initial values: unit and rank from the cadre's form; households in villages that the new
    unit does not have are handed over.
    """
    rank = request.GET.get("rank", "")
    unit = request.GET.get("unit", "")
    pairings = HouseholdPairing.objects.current().filter(cadre=cadre)
    handed: list[int] = []
    if unit.isdecimal() and len(unit) < 18 and int(unit) != cadre.unit_id:
        villages = VillagePairing.objects.current().filter(unit=int(unit)).values("village")
        handed = list(pairings.exclude(household__village__in=villages).values_list("pk", flat=True))
    return {
        "unit": unit if unit.isdecimal() else cadre.unit_id,
        "rank": rank if rank in Rank.values else cadre.rank,
        "on": today(),
        "handed": handed,
        "version": cadre.version,
    }


def _carry_out(form: TransferForm, cadre: Cadre, user: Cadre, *, keep: bool) -> dict[str, Any]:
    """Carry the transfer out and return its results; without `keep` roll it back, so that the preview shows
    exactly what would happen.
    """
    data = form.cleaned_data
    year = data["on"].year
    units = list(dict.fromkeys([cadre.unit, data["unit"]]))
    was = (cadre.unit, cadre.rank)
    try:
        with transaction.atomic():
            before = _figures(units, year)
            done = transfer(
                cadre,
                unit=data["unit"],
                rank=data["rank"],
                on=data["on"],
                by=user,
                handed=list(data["handed"]),
                to=data["to"],
            )
            after = _figures(units, year)
            transaction.set_rollback(not keep)
    except ValidationError as error:
        cadre.unit, cadre.rank = was
        for name, sentences in error.message_dict.items():
            form.add_error(name if name in form.fields else None, sentences)
        return {}
    except StaleRecord:
        cadre.unit, cadre.rank = was
        form.add_error(None, "打开以后有人改过这名干部或他的联户，没有办理。请重新打开再办。")
        return {}
    lines = _lines(done, cadre, data["to"])
    if not keep:
        cadre.unit, cadre.rank = was
    figures = [
        UnitFigures(
            unit, [(label, old, after[unit.pk].get(label, "")) for label, old in before[unit.pk].items()]
        )
        for unit in units
    ]
    return {"lines": lines, "year": year, "figures": figures, "on": data["on"]}


def _lines(done: Transfer, cadre: Cadre, to: Cadre | None) -> list[str]:
    """Return what moves, ends and stays, one sentence each."""
    moved = "、".join(f"{name} {count} 条" for name, count in done.moved.items() if count)
    going = [one.problem.pk for one in done.passed]
    elsewhere = Problem.objects.pending().filter(owner=cadre).exclude(pk__in=going).count()
    return [
        f"那天以后记的{moved}，改记到新单位、新级别。" if moved else "那天以后没有记过什么。",
        *([f"{done.along} 条联户随他转。"] if done.along else []),
        *([f"{done.handed} 条联户到那天结束，{f'交给{to}' if to else '先不交'}。"] if done.handed else []),
        *handover_sentences(done.passed),
        *([f"另有 {elsewhere} 件诉求还由他跟办。"] if elsewhere else []),
        "那天以前的都留在原单位，不动。",
    ]


def _figures(units: list[Unit], year: int) -> dict[int, dict[str, str]]:
    """Return the figures of a year by unit: 入户户次, and done of needed for each requirement."""
    keys = [unit.pk for unit in units]
    in_year = Visit.objects.filter(visited_on__year=year)
    entered = {pk: ENTERED_TIMES.by(in_year.of_unit(pk), "unit").get(pk, 0) for pk in keys}
    duties = unit_duties(Unit.objects.filter(pk__in=keys), year=year, on=today())
    return {
        pk: {
            ENTERED_TIMES.label: str(entered[pk]),
            **{duty.label: f"{duty.done}（要求 {duty.needed}）" for duty in duties.get(pk, ())},
        }
        for pk in keys
    }
