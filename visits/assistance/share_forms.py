"""Forms of amounts: for all together, for each ticked household, and their correction."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict

from core.forms import AmountField, ChineseDateField, CountField, key_of, limit
from core.labels import label_of
from households.choices import Status
from households.models import Household
from units.models import Cadre, today
from villages.models import FundSource
from visits.assistance.rules import Worth, shares_of, together, worth_of
from visits.fields import TAPPED, TICKED, HouseholdChoices, PlainText
from visits.models import Assistance

CORRECTED = ("given_on", "source", "goods", "goods_unit")
"""Columns of an item that are corrected beside amounts and shares."""


def plain(amount: Decimal | int) -> str:
    """Return an amount as it would be typed; nothing for 0."""
    return f"{Decimal(amount).normalize():f}" if amount else ""


class WorthForm(forms.Form):
    """Amounts for all together, or for one household."""

    cash = AmountField(label=label_of(Assistance, "cash"), help_text="元")
    quantity = AmountField(label=label_of(Assistance, "quantity"), unit="", digits=10)
    goods_value = AmountField(label=label_of(Assistance, "goods_value"), help_text="元")
    loan = AmountField(label=label_of(Assistance, "loan"), help_text="元")
    people = CountField(label=label_of(Assistance, "people"), unit="人次", help_text="人次")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in Worth._fields:
            self.fields[name].widget.attrs["class"] = "form-control"

    def typed(self) -> Mapping[str, Any]:
        """Return the raw content of the fields, also before the form is submitted."""
        return {name: self[name].value() for name in Worth._fields}

    def worth(self) -> Worth:
        """Return the amounts as far as they are understood."""
        return Worth(**{name: self.cleaned_data[name] for name in Worth._fields if name in self.cleaned_data})


class PartsForm(WorthForm):
    """The whole amounts, the ticked households, and the share of each."""

    households = HouseholdChoices(
        label="给了哪几户",
        queryset=Household.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple(TICKED),
        error_messages={
            "invalid_choice": "勾选的户里，有不归您管的，已经去掉，请看一看再保存。",
        },
    )

    @property
    def typed_parts(self) -> Mapping[str, Any]:
        """Return the data of the shares: submitted, or typed so far on a page that continues."""
        raise NotImplementedError

    def fresh_parts(self) -> Sequence[Worth]:
        """Return the initial shares, in the order of `ticked`."""
        raise NotImplementedError

    @cached_property
    def ticked(self) -> list[Any]:
        """Return the households ticked as the page stands, with head_name."""
        keys = {str(key) for key in self["households"].value() or []}
        offered: QuerySet[Any] = getattr(self.fields["households"], "queryset")  # noqa: B009
        return [household for household in offered if str(household.pk) in keys]

    @cached_property
    def parts(self) -> list[tuple[Household, WorthForm]]:
        """Return each ticked household with the form of its share."""
        typed = self.typed_parts
        return [
            (
                household,
                WorthForm(
                    typed if any(name.startswith(f"share-{household.pk}-") for name in typed) else None,
                    prefix=f"share-{household.pk}",
                    initial={name: plain(amount) for name, amount in part._asdict().items()},
                ),
            )
            for household, part in zip(self.ticked, self.fresh_parts(), strict=True)
        ]

    def typed_worth(self) -> Worth:
        """Return the whole amounts as far as they are understood, also before the form is submitted."""
        figures = WorthForm(self.typed())
        figures.is_valid()
        return figures.worth()

    def shown_figures(self) -> list[str]:
        """Return which amounts the shares show: those typed anywhere, else all."""
        rows = [self.typed(), *(part.typed() for _, part in self.parts)]
        named = [name for name in Worth._fields if any(row[name] for row in rows)]
        return named or list(Worth._fields)

    def own_parts(self, households: list[Household]) -> list[Worth]:
        """Return the typed shares, in the order of `households`."""
        of_household = {household.pk: form for household, form in self.parts}
        beside = "way" if "way" in self.fields else None
        forms_ = [of_household[household.pk] for household in households]
        if not households:
            self.add_error("households", "各户不一样的，请先勾选给了哪几户。")
        elif not all(form.is_bound for form in forms_):
            self.add_error(beside, "请在下面填各户各得多少。")
        elif not all(form.is_valid() for form in forms_):
            self.add_error(beside, "各户的数里有填错的，见下面。")
        else:
            parts = [form.worth() for form in forms_]
            self._check_whole(parts)
            return parts
        return []

    def _check_whole(self, parts: list[Worth]) -> None:
        """Require that a whole typed as well equals the sum of the shares."""
        for name, whole, summed in zip(Worth._fields, self.worth(), together(parts), strict=True):
            if whole and whole != summed:
                self.add_error(name, f"各户加起来是 {summed}，和这里的总数 {whole} 对不上，请改一处。")


class SharesForm(PartsForm):
    """Correct date and source of an item, its amounts, and the share of each household.

    It offers the item's households, and those of its village on which the user may record for its cadre.
    `typed` is the content of a page that continues.
    """

    given_on = ChineseDateField(label=label_of(Assistance, "given_on"))
    source = forms.ChoiceField(
        label=label_of(Assistance, "source"),
        choices=FundSource.choices,
        widget=forms.RadioSelect(TAPPED),
        error_messages={"required": "请选钱物从哪里来。"},
    )
    goods = PlainText(label=label_of(Assistance, "goods"), max_length=40, required=False)
    goods_unit = PlainText(label=label_of(Assistance, "goods_unit"), max_length=10, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)
    by_hand = True

    def __init__(
        self, data: Any = None, *, user: Cadre, item: Assistance, typed: QueryDict | None = None
    ) -> None:
        self.stored = shares_of(item)
        self.typed_page = typed
        initial: dict[str, Any] = {name: plain(amount) for name, amount in worth_of(item)._asdict().items()}
        for name in (*CORRECTED, "version"):
            initial[name] = getattr(item, name)
        initial["households"] = list(self.stored)
        if typed:
            initial = {name: typed.get(name, "") for name in self.base_fields}
            initial["households"] = typed.getlist("households")
        super().__init__(data, initial=initial)
        for name in ("given_on", "goods", "goods_unit"):
            self.fields[name].widget.attrs["class"] = "form-control"
        self.fields["given_on"].widget.attrs["max"] = today().isoformat()
        limit(self, "households", _may_get(user, item, self.stored))

    @property
    def typed_parts(self) -> Mapping[str, Any]:
        return self.data if self.is_bound else self.typed_page or {}

    def fresh_parts(self) -> Sequence[Worth]:
        """Return the present shares; a household that is added has none."""
        return [self.stored.get(household.pk, Worth()) for household in self.ticked]

    def clean_version(self) -> int:
        """Accept the stored version that the button 用我填的 confirms."""
        version: int = self.cleaned_data["version"]
        return key_of(self.data.get("overwrite", "")) or version

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        households = list(data.get("households") or [])
        data["own"] = self.own_parts(households) if households else []
        return data

    def correction(self) -> dict[str, Any]:
        """Return a valid form as the keywords of `correct`."""
        data = self.cleaned_data
        names = ("version", "own", *CORRECTED)
        return {
            **{name: data[name] for name in names},
            "whole": self.worth(),
            "households": list(data["households"]),
        }


def _may_get(user: Cadre, item: Assistance, now: Iterable[int]) -> QuerySet[Any]:
    seen = Household.objects.visible_to(user)
    if Cadre.objects.colleagues_of(user).filter(pk=item.cadre_id).exists():
        seen |= Household.objects.open_to(user, item.cadre)
    here = Q(pk__in=seen.values("pk"), village=item.village_id, status=Status.OPEN)
    rows = Household.objects.filter(here | Q(pk__in=list(now))).with_head()
    found: QuerySet[Any] = rows.select_related("village__division").order_by("no")
    return found
