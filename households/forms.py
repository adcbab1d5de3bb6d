"""Forms of households and members."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core import cells, identity
from core.forms import NOT_CHOSEN, ChineseDateField, OpenTextField, RecordForm, rules_of_cells
from core.labels import label_of
from core.pinyin import LONGEST_NAME
from core.word_lists import join_words, split_words
from households.choices import Relation, Sex, Status
from households.models import Household, Member
from households.numbers import is_taken
from units.days import problem_of_day
from units.models import Cadre, Word, today
from villages.choices import offer_villages
from villages.models import Village

CONFIRMED = "证件上就是这个号码"
CONFIRM = f"照证件核对；真是这样，就勾上“{CONFIRMED}”"
TAKEN = "这个身份证号已经是本县另一名家庭成员的，请查找核对。"


class TypedNumber(str):
    """A typed ID number; `confirmed` is the hash of the number whose checkbox was ticked."""

    confirmed = ""


class IdNumberInput(forms.TextInput):
    """A text box, with a checkbox below it once the number in it looks cut off by Excel.

    The checkbox is part of the widget, so that pages and the admin offer it alike. It names the number by its
    hash: ticked for one number, it does not confirm another.
    """

    template_name = "households/id_number_input.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> TypedNumber:
        typed = TypedNumber(data.get(name) or "")
        typed.confirmed = data.get(f"{name}-confirmed") or ""
        return typed

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        doubted = identity.doubted_number(value or "")
        if doubted:
            hashed = identity.id_hash(doubted)
            checked = isinstance(value, TypedNumber) and value.confirmed == hashed
            context["confirm"] = {
                "name": f"{name}-confirmed",
                "value": hashed,
                "checked": checked,
                "label": CONFIRMED,
            }
        return context


class IdNumberField(forms.CharField):
    """A validated ID number, never cached by the browser. A masked one is left to the form (see MemberForm)."""

    def __init__(self, **kwargs: Any) -> None:
        widget = IdNumberInput(attrs={"data-secret": "", "autocomplete": "off", "inputmode": "text"})
        super().__init__(
            label=label_of(Member, "id_cipher"), required=False, max_length=30, widget=widget, **kwargs
        )

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if identity.looks_masked(text):
            return text
        with rules_of_cells():
            try:
                return identity.clean_id_number(text)
            except cells.DoubtfulCell as doubt:
                if isinstance(value, TypedNumber) and value.confirmed == identity.id_hash(doubt.value):
                    return doubt.value
                raise cells.CellError(doubt.why, CONFIRM) from doubt


class PhoneField(forms.CharField):
    """A mobile or landline number, cleaned."""

    def clean(self, value: Any) -> str:
        with rules_of_cells():
            return cells.clean_phone(super().clean(value))


class TagsField(forms.MultipleChoiceField):
    """Checkboxes for 必访 marks from the office's words; stored as one text."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.CheckboxSelectMultiple, **kwargs)

    def prepare_value(self, value: object) -> object:
        return split_words(value) if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        return join_words(super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return join_words(data or []) != (initial or "")


class HouseholdForm(RecordForm[Household]):
    phone = PhoneField(required=False, max_length=20)
    identified_on = ChineseDateField(required=False)
    tags = TagsField()

    class Meta:
        model = Household
        fields = (
            "village",
            "group",
            "address",
            "phone",
            "size",
            "kind",
            "main_cause",
            "other_causes",
            "tags",
            "identified_on",
            "income_when_identified",
            "external_no",
            "note",
        )

    def __init__(self, *args: Any, user: Cadre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_villages(self, Village.objects.editable_by(user).current())
        if self.instance.pk:
            # A household keeps its number, which contains the village: moving is 迁出 and a new household.
            del self.fields["village"]
        tags = self.fields["tags"]
        assert isinstance(tags, forms.MultipleChoiceField)
        tags.choices = tag_choices(self.instance)


def tag_choices(household: Household) -> list[tuple[str, str]]:
    """Return the office's current words and the household's own marks."""
    words = dict.fromkeys(Word.objects.texts(Word.Group.HOUSEHOLD_TAG) + split_words(household.tags))
    return [(word, word) for word in words]


def problem_of_sex(sex: str, number: str) -> str:
    """Return the contradiction between a sex and an ID number, or ''; an unknown sex is none."""
    told = identity.sex(number)
    return f"身份证号第 17 位说的是{Sex(told).label}，请核对。" if sex and sex != told else ""


class HeadForm(forms.Form):
    """The head of a new household."""

    head_name = OpenTextField(label="户主姓名", max_length=LONGEST_NAME)
    id_number = IdNumberField()
    sex = forms.ChoiceField(
        label=label_of(Member, "sex"),
        choices=[("", NOT_CHOSEN), *Sex.choices],
        required=False,
        help_text="填了身份证号可不选",
    )

    def clean_head_name(self) -> str:
        with rules_of_cells():
            return cells.clean_person(self.cleaned_data["head_name"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        number = data.get("id_number", "")
        if number and identity.looks_masked(number):
            self.add_error("id_number", "号码中间是星号，请照证件填 18 位。")
        elif number and (problem := problem_of_sex(data.get("sex", ""), number)):
            self.add_error("sex", problem)
        elif not number and "id_number" not in self.errors and not data.get("sex"):
            self.add_error("sex", "没有身份证号的，请选性别。")
        return data

    def head(self) -> Member:
        number = self.cleaned_data["id_number"]
        head = Member(name=self.cleaned_data["head_name"], relation=Relation.HEAD)
        head.id_number = number
        head.sex = identity.sex(number) if number else self.cleaned_data["sex"]
        head.born_on = identity.birth_date(number) if number else None
        return head


class MemberForm(RecordForm[Member]):
    id_number = IdNumberField(help_text="18 位，或 20 位残疾人证号；不改就留着星号")
    born_on = ChineseDateField(required=False, help_text="填了身份证号会自动核对")
    joined_on = ChineseDateField(required=False)
    left_on = ChineseDateField(required=False, help_text="迁出、去世、出嫁等，在家的空着")

    class Meta:
        model = Member
        fields = (
            "name",
            "relation",
            *Member.PERSON,
            "joined_on",
            "left_on",
            "left_reason",
        )

    field_order = ("name", "relation", "id_number", "sex", "born_on")
    user: Cadre
    """The user whose daily limit counts the look-up of a typed number; the admin sets it on the class."""

    def __init__(self, *args: Any, user: Cadre | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user or self.user
        self.fields["id_number"].initial = self.instance.id_masked

    def clean_id_number(self) -> str:
        """Accept the stored person's mask as “unchanged”; refuse any other mask."""
        number: str = self.cleaned_data["id_number"]
        if not identity.looks_masked(number):
            return number
        if number != self.instance.id_masked:
            raise ValidationError("号码中间是星号，和原来存的对不上。不改就不要动它，要改请填完整的号码。")
        return self.instance.id_number

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        number = data.get("id_number")
        if number:
            if problem := problem_of_sex(data.get("sex", ""), number):
                self.add_error("sex", problem)
            if data.get("born_on") and data["born_on"] != identity.birth_date(number):
                self.add_error("born_on", "和身份证号里的出生日期不一样，请核对。")
            data["born_on"] = identity.birth_date(number)
        if number is not None:
            self.instance.id_number = number
            self._refuse_taken(data, number)
        if data.get("left_on") and data["left_on"] > today():
            self.add_error("left_on", "离开日期不能晚于今天。")
        return data

    def _refuse_taken(self, data: dict[str, Any], number: str) -> None:
        """Refuse an ID number used elsewhere in the county or by the household's head, with errors on the
        fields.
        """
        household = data.get("household") or getattr(self.instance, "household", None)
        if data.get("left_on") or household is None:
            return
        typed = not identity.looks_masked(self.data.get(self.add_prefix("id_number"), ""))
        if is_taken(number, household.place, by=self.user if typed else None, but=self.instance.pk or 0):
            self.add_error("id_number", TAKEN)
        others = Member.objects.current().exclude(pk=self.instance.pk)
        heads = others.filter(household=household.pk, relation=Relation.HEAD)
        if data.get("relation") == Relation.HEAD and heads.exists():
            self.add_error("relation", "这户已有户主，先改原来户主的关系，或填他的离开日期。")


class CloseForm(forms.Form):
    """迁出、并入、分户、注销."""

    status = forms.ChoiceField(label="怎么了", choices=Status.choices[1:])
    on = ChineseDateField(label="哪天", initial=today)
    successor = forms.CharField(
        label="去向户编号", required=False, max_length=20, help_text="并入或分户时填，如 620524100201-017"
    )
    take_back = forms.BooleanField(label="这些记录都是记错的，一起作废（调查表退回）", required=False)
    reason = OpenTextField(label="为什么作废", required=False, max_length=100)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: Cadre, household: Household, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.household = user, household

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if why := problem_of_day(on):
            raise ValidationError(why)
        return on

    def clean_successor(self) -> Household | None:
        no = cells.clean_text(self.cleaned_data["successor"])
        if not no:
            return None
        others = Household.objects.editable_by(self.user).exclude(pk=self.household.pk)
        found = others.filter(no=no).first()
        if found is None:
            raise ValidationError("没有这个户编号，请核对。")
        return found
