"""A form sent twice: the ref that its page made says whether it was recorded before."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms import BaseForm
from django.urls import reverse

from core.forms import refuse, text_of

M = TypeVar("M", bound=Model)


class Compared(NamedTuple):
    """One line of both versions side by side, where the two differ."""

    label: str
    mine: str
    stored: str


class SameRef(Exception):
    """The same form was sent before with other content; `stored` is what was recorded then, `rows` what differs."""

    def __init__(self, stored: Sequence[Any], rows: Sequence[Compared] = ()) -> None:
        super().__init__("这张表已经保存过，内容不一样")
        self.stored, self.rows = stored, rows


class RefTaken(Exception):
    """The ref belongs to a form of another author."""


def differing(mine: Model, stored: Any, names: Iterable[str], photos: int = 0) -> list[Compared]:
    """Return what differs between the row that a form would make now, with so many photos, and the one it
    made before.
    """
    fields: list[Any] = [mine._meta.get_field(name.removesuffix("_id")) for name in names]
    lines = [
        Compared(
            str(field.verbose_name),
            text_of(field, getattr(mine, field.name)),
            text_of(field, getattr(stored, field.name)),
        )
        for field in fields
        if getattr(mine, field.attname) != getattr(stored, field.attname)
    ]
    kept = stored.photos.count() if hasattr(stored, "photos") else 0
    if photos != kept:
        lines.append(Compared("照片", photos_told(photos), photos_told(kept)))
    if stored.is_void:
        lines.append(Compared("作废", "", "已作废"))
    return lines


def photos_told(count: int) -> str:
    return f"{count} 张" if count else ""


def recorded(
    form: BaseForm,
    record: Callable[[], M],
    page: str,
    more: Callable[[Any], list[Compared]] = lambda stored: [],
) -> tuple[M | None, dict[str, Any] | None]:
    """Return what a sent form records when it is valid, and the conflict for `_resent.html` when it was sent
    before with other content: `page` names the address of what was stored, `more` are lines beside those
    of its columns. What stands against recording is put on the form.
    """
    if not form.is_valid():
        return None, None
    try:
        return record(), None
    except ValidationError as error:
        refuse(form, error.message_dict)
        return None, None
    except SameRef as sent:
        stored = sent.stored[0]
        return None, {"url": reverse(page, args=[stored.pk]), "rows": [*sent.rows, *more(stored)]}
    except RefTaken:
        return None, {"url": "", "rows": ()}


def sent_ref(form: BaseForm) -> UUID:
    """Return the ref of a valid form, or the fresh one of the button 另记一条."""
    try:
        return UUID(form.data.get("fresh", ""))
    except ValueError:
        ref: UUID = form.cleaned_data["ref"]
        return ref
