"""A problem and help recorded on the screen of a visit."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction

from core.forms import AmountField
from units.models import Cadre
from villages.models import FundSource
from visits.assistance.rules import GivenHelp, Worth, record_assistance, split
from visits.choices import AssistanceKind, Category
from visits.fields import TAPPED, PlainText
from visits.models import Visit
from visits.problems.rules import RaisedProblem, raise_problem
from visits.visits.outing import Outing
from visits.visits.rules import record_outing

NONE = ("", "没有")
HELP = "help_"
MONEY = ("cash", "goods_value")


def area(label: str, most: int) -> PlainText:
    widget = forms.Textarea(attrs={"rows": 2, "class": "form-control"})
    return PlainText(label=label, max_length=most, required=False, widget=widget)


def line(label: str, most: int) -> PlainText:
    return PlainText(
        label=label,
        max_length=most,
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )


def whose(label: str, all_of_them: str) -> forms.TypedChoiceField:
    """Return a field for one of the ticked households, when not all are meant."""
    return forms.TypedChoiceField(
        label=label,
        required=False,
        choices=[("", all_of_them)],
        coerce=int,
        empty_value=None,
        widget=forms.Select({"class": "form-select"}),
        error_messages={"invalid_choice": "这一户不在上面，请重新选。"},
    )


def amount(label: str, **given: Any) -> AmountField:
    field = AmountField(label=label, **given)
    field.widget.attrs["class"] = "form-control"
    return field


class AlongForm(forms.Form):
    """The problem and the help; both are left out unless a kind is tapped."""

    problem_category = forms.ChoiceField(
        label="什么困难",
        required=False,
        choices=[NONE, *Category.choices],
        widget=forms.RadioSelect(TAPPED),
        initial="",
    )
    problem_text = area("说说情况", 1000)
    help_kind = forms.ChoiceField(
        label="帮了什么",
        required=False,
        choices=[NONE, *AssistanceKind.choices],
        widget=forms.RadioSelect(TAPPED),
        initial="",
    )
    help_content = line("做了什么", 300)
    help_source = forms.ChoiceField(
        label="钱物从哪里来",
        required=False,
        choices=FundSource.choices,
        widget=forms.RadioSelect(TAPPED),
        initial=FundSource.UNIT,
        help_text="自己掏的点个人",
    )
    help_cash = amount("现金")
    help_goods = line("物资名称", 40)
    help_quantity = amount("数量", unit="", digits=10)
    help_goods_unit = line("单位，如 袋、株", 10)
    help_goods_value = amount("物资折款")
    problem_household = whose("是哪一户的", "勾选的每户各登记一件")
    help_household = whose("给了哪一户", "平分到勾选的各户")

    def __init__(self, *args: Any, offered: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        """`offered` are key and words of the households of the screen."""
        super().__init__(*args, **kwargs)
        for name in ("problem_household", "help_household"):
            field: Any = self.fields[name]
            field.choices = [*field.choices, *offered]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("problem_text") and not data.get("problem_category"):
            self.add_error("problem_category", "写了困难，请点一下是哪一类。")
        if (
            data.get("problem_category")
            and not data.get("problem_text")
            and "problem_text" not in self.errors
        ):
            self.add_error("problem_text", "点了困难，请写几个字说说情况。")
        beside = {"help_kind", "help_household", "help_source"}
        given = [name for name in data if name.startswith(HELP) and name not in beside and data[name]]
        if given and not data.get("help_kind"):
            self.add_error("help_kind", "写了帮扶，请点一下是哪一种。")
        if data.get("help_kind") and not data.get("help_content") and "help_content" not in self.errors:
            self.add_error("help_content", "点了帮扶，请写几个字：做了什么。")
        return data

    def refuse(self, problems: Mapping[str, Sequence[str]]) -> None:
        """Put the errors of the recording functions beside the fields of this form."""
        for name, sentences in problems.items():
            field = next((known for known in (name, f"{HELP}{name}") if known in self.fields), None)
            self.add_error(field, list(sentences))

    @property
    def has_problem(self) -> bool:
        return bool(self.cleaned_data.get("problem_category"))

    @property
    def has_help(self) -> bool:
        return bool(self.cleaned_data.get("help_kind"))

    def given(self) -> dict[str, Any]:
        """Return the help as keywords of GivenHelp, without recipient and day."""
        data = self.cleaned_data
        worth = {
            name: data[HELP + name] for name in ("cash", "quantity", "goods_value") if data.get(HELP + name)
        }
        names = ("kind", "content", "goods", "goods_unit")
        return {
            **{name: data[HELP + name] for name in names},
            "source": data["help_source"] or FundSource.UNIT,
            "whole": Worth(**worth),
        }

    def parts(self, households: Sequence[int]) -> dict[int, Worth]:
        """Return the share of each ticked household, by key."""
        chosen = self.cleaned_data.get("help_household")
        keys = [key for key in households if chosen in {None, key}]
        return dict(zip(keys, split(self.given()["whole"], len(keys)), strict=True)) if keys else {}


class AlongError(Exception):
    """Errors of the problem or the help, {field of the help: sentences}."""

    def __init__(self, problems: Mapping[str, Sequence[str]]) -> None:
        super().__init__("顺手记的有不对的")
        self.problems = problems


@transaction.atomic
def record_screen(outing: Outing, along: AlongForm) -> list[Visit]:
    """Record the visits of one form with problem and help, all or nothing; a form sent twice is recorded
    once.

    A problem is registered for each household of the outing and help is split among them, or both are those
    of the chosen household. Raises what `record_outing` raises, and AlongError.
    """
    visits = record_outing(outing)
    first: dict[int | None, Visit] = {}
    for visit in visits:
        first.setdefault(visit.household_id, visit)
    try:
        if along.has_problem:
            _raise_problems(_chosen(first, along, "problem_household"), along.cleaned_data, outing)
        if along.has_help:
            _assist(_chosen(first, along, "help_household"), along, outing)
    except ValidationError as error:
        raise AlongError(error.message_dict) from error
    return visits


def _chosen(first: Mapping[int | None, Visit], along: AlongForm, name: str) -> list[Visit]:
    """Return the first visit to the chosen household, else to each."""
    key = along.cleaned_data.get(name)
    if key is None:
        return list(first.values())
    if key not in first:
        raise ValidationError({name: ["这一户上面没有勾选，请勾上，或者改选。"]})
    return [first[key]]


def _raise_problems(visits: Sequence[Visit], data: Mapping[str, Any], outing: Outing) -> None:
    for visit in visits:
        raise_problem(
            RaisedProblem(
                ref=_ref(outing.ref, f"problem:{visit.household_id or ''}"),
                author=outing.author,
                cadre=outing.cadre,
                category=data["problem_category"],
                description=data["problem_text"],
                raised_on=visit.visited_on,
                household=visit.household,
                village=visit.village,
                visit=visit,
            )
        )


def _assist(visits: Sequence[Visit], along: AlongForm, outing: Outing) -> None:
    cadre: Cadre = outing.cadre
    record_assistance(
        GivenHelp(
            ref=_ref(outing.ref, "help"),
            author=outing.author,
            cadre=cadre,
            given_on=visits[0].visited_on,
            households=[visit.household for visit in visits if visit.household],
            village=None if visits[0].household else visits[0].village,
            visit=visits[0],
            **along.given(),
        )
    )


def _ref(ref: UUID, what: str) -> UUID:
    """Return a ref that is always the same for the same form."""
    return uuid5(ref, what)
