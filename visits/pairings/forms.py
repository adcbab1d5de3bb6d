"""Forms of pairing: who with whom from when, and when and why it ends."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.forms import ChineseDateField, limit
from households.choices import PairingKind
from households.models import Household
from units.models import Cadre, Unit, today
from villages.models import Village


def assignable(user: Cadre) -> Any:
    """Whom the user may pair: an office everyone it sees, a leader the own unit."""
    return Cadre.objects.visible_to(user).current().exclude(role="viewer")


class PairForm(forms.Form):
    """The board: ticked households and one cadre."""

    households = forms.ModelMultipleChoiceField(
        label="户", queryset=Household.objects.none(), error_messages={"required": "请先勾选户。"}
    )
    cadre = forms.ModelChoiceField(
        label="干部", queryset=Cadre.objects.none(), error_messages={"required": "请选一名干部。"}
    )
    kind = forms.ChoiceField(label="方式", choices=PairingKind.choices, initial=PairingKind.HELP)
    started_on = ChineseDateField(label="从")

    def __init__(self, *args: Any, user: Cadre, village: Village, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_here = Household.objects.visible_to(user).registered().filter(village=village)
        limit(self, "households", open_here.select_related("village"))
        limit(self, "cadre", assignable(user).select_related("unit"))
        self.fields["started_on"].initial = today()

    def clean_started_on(self) -> Any:
        return not_in_future(self.cleaned_data["started_on"])


class EndForm(forms.Form):
    """Ending pairings, with a successor or none."""

    on = ChineseDateField(label="哪天结束")
    reason = forms.CharField(label="为什么", max_length=100, help_text="如：调离、退休、户已迁出")
    to = forms.ModelChoiceField(
        label="交给谁", queryset=Cadre.objects.none(), required=False, help_text="不选就成了未结对户"
    )

    def __init__(self, *args: Any, user: Cadre, leaving: Cadre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = assignable(user).filter(unit=leaving.unit).exclude(pk=leaving.pk)
        limit(self, "to", others.order_by("pinyin"))
        self.fields["on"].initial = today()

    def clean_on(self) -> Any:
        return not_in_future(self.cleaned_data["on"])


class VillagePairForm(forms.Form):
    unit = forms.ModelChoiceField(label="单位", queryset=Unit.objects.none())
    village = forms.ModelChoiceField(label="村", queryset=Village.objects.none())
    started_on = ChineseDateField(label="从")

    def __init__(self, *args: Any, user: Cadre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit(self, "unit", Unit.objects.visible_to(user).filter(closed_on=None))
        limit(self, "village", Village.objects.editable_by(user).current().select_related("division"))
        self.fields["started_on"].initial = today()

    def clean_started_on(self) -> Any:
        return not_in_future(self.cleaned_data["started_on"])


class EndVillageForm(forms.Form):
    on = ChineseDateField(label="哪天结束")
    reason = forms.CharField(label="为什么", max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today()

    def clean_on(self) -> Any:
        return not_in_future(self.cleaned_data["on"])


def not_in_future(day: Any) -> Any:
    if day > today():
        raise ValidationError("日期不能晚于今天。")
    return day
