"""A form sent twice: the ref that its page made says whether it was recorded before."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.forms import BaseForm


class SameRef(Exception):
    """The same form was sent before with other content; `stored` is what was recorded then."""

    def __init__(self, stored: Sequence[Any]) -> None:
        super().__init__("这张表已经保存过，内容不一样")
        self.stored = stored


class RefTaken(Exception):
    """The ref belongs to a form of another author."""


def sent_ref(form: BaseForm) -> UUID:
    """The ref of a valid form, or the fresh one of the button 另记一条."""
    try:
        return UUID(form.data.get("fresh", ""))
    except ValueError:
        ref: UUID = form.cleaned_data["ref"]
        return ref
