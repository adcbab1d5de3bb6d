"""The form of a visit, and the reason for voiding one."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import QueryDict

from core.forms import ChineseDateField, OpenTextField, PictureField, RowsField
from core.labels import label_of
from core.word_lists import join_words
from households.models import NO_HEAD, Household, had_until_closed, paired_with
from units.models import Cadre, Word, today
from villages.choices import offer_villages
from villages.models import Village
from visits.choices import Service
from visits.fields import (
    TAPPED,
    TICKED,
    HouseholdChoices,
    ManyFilesInput,
    PhotosField,
)
from visits.idempotency import sent_ref
from visits.models import Visit
from visits.visits.outing import COLUMNS, Outing
from visits.visits.rules import LONGEST_STAY, check_outing

OTHER_DAY = "other"
CLOSED_LATELY = timedelta(days=60)


class VisitForm(forms.Form):
    """What a cadre records after a visit, or records for a colleague (`cadre`).

    It offers the households that the cadre is paired with today, and those of `given` (keys from the page
    that led here) on which the author may record.
    """

    ref = forms.UUIDField(widget=forms.HiddenInput)
    on = forms.ChoiceField(
        label="哪天去的",
        widget=forms.RadioSelect(TAPPED),
        error_messages={"required": "请选哪天去的。"},
    )
    other_day = ChineseDateField(label="哪一天", required=False)
    households = HouseholdChoices(
        label="去了谁家",
        queryset=Household.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple(TICKED),
        error_messages={
            "invalid_choice": "勾选的户里，有现在不能记的，已经去掉，请看一看再保存。",
        },
    )
    village = forms.ModelChoiceField(
        label="哪个村",
        queryset=Village.objects.none(),
        required=False,
        empty_label="没有选",
        error_messages={"invalid_choice": "这个村不是本单位联系的村，请重新选。"},
    )
    kind = forms.ChoiceField(
        label=label_of(Visit, "kind"),
        choices=Visit.Kind.choices,
        initial=Visit.Kind.HOME,
        widget=forms.RadioSelect(TAPPED),
        error_messages={"required": "请选做什么。"},
    )
    reasons = forms.MultipleChoiceField(
        label=label_of(Visit, "reasons"), required=False, widget=forms.CheckboxSelectMultiple(TAPPED)
    )
    content = OpenTextField(
        label=label_of(Visit, "content"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "placeholder": "可以用输入法的话筒说"}),
        error_messages={"required": "请写几个字：谈了什么，或办了什么。"},
    )
    photos = PhotosField(
        label="照片",
        required=False,
        widget=ManyFilesInput(attrs={"accept": "image/*", "data-shrink": "photos-told"}),
    )
    topics = forms.MultipleChoiceField(
        label=label_of(Visit, "topics"),
        required=False,
        choices=[(label, label) for label in Service.labels],
        widget=forms.CheckboxSelectMultiple(TAPPED),
    )
    card_given = forms.BooleanField(
        label=label_of(Visit, "card_given"),
        required=False,
        widget=forms.CheckboxInput(TICKED),
        help_text="民情连心卡当面发到户",
    )
    signature = PictureField(
        label="户主签字",
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "class": "form-control"}),
    )
    latitude = forms.DecimalField(
        required=False, min_value=-90, max_value=90, decimal_places=5, widget=forms.HiddenInput
    )
    longitude = forms.DecimalField(
        required=False, min_value=-180, max_value=180, decimal_places=5, widget=forms.HiddenInput
    )
    until = ChineseDateField(label="住到哪天", required=False, help_text="一连几天，每天记一条")
    nights = forms.IntegerField(
        label="住村几夜",
        required=False,
        min_value=0,
        max_value=LONGEST_STAY,
        help_text="空着的，三天算两夜",
        error_messages={"invalid": "请填夜数，如 2。", "min_value": "夜数不能是负数。"},
    )
    promised_on = ChineseDateField(label="约好哪天再去", required=False)
    promise = OpenTextField(label=label_of(Visit, "promise"), required=False, max_length=100)
    companions = RowsField(
        label="同去的人",
        queryset=Cadre.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple(TICKED),
        error_messages={"invalid_choice": "同去的人只能选本单位在岗的同事。"},
    )

    def __init__(
        self, data: Any = None, *args: Any, author: Cadre, cadre: Cadre, given: list[str], **kwargs: Any
    ) -> None:
        super().__init__(_with_iso_day(data), *args, **kwargs)
        self.author, self.cadre = author, cadre
        day = today()
        words = Word.objects.texts(Word.Group.VISIT_REASON)
        self._offer("on", choices=_days_near(day))
        self._offer("reasons", choices=[(word, word) for word in words])
        self._offer("households", queryset=_households(author, cadre, given))
        offer_villages(self, Village.objects.visible_to(author).current())
        self._offer("companions", queryset=_colleagues(author).exclude(pk=cadre.pk))
        self.fields["on"].initial, self.fields["ref"].initial = day.isoformat(), uuid4()
        for name in ("other_day", "content", "photos", "until", "nights", "promised_on", "promise"):
            self.fields[name].widget.attrs["class"] = "form-control"
        self.fields["village"].widget.attrs["class"] = "form-select"
        for name in ("other_day", "until"):
            self.fields[name].widget.attrs["max"] = day.isoformat()

    def _offer(self, name: str, **offered: Any) -> None:
        for attribute, value in offered.items():
            setattr(self.fields[name], attribute, value)

    def offered_households(self) -> list[tuple[int, str]]:
        """Return key and words of each household that may be ticked."""
        return [(h.pk, f"{h.village}{h.group} {h.head_name or NO_HEAD}") for h in self._offered()]

    def clean_reasons(self) -> list[str]:
        reasons: list[str] = self.cleaned_data["reasons"]
        if len(join_words(reasons)) > 60:
            raise ValidationError("选得太多了，请留最要紧的几个。")
        return reasons

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["days"] = self._days(data)
        self.refuse(check_outing(self.outing()))
        return data

    def _days(self, data: dict[str, Any]) -> list[date]:
        """Return the days from first to last, at most one more than may be recorded; none if unknown."""
        first = data.get("other_day") if data.get("on") == OTHER_DAY else _iso_day(data.get("on", ""))
        if first is None:
            if data.get("on") == OTHER_DAY and "other_day" not in self.errors:
                self.add_error("other_day", "请选是哪一天。")
            return []
        last = data.get("until") or first
        if last < first:
            self.add_error("until", "最后一天不能早于第一天。")
            return []
        return [first + timedelta(days=n) for n in range(min((last - first).days, LONGEST_STAY) + 1)]

    def refuse(self, problems: dict[str, str]) -> None:
        """Put each error beside the field where it is corrected."""
        data = self.cleaned_data
        of_days = "until" if data.get("until") else "other_day" if data.get("on") == OTHER_DAY else "on"
        for name, sentence in problems.items():
            field = of_days if name == "days" else name
            if field not in self.fields:
                self.add_error(None, sentence)
            elif field not in self.errors:
                self.add_error(field, sentence)

    def outing(self) -> Outing:
        """Return what the form says, as far as it is understood."""
        data = self.cleaned_data
        names = ("village", "card_given", "nights", "signature", *COLUMNS)
        lists = ("households", "companions", "reasons", "topics", "photos")
        given: dict[str, Any] = {"kind": "", **{name: data[name] for name in names if name in data}}
        given |= {name: list(data.get(name) or []) for name in lists}
        if "ref" in data:
            given["ref"] = sent_ref(self)
        return Outing(
            author=self.author,
            cadre=self.cadre,
            days=data["days"],
            position=self._position(),
            **given,
        )

    def _position(self) -> tuple[Decimal, Decimal] | None:
        """Return latitude and longitude if the phone sent both; the position is never required."""
        latitude, longitude = self.cleaned_data.get("latitude"), self.cleaned_data.get("longitude")
        return None if latitude is None or longitude is None else (latitude, longitude)

    @property
    def ticked(self) -> list[Any]:
        """Return the households ticked on the page."""
        keys = {str(key) for key in self["households"].value() or []}
        return [household for household in self._offered() if str(household.pk) in keys]

    def colleagues(self) -> QuerySet[Cadre]:
        """Return the colleagues for whom the author may record instead."""
        return _colleagues(self.author).exclude(pk=self.author.pk).exclude(pk=self.cadre.pk)

    def _offered(self) -> QuerySet[Any]:
        """With `head_name`."""
        offered: QuerySet[Any] = getattr(self.fields["households"], "queryset")  # noqa: B009
        return offered


def typed(data: QueryDict) -> dict[str, Any]:
    """Return the typed values as initial values of a form that continues for another cadre or household."""
    lists = {"reasons", "topics", "companions"}
    return {
        name: data.getlist(name) if name in lists else data.get(name)
        for name in VisitForm.base_fields
        if name in data and name not in {"households", "photos", "signature"}
    }


def _households(author: Cadre, cadre: Cadre, given: list[str]) -> QuerySet[Any]:
    keys = [int(key) for key in given if key.isdecimal() and len(key) < 18]
    offered: QuerySet[Any] = (
        Household.objects.open_to(author, cadre)
        .filter(Q(pk__in=paired_with(cadre)) | Q(pk__in=keys) | _closed_lately(cadre))
        .with_head()
        .select_related("village__division")
        .order_by("no")
    )
    return offered


def _closed_lately(cadre: Cadre) -> Q:
    """Keep households that were the cadre's until they were closed: earlier visits may still have to be
    recorded.
    """
    return Q(pk__in=had_until_closed(cadre), status_on__gte=today() - CLOSED_LATELY)


def _colleagues(author: Cadre) -> QuerySet[Cadre]:
    colleagues: QuerySet[Cadre] = Cadre.objects.colleagues_of(author).order_by("pinyin", "pk")
    return colleagues


def _days_near(day: date) -> list[tuple[str, str]]:
    before = day - timedelta(days=1)
    return [
        (day.isoformat(), f"今天 {day.day}日"),
        (before.isoformat(), f"昨天 {before.day}日"),
        (OTHER_DAY, "选日期"),
    ]


def _iso_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _with_iso_day(data: Any) -> Any:
    """Replace 今天 by its date: a page opened before midnight means yesterday now."""
    on = data.get("on", "") if data else ""
    if not data or _iso_day(on) is None or on in dict(_days_near(today())):
        return data
    moved = data.copy()
    moved["on"], moved["other_day"] = OTHER_DAY, on
    return moved


class VoidForm(forms.Form):
    reason = OpenTextField(
        label="为什么作废",
        max_length=100,
        help_text="如：日期记错了，已经重新记",
        error_messages={"required": "请写为什么作废。"},
    )
    whole_outing = forms.BooleanField(label="", required=False)
    with_belongings = forms.BooleanField(
        label="走访时一起登记的诉求、记的帮扶也作废",
        required=False,
        initial=True,
        help_text="另记时一起重记，不然会算两次；帮扶确实给了、走访只是记错的，去掉这个勾",
    )

    def __init__(self, *args: Any, others: int, belongings: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not belongings:
            del self.fields["with_belongings"]
        if others:
            self.fields["whole_outing"].label = f"同一趟一起记的另外 {others} 条也作废"
        else:
            del self.fields["whole_outing"]
