"""Forms of help: recording an item with each household's share, and adding the result later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django import forms
from django.db import models
from django.db.models import Q, QuerySet

from core.forms import ChineseDateField, RecordForm, key_of, limit
from core.labels import label_of
from households.choices import Status
from households.models import Household, HouseholdPairing, head_or
from units.models import Cadre, today
from villages.choices import offer_villages
from villages.models import FundSource, Project, Village, VillagePairing
from visits.assistance.rules import GivenHelp, Worth, split
from visits.assistance.share_forms import PartsForm
from visits.choices import AssistanceKind
from visits.fields import TAPPED, ManyFilesInput, PhotosField, PlainText
from visits.idempotency import sent_ref
from visits.models import Assistance, Problem, Visit


class Way(models.TextChoices):
    """How typed amounts are meant when several households are helped."""

    WHOLE = "whole", "总数，平分"
    EACH = "each", "每户一样多"
    OWN = "own", "各户不一样"


class ProblemChoiceField(forms.ModelChoiceField[Problem]):
    def label_from_instance(self, obj: Any) -> str:
        return f"{head_or(obj, '本村')}：{obj.get_category_display()}，{obj.description[:30]}"


@dataclass(frozen=True)
class AssistanceStart:
    """What the page's address names, and the shares typed so far on a page that continues."""

    households: Sequence[Household] = ()
    problem: Problem | None = None
    visit: Visit | None = None
    project: Project | None = None
    parts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def problem_key(self) -> int | None:
        return self.problem.pk if self.problem else None

    @property
    def project_key(self) -> int | None:
        return self.project.pk if self.project else None

    @property
    def village(self) -> Village | None:
        """Return the village of the first named row that has one."""
        rows: list[Any] = [*self.households, self.problem, self.project, self.visit]
        return next((row.village for row in rows if row), None)


