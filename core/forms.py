"""Forms of domain rows with optimistic locking: the second of two editors sees both versions before
overwriting.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar, cast

from django import forms
from django.core.files.base import ContentFile
from django.db import IntegrityError, models, transaction
from django.db.models import QuerySet
from django.forms.utils import flatatt
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from core import cells, identity
from core.attachments import reencode
from core.dates import clean_date
from core.display import history_of, shown
from core.labels import label_of
from core.records import Record, StaleRecord

M = TypeVar("M", bound=Record)
NOT_CHOSEN = "没有选"
MOST = 1_000_000
"""Larger than any count of people or things at one place and day in a county."""


def key_of(text: str) -> int:
    """Parse a primary key from an address; 0, which no row has, for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


@contextmanager
def rules_of_cells() -> Iterator[None]:
    """Translate CellError to ValidationError, so that fields and workbook cells are refused in the same
    words.
    """
    try:
        yield
    except cells.CellError as error:
        raise forms.ValidationError(str(error)) from error


class ChineseDateField(forms.DateField):
    """A date in any usual form: 2012-03-05, 2012.3.5, 2012年3月5日; native picker where the browser has one."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values:
            return None
        with rules_of_cells():
            return clean_date(value)


class OpenTextField(forms.CharField):
    """Free text kept exactly as typed, so it must not contain an ID number."""

    def validate(self, value: Any) -> None:
        super().validate(value)
        with rules_of_cells():
            identity.refuse_number(value)


class RowsField(forms.ModelMultipleChoiceField[Any]):
    """Selected rows of a table; an unknown key is refused with `invalid_choice`."""

    def clean(self, value: Any) -> Any:
        if any(not key_of(key) for key in value or ()):
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().clean(value)


class AmountField(forms.CharField):
    """An amount as people write it: 1,200元, full-width digits; blank is 0. In `unit`, never negative.

    `digits` is the column's max_digits, including two decimals.
    """

    def __init__(self, *, unit: str = "元", digits: int = 12, **kwargs: Any) -> None:
        self.unit, self.digits = unit, digits
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(**{"required": False, "widget": widget, "max_length": 30, **kwargs})

    def clean(self, value: Any) -> Decimal | int:
        with rules_of_cells():
            return self.number(super().clean(value))

    def number(self, text: str) -> Decimal | int:
        return cells.clean_decimal(text, self.digits, unit=self.unit) or Decimal(0)


class CountField(AmountField):
    """A whole number of `unit`s, at most `most`."""

    def __init__(self, *, most: int = MOST, **kwargs: Any) -> None:
        self.most = most
        super().__init__(**kwargs)

    def number(self, text: str) -> int:
        return cells.clean_int(text, 0, self.most, self.unit) or 0


class PictureField(forms.FileField):
    """One picture, re-encoded."""

    def clean(self, data: Any, initial: Any = None) -> ContentFile[bytes] | None:
        upload = super().clean(data, initial)
        return reencode(upload) if upload else None


class VersionField(forms.IntegerField):
    """The version that was read. It never counts as a change, so that an empty formset row stays empty."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class RecordForm(forms.ModelForm[M]):
    """A ModelForm that carries the row's version through the page (see `saved`).

    A field that is declared without a label has that of its column.
    """

    version = VersionField(label="版本", required=False, widget=forms.HiddenInput)
    conflict: dict[str, Any] | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # An unsaved row has no version, so a row stored in the meantime is not overwritten.
        self.fields["version"].initial = self.instance.version if self.instance.pk else 0
        for name, field in self.fields.items():
            if field.label is None:
                field.label = label_of(type(self.instance), name)
            _name_the_blank(field)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.instance.pk:
            # The button 用我填的 of the conflict panel posts the stored version that the user saw.
            chosen = key_of(self.data.get("overwrite", ""))
            self.instance.version = chosen or data.get("version") or 0
        return data


