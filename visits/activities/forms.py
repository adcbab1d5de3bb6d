"""The form of an activity."""

from typing import Any
from uuid import uuid4

from django import forms

from core.forms import ChineseDateField, CountField, OpenTextField, limit
from core.labels import label_of
from core.places import lies_under
from units.models import Cadre, Unit, today
from villages.choices import offer_villages
from villages.models import Village
from visits.activities.rules import MATERIALS
from visits.fields import TAPPED, ManyFilesInput, PhotosField, PlainText
from visits.idempotency import sent_ref
from visits.models import Activity


def field_of(name: str) -> Any:
    return Activity._meta.get_field(name)


def count_of(name: str) -> CountField:
    unit = field_of(name).help_text
    return CountField(label=label_of(Activity, name), unit=unit, help_text=unit)


class ActivityForm(forms.Form):
    """An activity of the user's own unit; an office may record for any visible unit."""

    ref = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=label_of(Activity, "kind"),
        choices=Activity.Kind.choices,
        widget=forms.RadioSelect(TAPPED),
        error_messages={"required": "请选是哪一种活动。"},
    )
    title = PlainText(
        label=label_of(Activity, "title"), max_length=60, error_messages={"required": "请写活动的主题。"}
    )
    held_on = ChineseDateField(label=label_of(Activity, "held_on"), initial=today)
    unit = forms.ModelChoiceField(
        label=label_of(Activity, "unit"),
        queryset=Unit.objects.none(),
        required=False,
        empty_label="本单位",
        error_messages={"invalid_choice": "这个单位不归您管，请重新选。"},
    )
    village = forms.ModelChoiceField(
        label=label_of(Activity, "village"),
        queryset=Village.objects.none(),
        required=False,
        empty_label="没有选",
        help_text="在本单位开的不用选",
        error_messages={"invalid_choice": "这个村不归您管，请重新选。"},
    )
    people = count_of("people")
    slogans = count_of("slogans")
    banners = count_of("banners")
    boards = count_of("boards")
    handbooks = count_of("handbooks")
    letters = count_of("letters")
    text = OpenTextField(
        label=label_of(Activity, "text"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    photos = PhotosField(label="照片", required=False, widget=ManyFilesInput)

    def __init__(self, *args: Any, user: Cadre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["ref"].initial = uuid4()
        for name in ("title", "held_on", "people", *MATERIALS, "text"):
            self.fields[name].widget.attrs["class"] = "form-control"
        for name in ("unit", "village"):
            self.fields[name].widget.attrs["class"] = "form-select"
        self.fields["held_on"].widget.attrs["max"] = today().isoformat()
        offer_villages(self, Village.objects.visible_to(user).current())
        limit(self, "unit", Unit.objects.visible_to(user).order_by("code", "pk"))
        if not user.is_office:
            del self.fields["unit"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        unit = data.get("unit")
        if unit and not data.get("village") and not lies_under(unit.place, self.user.place):
            self.add_error("village", "上级单位的活动，请选是在哪个村办的。")
        return data

    def record(self) -> dict[str, Any]:
        """Return a valid form as the keywords of `record_activity`."""
        return {**self.cleaned_data, "ref": sent_ref(self), "author": self.user}
