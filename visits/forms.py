"""The one form of a visit: households, days, what happened; and the reason of a 作废."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

from core.attachments import reencode
from core.forms import ChineseDateField
from households.models import Household
from units.models import Cadre, Word, today
from villages.models import Village
from visits.models import Visit
from visits.recording import check_days

MOST_PHOTOS = 6


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Several pictures, each re-encoded; what is no picture is said by its name."""

    def __init__(self, **kwargs: Any) -> None:
        widget = ManyFilesInput(attrs={"accept": "image/*", "data-shrink": "", "class": "visually-hidden"})
        super().__init__(label="照片", required=False, widget=widget, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[ContentFile[bytes]]:
        uploads = [upload for upload in (data if isinstance(data, list) else [data]) if upload]
        if len(uploads) > MOST_PHOTOS:
            raise ValidationError(f"一次最多 {MOST_PHOTOS} 张照片。")
        return [reencode(super(PhotosField, self).clean(upload)) for upload in uploads]


class HouseholdChoices(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.head_name or '（没有户主）'}，{obj.village}{obj.group}"


TAPPED = {"class": "btn-check"}
TICKED = {"class": "form-check-input"}


class VisitForm(forms.Form):
    """What a cadre writes after a visit. Households offered are those of the cadre the visit is for."""

    ref = forms.UUIDField(widget=forms.HiddenInput)
    on = forms.ChoiceField(label="哪天去的", choices=[], widget=forms.RadioSelect(TAPPED))
    other_day = ChineseDateField(label="哪一天", required=False)
    kind = forms.ChoiceField(
        label="做什么", choices=Visit.Kind.choices, initial=Visit.Kind.HOME, widget=forms.RadioSelect(TAPPED)
    )
    reasons = forms.MultipleChoiceField(
        label="为什么去", required=False, choices=[], widget=forms.CheckboxSelectMultiple(TAPPED)
    )
    content = forms.CharField(
        label="谈了什么、办了什么", max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    photos = PhotosField()
    households = HouseholdChoices(
        label="去了哪几户",
        queryset=Household.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple(TICKED),
    )
    village = forms.ModelChoiceField(label="哪个村", queryset=Village.objects.none(), required=False)
    until = ChineseDateField(label="住到哪天", required=False, help_text="一连几天的，填最后一天，每天记一条")
    promised_on = ChineseDateField(label="约下次哪天去", required=False)
    promise = forms.CharField(label="答应的事", required=False, max_length=100)
    companions = forms.ModelMultipleChoiceField(
        label="同去的人",
        queryset=Cadre.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple(TICKED),
    )

    def __init__(self, *args: Any, author: Cadre, cadre: Cadre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.author, self.cadre = author, cadre
        for name in ("other_day", "content", "until", "promised_on", "promise"):
            self.fields[name].widget.attrs["class"] = "form-control"
        self.fields["village"].widget.attrs["class"] = "form-select"
        day = today()
        self._choices("on").choices = [
            ("today", f"今天 {day.day}日"),
            ("yesterday", f"昨天 {(day - timedelta(days=1)).day}日"),
            ("other", "选日期"),
        ]
        words = Word.objects.texts(Word.Group.VISIT_REASON)
        self._choices("reasons").choices = [(word, word) for word in words]
        self.fields["on"].initial, self.fields["ref"].initial = "today", uuid4()
        own = Household.objects.registered().filter(pairings__cadre=cadre, pairings__ended_on=None)
        self.own_households = own.with_head().select_related("village").distinct()
        self._rows("households").queryset = self.own_households
        self._rows("village").queryset = Village.objects.visible_to(cadre).current()
        colleagues = Cadre.objects.colleagues_of(author).exclude(pk=cadre.pk)
        self._rows("companions").queryset = colleagues.order_by("pinyin")

    def _choices(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        return field

    def _rows(self, name: str) -> forms.ModelChoiceField[Any]:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        return field

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first = self._first_day(data)
        if first is None:
            return data
        until = data.get("until") or first
        if until < first:
            self.add_error("until", "最后一天不能早于第一天。")
            return data
        data["days"] = [first + timedelta(days=n) for n in range(min((until - first).days, 400) + 1)]
        try:
            check_days(data["days"])
        except ValidationError as error:
            self.add_error("until" if data.get("until") else "other_day", error)
        if data.get("promised_on") and data["promised_on"] < first:
            self.add_error("promised_on", "约下次的日期不能早于这次走访。")
        self._check_place(data)
        return data

    def _first_day(self, data: dict[str, Any]) -> date | None:
        if data.get("on") != "other":
            return today() - timedelta(days=data.get("on") == "yesterday")
        if data.get("other_day") is None and "other_day" not in self.errors:
            self.add_error("other_day", "请选日期。")
        return data.get("other_day")

    def _check_place(self, data: dict[str, Any]) -> None:
        if data.get("households") or "households" in self.errors:
            return
        if data.get("kind") in {Visit.Kind.HOME, Visit.Kind.STAY, Visit.Kind.RETURN, Visit.Kind.PHONE}:
            self.add_error("households", "请勾选去了哪一户。")
        elif data.get("village") is None and "village" not in self.errors:
            self.add_error("village", "没有到户的，请选是哪个村。")

    def chosen(self, keys: list[str]) -> list[Household]:
        """The households ticked from the start, shown at the top."""
        return [row for row in self.own_households if str(row.pk) in keys]

    @property
    def ref_value(self) -> UUID:
        ref: UUID = self.cleaned_data["ref"]
        return ref


class VoidForm(forms.Form):
    reason = forms.CharField(label="为什么作废", max_length=100, help_text="如：日期记错了，已重新记")