def _name_the_blank(field: forms.Field) -> None:
    """Label the empty choice 没有选 instead of Django's dashes."""
    if isinstance(field, forms.ModelChoiceField):
        field.empty_label = field.empty_label and NOT_CHOSEN
    elif isinstance(field, forms.ChoiceField):
        choices = cast(list[tuple[Any, Any]], field.choices)
        field.choices = [(value, NOT_CHOSEN if value == "" else label) for value, label in choices]


def saved(form: RecordForm[Any]) -> bool:
    """Save a valid form. On failure return False and leave the errors and the input on the form.

    If the same values are already stored, as after a double tap, do nothing and return True.
    """
    if form.instance.pk is None and _is_stored(form):
        return True
    try:
        with transaction.atomic():
            form.save()
        return True
    except StaleRecord as stale:
        columns = {field.name for field in stale.stored._meta.concrete_fields}
        form.conflict = conflict_of(form, stale.stored)
        if not form.conflict["rows"] and columns.issuperset(form.changed_data):
            return True
    except IntegrityError:
        form.add_error(None, _in_the_way(form.instance))
    return False


def _in_the_way(row: Record) -> list[str]:
    """Return why the database refused a row, in the words of its constraints."""
    try:
        row.validate_unique()
        row.validate_constraints()
    except forms.ValidationError as error:
        return error.messages
    return ["刚刚有人存了同样的内容，请核对后再存。"]


def _is_stored(form: RecordForm[Any]) -> bool:
    """Return whether an identical new row exists already; False for forms with files or related rows."""
    row = form.instance
    columns = {
        f.name: f for f in row._meta.concrete_fields if not f.primary_key and f.name not in row.untracked
    }
    if any(form.cleaned_data.get(name) for name in form.fields if name not in {*columns, "version"}):
        return False
    said = {field.attname: getattr(row, field.attname) for field in columns.values()}
    alike: QuerySet[Any] = type(row)._base_manager.filter(**said)
    return alike.exists()


def conflict_of(form: forms.ModelForm[Any], stored: Record) -> dict[str, Any]:
    """Return both versions side by side, for `_conflict.html`."""
    entries = history_of(stored, 1)
    rows = []
    for name in form.changed_data:
        if name not in form.fields or name not in {f.name for f in stored._meta.concrete_fields}:
            continue
        field: Any = stored._meta.get_field(name)
        mine, theirs = getattr(form.instance, name), getattr(stored, name)
        if mine != theirs:
            rows.append(
                {"label": field.verbose_name, "mine": text_of(field, mine), "stored": text_of(field, theirs)}
            )
    return {
        "who": entries[0].who if entries else "",
        "at": entries[0].at if entries else None,
        "version": stored.version,
        "rows": rows,
    }


def text_of(field: Any, value: Any) -> str:
    """Format a value of a row; a related row by its name."""
    return str(value) if isinstance(value, models.Model) else shown(field, value)


def refuse(form: forms.BaseForm, problems: Mapping[str, Sequence[str]]) -> None:
    """Add the errors of a ValidationError to their fields, or to the form if it has no such field."""
    for name, sentences in problems.items():
        form.add_error(name if name in form.fields else None, list(sentences))


class LongSelect(forms.Select):
    """A select with hundreds of options, rendered at once; Django renders a template per option (0.3 ms)."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        widget = self.get_context(name, value, attrs)["widget"]
        attributes = flatatt({**widget["attrs"], "name": name})
        groups = "".join(_group(label, options) for label, options, _ in widget["optgroups"])
        return SafeString(f"<select{attributes}>{groups}</select>")


def _group(label: str | None, options: Sequence[dict[str, Any]]) -> str:
    written = "".join(
        f'<option value="{conditional_escape(option["value"])}"{" selected" if option["selected"] else ""}>'
        f"{conditional_escape(option['label'])}</option>"
        for option in options
    )
    return f'<optgroup label="{conditional_escape(label)}">{written}</optgroup>' if label else written


def limit(form: forms.BaseForm, name: str, queryset: models.QuerySet[Any]) -> None:
    """Limit the choices of a field to these rows."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = queryset
