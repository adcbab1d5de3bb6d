"""Fields and targets that forms of field records share."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

from core import kept_uploads
from core.attachments import reencode_named
from core.documents import received
from core.forms import RowsField, rules_of_cells
from core.importing.columns import plain_text
from core.kept_uploads import KeptFile
from households.choices import Status
from households.models import NO_HEAD

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


class ManyFilesInput(forms.FileInput):
    """Several files at once, and those kept from a refused form as ticked boxes."""

    allow_multiple_selected = True
    received: Sequence[KeptFile] = ()
    """The good files of a bound form, set by its field."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        chosen = super().value_from_datadict(data, files, name) or []
        tokens = data.getlist(f"{name}-kept") if hasattr(data, "getlist") else []
        return [*(chosen if isinstance(chosen, list) else [chosen]), *tokens]

    def kept(self) -> list[tuple[str, str]]:
        """Keep the good files; return token and name of each."""
        return [(kept_uploads.keep(file), file.chosen) for file in self.received]


class PhotosField(forms.FileField):
    """Several pictures, each re-encoded; cleans to a list of JPEG files.

    Every bad file is named at once; the good ones stay with the widget.
    """

    too_many = f"一次最多 {MOST_PHOTOS} 张照片，请少选几张。"
    too_old = "之前选的文件过了一天，请再选一次。"

    def clean(self, data: Any, initial: Any = None) -> list[KeptFile]:
        uploads = [upload for upload in (data if isinstance(data, list) else [data]) if upload]
        if len(uploads) > MOST_PHOTOS:
            raise ValidationError(self.too_many)
        good, bad = [], []
        for upload in uploads:
            try:
                good.append(self._kept(upload) if isinstance(upload, str) else self._new(upload))
            except ValidationError as error:
                bad += error.messages
        self.widget.received = good
        if bad:
            raise ValidationError(bad)
        return good

    def _kept(self, token: str) -> KeptFile:
        if found := kept_uploads.find(token):
            return found
        raise ValidationError(self.too_old)

    def _new(self, upload: Any) -> KeptFile:
        checked = super().clean(upload)
        file = self.received(checked)
        return KeptFile(file.read(), file.name or "", checked.name)

    def received(self, upload: Any) -> ContentFile[bytes]:
        return reencode_named(upload)


class FilesField(PhotosField):
    """Several pictures or papers (`core.documents`), each under its own name."""

    too_many = f"一次最多 {MOST_PHOTOS} 个文件，请少选几个。"

    def received(self, upload: Any) -> ContentFile[bytes]:
        return received(upload)


class HouseholdChoices(RowsField):
    def label_from_instance(self, obj: Any) -> str:
        closed = "" if obj.status == Status.OPEN else f"，{obj.status_on} 已{Status(obj.status).label}"
        return f"{obj.head_name or NO_HEAD}，{obj.village}{obj.group}{closed}"