class AssistanceForm(PartsForm):
    """Help that the user gave, or records for a colleague (`giver`).

    It offers the households of a cadre, else those of the chosen village, and those that the page named.
    """

    ref = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=label_of(Assistance, "kind"),
        choices=AssistanceKind.choices,
        widget=forms.RadioSelect(TAPPED),
        error_messages={"required": "请选是哪一种帮扶。"},
    )
    content = PlainText(
        label=label_of(Assistance, "content"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写几个字：做了什么。"},
    )
    given_on = ChineseDateField(label=label_of(Assistance, "given_on"), initial=today)
    village = forms.ModelChoiceField(
        label="哪个村",
        queryset=Village.objects.none(),
        required=False,
        empty_label="没有选",
        error_messages={"invalid_choice": "这个村不归您管，请重新选。"},
    )
    way = forms.ChoiceField(
        label="填的数是", choices=Way.choices, initial=Way.WHOLE, widget=forms.RadioSelect(TAPPED)
    )
    goods = PlainText(label=label_of(Assistance, "goods"), max_length=40, required=False)
    goods_unit = PlainText(
        label=label_of(Assistance, "goods_unit"), max_length=10, required=False, help_text="如 株、袋、台"
    )
    source = forms.ChoiceField(
        label=label_of(Assistance, "source"),
        choices=FundSource.choices,
        initial=FundSource.UNIT,
        widget=forms.RadioSelect(TAPPED),
        error_messages={"required": "请选钱物从哪里来。"},
    )
    cadre = forms.ModelChoiceField(
        label=label_of(Assistance, "cadre"), queryset=Cadre.objects.none(), required=False, empty_label="本人"
    )
    problem = ProblemChoiceField(
        label=label_of(Assistance, "problem"),
        queryset=Problem.objects.none(),
        required=False,
        empty_label="没有选",
        error_messages={"invalid_choice": "这件诉求不在或者不归您管，请重新选。"},
    )
    project = forms.ModelChoiceField(
        label=label_of(Assistance, "project"),
        queryset=Project.objects.none(),
        required=False,
        empty_label="没有选",
        help_text="钱物算在项目资金里的才选；选了的，不再计入现金和物资的合计",
        error_messages={"invalid_choice": "这个项目不在或者不归您管，请重新选。"},
    )
    result = PlainText(label=label_of(Assistance, "result"), max_length=200, required=False)
    photos = PhotosField(label="收条、照片", required=False, widget=ManyFilesInput)

    def __init__(self, *args: Any, user: Cadre, giver: Cadre, asked: AssistanceStart, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.giver, self.asked = user, giver, asked
        self.fields["ref"].initial = uuid4()
        for name in ("content", "given_on", "goods", "goods_unit", "result"):
            self.fields[name].widget.attrs["class"] = "form-control"
        for name in ("village", "cadre", "problem", "project"):
            self.fields[name].widget.attrs["class"] = "form-select"
        self.fields["given_on"].widget.attrs["max"] = today().isoformat()
        self._offer_rows()

    def _offer_rows(self) -> None:
        """Offer the rows of the page's village, and those that led to the page."""
        user, village = self.user, key_of(str(self["village"].value() or ""))
        keys = [key_of(str(key)) for key in self["households"].value() or []]
        households = Household.objects.open_to(user, self.giver)
        if self.giver == user and (user.sees_place or user.is_leader):
            households = households.filter(Q(village=village, status=Status.OPEN) | Q(pk__in=keys))
        here = Q(village=village) | Q(village__in=households.values("village"))
        problems = Problem.objects.visible_to(user)
        wanted: dict[str, QuerySet[Any]] = {
            "households": households.with_head().select_related("village__division").order_by("no"),
            "problem": problems.filter(Q(pk__in=problems.open().filter(here)) | Q(pk=self.asked.problem_key))
            .with_head()
            .order_by("-raised_on", "-pk"),
            "project": Project.objects.visible_to(user).filter(here | Q(pk=self.asked.project_key)),
            "cadre": _givers(user, village, households),
        }
        offer_villages(self, Village.objects.visible_to(user).current())
        for name, rows in wanted.items():
            limit(self, name, rows)
        if self.giver != user or not (user.is_office or user.is_leader):
            del self.fields["cadre"]

    @property
    def for_other(self) -> bool:
        return self.giver != self.user

    def colleagues(self) -> QuerySet[Cadre]:
        """Return the colleagues for whom a cadre may continue the form; leaders choose in the form itself."""
        others = Cadre.objects.colleagues_of(self.user).exclude(pk=self.user.pk).order_by("pinyin", "pk")
        return others.none() if self.for_other or "cadre" in self.fields else others

    @property
    def typed_parts(self) -> Mapping[str, Any]:
        return self.data if self.is_bound else self.asked.parts

    def fresh_parts(self) -> Sequence[Worth]:
        """Return the shares of an equal split."""
        return split(self.typed_worth(), len(self.ticked)) if self.ticked else []

    def shown_parts(self) -> list[tuple[Household, Worth]]:
        """Return the share of each ticked household by the amounts on the page."""
        each = self["way"].value() == Way.EACH
        worth, count = self.typed_worth(), len(self.ticked)
        parts = [worth] * count if each else split(worth, count) if count else []
        return list(zip(self.ticked, parts, strict=True))

    @property
    def by_hand(self) -> bool:
        return bool(self["way"].value() == Way.OWN)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["whole"], data["own"] = self.worth(), None
        households = list(data.get("households") or [])
        if data.get("way") == Way.EACH and households:
            data["own"] = [data["whole"]] * len(households)
        elif data.get("way") == Way.OWN and "households" in data:
            data["own"] = self.own_parts(households)
        return data

    def shares(self) -> dict[int, Worth]:
        """Return the share of each household (by key) in a valid form."""
        data = self.cleaned_data
        households = list(data["households"])
        own = split(data["whole"], len(households)) if households and data["own"] is None else data["own"]
        return {household.pk: part for household, part in zip(households, own or (), strict=True)}

    def given(self) -> GivenHelp:
        """Return what a valid form says."""
        data = self.cleaned_data
        left_out = {"way", *Worth._fields}
        said = {name: value for name, value in data.items() if name not in left_out}
        said |= {"cadre": data.get("cadre") or self.giver, "households": list(data["households"])}
        return GivenHelp(author=self.user, visit=self.asked.visit, **{**said, "ref": sent_ref(self)})


def _givers(user: Cadre, village: int, households: QuerySet[Household]) -> QuerySet[Cadre]:
    """Return the cadres whose help somebody else may record: for a leader the unit's, for an office those
    at work in the village.
    """
    if user.is_leader:
        return Cadre.objects.colleagues_of(user).order_by("pinyin", "pk")
    units = VillagePairing.objects.visible_to(user).current().filter(village=village).values("unit")
    paired = HouseholdPairing.objects.current().filter(household__in=households.values("pk")).values("cadre")
    return Cadre.objects.current().filter(Q(unit__in=units) | Q(pk__in=paired)).order_by("pinyin", "pk")


class ResultForm(RecordForm[Assistance]):
    """The result that the family reports later."""

    class Meta:
        model = Assistance
        fields = ["result"]
        widgets = {"result": forms.Textarea(attrs={"rows": 3})}
