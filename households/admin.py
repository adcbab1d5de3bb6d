"""Admin of households with their members, of cadres, and of 联户 pairings."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, Q, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest

from households import pairing as pairing_acts
from households import registering
from households.choices import Relation
from households.forms import HouseholdForm, MemberForm, PhoneField, TagsField, tag_choices
from households.leaving import warning_of
from households.models import Household, HouseholdPairing, Member
from households.numbers import people_with
from households.pairing import pairable_cadres
from units.admin import CadreAdmin
from units.admin_lists import Filled, Seen
from units.admin_search import holds
from units.models import Cadre
from units.pairing_admin import PairingAdmin, PairingForm
from units.scoped_admin import MANAGERS, NOBODY, ScopedAdmin, ScopedForm, ScopedInline
from villages.models import Village


def pairable_households(user: Cadre) -> QuerySet[Any]:
    return Household.objects.visible_to(user).registered().with_head().select_related("village")


class MemberAdminForm(ScopedForm, MemberForm):
    """The rules of the page's form: ID number masked, checked against sex and birth date."""


class HouseholdAdminForm(ScopedForm):
    phone = PhoneField(required=False, max_length=20)
    tags = TagsField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tags = self.fields.get("tags")
        if isinstance(tags, forms.MultipleChoiceField):
            tags.choices = tag_choices(self.instance)


class MemberFormSet(BaseInlineFormSet[Any, Any, forms.ModelForm[Any]]):
    """Require exactly one head of a new household, and no ID number twice."""

    def clean(self) -> None:
        super().clean()
        people = [form.cleaned_data for form in self.extra_forms if form.has_changed() and form.is_valid()]
        heads = sum(person["relation"] == Relation.HEAD and not person["left_on"] for person in people)
        if self.instance._state.adding and heads != 1:
            raise ValidationError("新登记的户要有一名户主：在下面加一名家庭成员，关系选“户主”。")
        numbers = [person["id_number"][:18] for person in people if person["id_number"]]
        if heads > 1 or len(numbers) != len(set(numbers)):
            raise ValidationError("新加的成员里，户主只能有一名，身份证号不能重复。")


class Masked:
    """Show the mask wherever a list, sheet or read-only page names `id_number`."""

    @admin.display(description="身份证号")
    def id_number(self, member: Member) -> str:
        return member.id_masked


class MemberInline(Masked, ScopedInline):
    model = Member
    form = MemberAdminForm
    formset = MemberFormSet
    fields = ("name", "relation", "id_number", "sex", "born_on", "left_on")


