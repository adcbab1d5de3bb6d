"""Columns of a sheet: heading, cleaner, and the meaning of an empty cell."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import Enum
from typing import Any, Literal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from core.cells import (
    Cell,
    CellError,
    clean_choice,
    clean_decimal,
    clean_int,
    clean_text,
    clean_yes_no,
    label_key,
)
from core.dates import clean_date
from core.identity import refuse_number

Cleaner = Callable[[Cell], Any]
Format = Literal["text", "date", "number"]


class Given(Enum):
    """The two states of a cell without a value."""

    NOTHING = "nothing"
    CLEAR = "clear"


NOTHING = Given.NOTHING
"""An empty cell or a missing column: the stored value is kept."""
CLEAR = Given.CLEAR
"""“-” or “清空”: the stored value is cleared."""
DITTO = {"同上", "同前", "〃", "″", '"', "''", "“", "”"}
"""“As above”: ambiguous once the rows are sorted differently."""
STROKES = {"/", "／", "\\"}
"""A stroke through a cell of a printed form: it could mean “none” or “unchanged”."""
CLEARING = {"-", "—", "－", "–", "——", "--", "清空"}

_BRACKETS = re.compile(r"[(\[【〔][^()\[\]【】〔〕]*[)\]】〕]")


@dataclass(frozen=True)
class SheetColumn:
    """One column. `key` names the value inside the importing code; `clean` raises CellError.

    `required`: the heading must exist, and a new row needs a value. `known`: pre-filled when we hand out
    rows.
    `between`: limits of a number, which may be combined with choices. `decides`: the value decides a rank, a
    start, or which village, person or household is meant, so it is never guessed. `identifies`: a row with a
    value here is data, never a total or a note. `of_one_row`: a value merged over several rows is asked about.
    `missing`: why new rows must not go without a value (a sentence); '' if they may. `find_stored` returns those of
    some doubtful values that are stored: these are taken without a confirmation.
    """

    key: str
    label: str
    clean: Cleaner
    required: bool = False
    help: str = ""
    aliases: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    format: Format = "text"
    clearable: bool = True
    secret: bool = False
    known: bool = False
    between: tuple[float, float] | None = None
    decides: bool = False
    identifies: bool = False
    of_one_row: bool = False
    missing: str = ""
    find_stored: Callable[[Collection[str]], set[str]] | None = None

    @property
    def is_asked(self) -> bool:
        """Return whether this column is never pre-chosen for an unknown heading or word."""
        return self.required or self.decides or self.identifies or bool(self.missing)

    @property
    def spellings(self) -> set[str]:
        return {heading_key(spelling) for spelling in (self.label, *self.aliases)}


def heading_key(text: str) -> str:
    """Normalise a heading for comparison: no spaces, stars or bracketed unit; narrow letters."""
    key = label_key(text)
    return _BRACKETS.sub("", key) or key


def field_column(
    model: type[models.Model], name: str, *, spellings: Mapping[str, str] | None = None, **given: Any
) -> SheetColumn:
    """Derive a column from a model field: label, choices, length and cleaner; `given` overrides.

    `spellings` are synonyms of the choice labels.
    """
    field: Any = model._meta.get_field(name)
    choices = tuple(str(label) for _, label in field.choices or ())
    made: dict[str, Any] = {
        "key": field.attname,
        "label": str(field.verbose_name),
        "clean": _cleaner(field, spellings),
        "help": str(field.help_text),
        "choices": choices or (("是", "否") if isinstance(field, models.BooleanField) else ()),
        "format": _format(field),
        "clearable": field.null or field.blank,
        "of_one_row": _format(field) == "number",
    }
    return SheetColumn(**{**made, **given})


def _format(field: Any) -> Format:
    if isinstance(field, models.DateField):
        return "date"
    return "number" if isinstance(field, models.IntegerField | models.DecimalField) else "text"


def _cleaner(field: Any, spellings: Mapping[str, str] | None) -> Cleaner:
    if field.choices:
        return clean_choice({str(value): str(label) for value, label in field.choices}, spellings)
    if field.name in getattr(field.model, "names", ()):
        return lambda value: field.model.clean_name(value, field.max_length or 0)
    if isinstance(field, models.BooleanField):
        return clean_yes_no
    if isinstance(field, models.DateField):
        return past_date
    if isinstance(field, models.DecimalField):
        digits, places = field.max_digits, field.decimal_places
        return lambda value: clean_decimal(value, digits, places, str(field.help_text))
    if isinstance(field, models.IntegerField):
        low, high = _limits(field.validators)
        return lambda value: clean_int(value, low, high, str(field.help_text))
    return plain_text(field.max_length)


def past_date(value: Cell) -> date | None:
    """Clean a date that is not in the future. For planned days pass `clean=clean_date`."""
    day = clean_date(value)
    if day and day > timezone.localdate():
        raise CellError("这一天还没有到", "核对年份")
    return day


def _limits(validators: Sequence[Any]) -> tuple[int, int | None]:
    lows = [v.limit_value for v in validators if isinstance(v, MinValueValidator)]
    highs = [v.limit_value for v in validators if isinstance(v, MaxValueValidator)]
    return max([0, *lows]), min(highs, default=None)


def plain_text(max_length: int | None) -> Cleaner:
    """Return a cleaner for text without ID numbers, which would be stored readable.

    It refuses dates too: Excel turns 3-5 or 1/2 into one.
    """

    def clean(value: Cell) -> str:
        if isinstance(value, date | time):
            raise CellError("Excel 把内容当成了日期", "整列设为“文本”，重录这一格")
        text = clean_text(value, max_length or 0)
        refuse_number(text)
        return text

    return clean
