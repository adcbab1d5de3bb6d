"""Fields and targets that forms of field records share."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

from core.attachments import reencode
from core.documents import received
from core.forms import RowsField, rules_of_cells
from core.importing.columns import plain_text
from households.choices import Status

MOST_PHOTOS = 9
TAPPED = {"class": "btn-check"}
"""A choice as a large target."""
TICKED = {"class": "form-check-input"}


class PlainText(forms.CharField):
    """A text that may hold no ID number, cleaned like a cell."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        with rules_of_cells():
            cleaned: str = plain_text(self.max_length)(text)
        return cleaned


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Several pictures, each re-encoded; cleans to a list of JPEG files."""

    too_many = f"一次最多 {MOST_PHOTOS} 张照片，请少选几张。"

    def clean(self, data: Any, initial: Any = None) -> list[ContentFile[bytes]]:
        uploads = [upload for upload in (data if isinstance(data, list) else [data]) if upload]
        if len(uploads) > MOST_PHOTOS:
            raise ValidationError(self.too_many)
        return [self.received(super(PhotosField, self).clean(upload)) for upload in uploads]

    def received(self, upload: Any) -> ContentFile[bytes]:
        return reencode(upload)


class FilesField(PhotosField):
    """Several pictures or papers (`core.documents`), each under its own name."""

    too_many = f"一次最多 {MOST_PHOTOS} 个文件，请少选几个。"

    def received(self, upload: Any) -> ContentFile[bytes]:
        return received(upload)


class HouseholdChoices(RowsField):
    def label_from_instance(self, obj: Any) -> str:
        closed = "" if obj.status == Status.OPEN else f"，{obj.status_on} 已{Status(obj.status).label}"
        return f"{obj.head_name or '（没有户主）'}，{obj.village}{obj.group}{closed}"