@admin.register(Cadre)
class LeavingCadreAdmin(CadreAdmin):
    """Warn when a cadre who leaves is still paired."""

    def save_model(self, request: HttpRequest, obj: Cadre, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        held = warning_of(obj) if change else ""
        if held:
            messages.warning(request, held)


@admin.register(Household)
class HouseholdAdmin(ScopedAdmin):
    page = "household"
    form = HouseholdAdminForm
    fields = (
        "no",
        *HouseholdForm.Meta.fields,
        "status",
        "status_on",
    )
    # 迁出、注销 also end pairings and memberships, so they are done on the household's page only.
    readonly_fields = ("no", "status", "status_on")
    fixed = ("village",)  # the number carries the village
    choices = {"village": lambda user: Village.objects.editable_by(user).current()}
    autocomplete_fields = ("village",)
    inlines = (MemberInline,)
    list_display = ("no", "head", "village", "group", "phone", "kind", "main_cause", "size", "status")
    list_select_related = ("village",)
    list_filter = (
        "status",
        "kind",
        "main_cause",
        ("village__division", RelatedOnlyFieldListFilter),
    )
    search_fields = ("no", "phone", "external_no")
    search_help_text = "成员姓名、拼音、户编号、电话、身份证号"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: Any = super().get_queryset(request)
        headed: QuerySet[Any] = rows.with_head()
        return headed

    def matches(self, word: str, user: Cadre) -> Q:
        return super().matches(word, user) | Q(pk__in=people(word, user).values("household"))

    def option(self, row: Any) -> str:
        return f"{row.head_name or ''} {row.village} {row.no}"

    @admin.display(description="户主")
    def head(self, household: Any) -> str:
        return household.head_name or ""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.no = registering.next_no(obj.village)
        super().save_model(request, obj, form, change)


@admin.register(Member)
class MemberAdmin(Masked, ScopedAdmin):
    form = MemberAdminForm
    fields = (
        "household",
        "name",
        "relation",
        "id_number",
        *Member.PERSON,
        "joined_on",
        "left_on",
        "left_reason",
    )
    fixed = ("household",)
    choices = {"household": lambda user: Household.objects.editable_by(user).registered()}
    autocomplete_fields = ("household",)
    list_display = ("name", "household", "village", "relation", "id_number", "sex", "born_on", "left_on")
    list_select_related = ("household__village",)
    list_filter = (
        "relation",
        "sex",
        "health",
        ("left_on", Filled),
        ("household__village__division", RelatedOnlyFieldListFilter),
    )
    search_fields = ("name", "pinyin", "initials", "household__no")
    search_help_text = "姓名、拼音、户编号、身份证号"

    def matches(self, word: str, user: Cadre) -> Q:
        return super().matches(word, user) | Q(pk__in=people_with(word, user).values("pk"))

    @admin.display(description="村")
    def village(self, member: Member) -> str:
        return str(member.household.village)


def heads_of(household: str) -> "Prefetch[str, QuerySet[Member], str]":
    """Return a Prefetch of the heads, or last heads, of the households behind a foreign key."""
    heads = Member.objects.heads()
    return Prefetch(f"{household}__members", heads, "heads")


def head_of(household: Any) -> str:
    """Return the head's name of a household fetched with `heads_of`; '' when there is none."""
    return household.heads[0].name if household and household.heads else ""


class FamilyInline(ScopedInline):
    """Rows that name a household each, shown with its head: read-only here, edited on their page outside the
    admin.
    """

    writers = NOBODY
    readonly_fields = ("head",)
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return (
            super().get_queryset(request).select_related("household").prefetch_related(heads_of("household"))
        )

    @admin.display(description="户主")
    def head(self, row: Any) -> str:
        return head_of(row.household)


def people(word: str, user: Cadre) -> QuerySet[Member]:
    """Find members, also of closed households, by name, pinyin or initials; within the user's scope also by
    ID number.
    """
    named = holds(("name", "pinyin", "initials"), word)
    return Member.objects.findable().filter(named | Q(pk__in=people_with(word, user).values("pk")))


class HouseholdPairingForm(PairingForm):
    def clean(self) -> dict[str, Any]:
        """Give a new row unit and rank, which the constraints look at; `begin` reads those of the day of pairing."""
        data = super().clean()
        cadre = data.get("cadre")
        if cadre and not self.instance.pk:
            self.instance.unit, self.instance.rank = cadre.unit, cadre.rank
        return data


class HouseholdPairingAdmin(PairingAdmin):
    """Registered by `registers.pairings.admin`, together with the problems that follow the pairing."""

    form = HouseholdPairingForm
    page = "pairing"
    writers = MANAGERS
    fields = ("cadre", "unit", "rank", "household", "kind", "started_on", "ended_on", "end_reason")
    readonly_fields = ("unit", "rank")  # those of the day of pairing
    fixed = ("cadre", "household", "kind", "started_on")
    choices = {"cadre": pairable_cadres, "household": pairable_households}
    autocomplete_fields = ("cadre", "household")
    list_display = ("cadre", "unit", "rank", "head", "village", "kind", "started_on", "ended_on")
    list_select_related = ("cadre", "unit", "household__village")
    list_filter = (
        ("ended_on", Filled),
        "kind",
        "rank",
        ("household__village__division", RelatedOnlyFieldListFilter),
        ("unit", Seen),
    )
    search_fields = ("cadre__name", "cadre__pinyin", "cadre__initials", "household__no", "unit__name")
    search_help_text = "干部、户主、单位、户编号"

    def matches(self, word: str, user: Cadre) -> Q:
        return super().matches(word, user) | Q(household__in=people(word, user).values("household"))

    def begin(self, pairing: HouseholdPairing) -> HouseholdPairing:
        [made] = pairing_acts.pair_households(
            cadre=pairing.cadre,
            households=[pairing.household],
            kind=pairing.kind,
            started_on=pairing.started_on,
        )
        return made

    def end(self, pairing: HouseholdPairing, on: date, reason: str) -> None:
        pairing_acts.end_pairing(pairing, on=on, reason=reason)

    def warnings(self, pairing: HouseholdPairing) -> Sequence[str]:
        return pairing_acts.warnings([pairing])

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related(heads_of("household"))

    @admin.display(description="户主")
    def head(self, pairing: HouseholdPairing) -> str:
        return head_of(pairing.household)

    @admin.display(description="村")
    def village(self, pairing: HouseholdPairing) -> str:
        return str(pairing.household.village)
