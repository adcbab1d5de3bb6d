"""Forms of pairing and ending pairings."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core import cells
from core.forms import ChineseDateField, LongSelect, OpenTextField, RowsField, limit
from core.labels import label_of
from core.lists import count_of
from core.places import COUNTY, under
from households.choices import PairingKind
from households.models import Household, HouseholdPairing
from households.pairing import pairable_cadres
from units.models import Cadre, Unit, today
from villages.choices import TYPED, village_label
from villages.models import Village, VillagePairing


class CadreChoice(forms.ModelChoiceField[Cadre]):
    """Cadres with their rank and how many households each has (`load`)."""

    def label_from_instance(self, cadre: Any) -> str:
        return f"{cadre}（{cadre.get_rank_display()}，已联 {cadre.load} 户）"


class PairForm(forms.Form):
    """The board: ticked households and one cadre."""

    households = RowsField(
        label="户",
        queryset=Household.objects.none(),
        error_messages={
            "required": "先勾选户。",
            "invalid_choice": "里面有不归您管的户，或者已经不在册，请重新勾选。",
        },
    )
    cadre = forms.ModelChoiceField(
        label=label_of(HouseholdPairing, "cadre"),
        queryset=Cadre.objects.none(),
        error_messages={
            "required": "选一名干部。",
            "invalid_choice": "这名干部不归您管，或者已经离岗，请重新选。",
        },
    )
    kind = forms.ChoiceField(
        label=label_of(HouseholdPairing, "kind"),
        choices=PairingKind.choices,
        initial=PairingKind.HELP,
        error_messages={"invalid_choice": "结对方式只有联系和帮扶。"},
    )
    started_on = ChineseDateField(label=label_of(HouseholdPairing, "started_on"))

    def __init__(self, *args: Any, user: Cadre, village: Village, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = Household.objects.visible_to(user).registered().filter(village=village)
        limit(self, "households", here.select_related("village"))
        limit(self, "cadre", pairable_cadres(user).select_related("unit"))
        self.fields["started_on"].initial = today()


class EndForm(forms.Form):
    """The end of pairings, with a successor of the same unit, one of another, or none."""

    on = ChineseDateField(label="结束日期")
    reason = OpenTextField(
        label="结束原因",
        max_length=100,
        help_text="如：调离、退休、换人、户已迁出、结对有误",
        error_messages={"required": "写明为什么结束。"},
    )
    to = CadreChoice(
        label="交给谁",
        widget=LongSelect,
        queryset=Cadre.objects.none(),
        required=False,
        empty_label="先不交，成为未结对户",
        error_messages={"invalid_choice": "这名干部不能接：不归您管，或者已经离岗。"},
    )
    other = forms.CharField(
        label="交给别的单位的干部",
        max_length=40,
        required=False,
        help_text="上面没有时填：姓名、手机号或工号",
    )

    def __init__(self, *args: Any, user: Cadre, pairings: Sequence[HouseholdPairing], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        leaving = {pairing.cadre_id for pairing in pairings}
        colleagues = pairable_cadres(user).filter(unit__in={pairing.cadre.unit_id for pairing in pairings})
        load = count_of(HouseholdPairing.objects.current(), "cadre", what="household")
        limit(self, "to", colleagues.exclude(pk__in=leaving).annotate(load=load).order_by("pinyin", "pk"))
        self.fields["on"].initial = today()
        if not user.is_office:
            del self.fields["other"]

    def clean_other(self) -> Cadre | None:
        text: str = self.cleaned_data["other"].strip()
        return the_cadre(pairable_cadres(self.user), text) if text else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("to") and data.get("other"):
            raise ValidationError({"other": "接手的人只能有一个：上面已经选了，这里就空着。"})
        return data

    @property
    def successor(self) -> Cadre | None:
        found: Cadre | None = self.cleaned_data.get("to") or self.cleaned_data.get("other")
        return found


def the_cadre(cadres: Any, text: str) -> Cadre:
    """Return the one cadre with a name, phone or staff number; an ambiguous name is an error."""
    found: list[Cadre] = []
    for field in ("phone", "staff_no", "name"):
        found = found or list(cadres.filter(**{field: text}).select_related("unit")[:4])
    if not found:
        raise ValidationError(f"没有找到在岗的“{text}”，写全姓名，或者写手机号、工号。")
    if len(found) > 1:
        units = "、".join(str(cadre.unit) for cadre in found[:3])
        raise ValidationError(f"叫“{text}”的不止一人（{units}），请写手机号或工号。")
    return found[0]


class VillagePairForm(forms.Form):
    """Pair a unit with a village. An office above a county chooses villages of one `town` at a time."""

    unit = forms.ModelChoiceField(
        label=label_of(VillagePairing, "unit"),
        queryset=Unit.objects.none(),
        widget=LongSelect,
        required=False,
        empty_label="选单位",
        error_messages={"invalid_choice": "这个单位不归您管，或者已经撤并。"},
    )
    other = forms.CharField(
        label="省直、市直单位", max_length=60, required=False, help_text="前面没有时，填单位全称"
    )
    village = forms.ModelChoiceField(
        label=label_of(VillagePairing, "village"),
        queryset=Village.objects.none(),
        widget=LongSelect(TYPED),
        error_messages={"required": "选一个村。", "invalid_choice": "这个村不归您管，或者已经撤并。"},
    )
    started_on = ChineseDateField(label=label_of(VillagePairing, "started_on"))

    def __init__(self, *args: Any, user: Cadre, town: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        limit(self, "unit", Unit.objects.visible_to(user).filter(closed_on=None))
        villages = Village.objects.editable_by(user).current()
        limit(self, "village", villages)
        self.fields["started_on"].initial = today()
        offered = villages.filter(under(town)) if town else villages
        if not town and len(user.place) < COUNTY:
            offered = villages.none()
            self.fields["village"].help_text = "先在下面按乡镇筛选，这里再选村"
        field = self.fields["village"]
        assert isinstance(field, forms.ModelChoiceField)
        field.choices = _by_town(offered.select_related("division"))

    def clean_other(self) -> Unit | None:
        """Find a unit above the office's place by its full name only: the office may not list them."""
        name = cells.clean_text(self.cleaned_data["other"])
        if not name:
            return None
        found = Unit.objects.nameable_by(self.user).filter(closed_on=None, name=name).first()
        if found is None:
            raise ValidationError(f"没有找到“{name}”，请照单位全称填；本县的单位先登记。")
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.errors.keys() & {"unit", "other"}:
            return data
        if data.get("unit") and data.get("other"):
            raise ValidationError({"other": "单位只能有一个：前面已经选了，这里就空着。"})
        if not data.get("unit") and not data.get("other"):
            raise ValidationError({"unit": "选一个单位。"})
        return data

    @property
    def chosen(self) -> Unit:
        found: Unit = self.cleaned_data["unit"] or self.cleaned_data["other"]
        return found


class EndVillageForm(forms.Form):
    """The end of a unit's pairing with a village."""

    on = ChineseDateField(label="结束日期")
    reason = OpenTextField(label="结束原因", max_length=100, error_messages={"required": "写明为什么结束。"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today()


def _by_town(villages: Iterable[Village]) -> list[Any]:
    """Return villages grouped by town."""
    towns: dict[str, list[tuple[int, str]]] = {}
    for village in villages:
        towns.setdefault(str(village.division), []).append((village.pk, village_label(village)))
    return [("", "选村"), *towns.items()]
