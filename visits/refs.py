"""A form sent twice: the ref that its page made says whether it was recorded before."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms import BaseForm

from core.forms import refuse

M = TypeVar("M", bound=Model)


class SameRef(Exception):
    """The same form was sent before with other content; `stored` is what was recorded then."""

    def __init__(self, stored: Sequence[Any]) -> None:
        super().__init__("这张表已经保存过，内容不一样")
        self.stored = stored


class RefTaken(Exception):
    """The ref belongs to a form of another author."""


def recorded(form: BaseForm, record: Callable[[], M]) -> tuple[M | None, dict[str, Any] | None]:
    """What a sent form records when it is valid, and the conflict for `_resent.html` when it was sent before with
    other content. What stands against recording is put on the form."""
    if not form.is_valid():
        return None, None
    try:
        return record(), None
    except ValidationError as error:
        refuse(form, error.message_dict)
        return None, None
    except SameRef as sent:
        return None, {"stored": sent.stored[0]}
    except RefTaken:
        return None, {"stored": None}


def sent_ref(form: BaseForm) -> UUID:
    """The ref of a valid form, or the fresh one of the button 另记一条."""
    try:
        return UUID(form.data.get("fresh", ""))
    except ValueError:
        ref: UUID = form.cleaned_data["ref"]
        return ref
