"""One item of a survey: the question, and the function that cleans its answers.

A clean answer is a JSON value: a number, 1 or 0 for 是/否, an option's code, a list of codes in the order of
the options, text, a date as 2012-03-05, or UNKNOWN (不详). None is no answer. Cleaning is idempotent.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from django.utils import timezone

from core.cells import CellError, clean_choice, clean_decimal, clean_text, clean_yes_no
from core.dates import clean_date
from core.identity import hide_phones, mask_phone
from core.importing.columns import plain_text
from surveys.definition.language import UNKNOWN, Expression

TYPES = {"number": "数", "single": "单选", "multi": "多选", "yesno": "是否", "text": "文字", "date": "日期"}
UNKNOWN_LABEL = "不详"
Answer = str | float | list[str] | None
"""A clean answer: a text, code or date, a number, the codes of several options, or none."""
LONGEST_TEXT = 500
NONE_CODES = {"0", "00"}
"""Options meaning 无, which are ignored when two lists are compared by length."""
_BETWEEN = re.compile(r"[；;\n]+")
_BETWEEN_WORDS = re.compile(r"[、，,；;\s]+")


class Option(NamedTuple):
    code: str
    label: str


@dataclass(frozen=True)
class Item:
    """`continues` names the predecessor in the previous version; `better` is the direction of improvement.

    `better` is "more", "less", or the option codes from good to bad. `problem`: the options are categories of
    困难诉求.
    """

    code: str
    label: str
    type: str
    section: str = ""
    unit: str = ""
    options: Sequence[Option] = ()
    required: bool = False
    min: Any = None
    max: Any = None
    step: Any = None
    max_select: int = 0
    show_if: str = ""
    calc: str = ""
    help: str = ""
    basis: str = ""
    bind: str = ""
    unknown_allowed: bool = False
    continues: str = ""
    better: str | tuple[str, ...] = ""
    problem: bool = False
    condition: Expression | None = None
    calculation: Expression | None = None

    @property
    def given(self) -> dict[str, Any]:
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @property
    def must_be_typed(self) -> bool:
        return self.required and not self.calc

    @cached_property
    def looks_at(self) -> frozenset[str]:
        """Return the answers that decide its visibility and its calculated value."""
        parts = (part.codes for part in (self.condition, self.calculation) if part)
        return frozenset().union(*parts)

    @cached_property
    def labels(self) -> Mapping[str, str]:
        return {option.code: option.label for option in self.options}

    @cached_property
    def places(self) -> int:
        """Return the decimals of a number, from its step."""
        exponent = self._step.normalize().as_tuple().exponent
        assert isinstance(exponent, int)
        return max(0, -exponent)

    @cached_property
    def _clean(self) -> Callable[[Any], Answer]:
        clean: Callable[[Any], Answer] = getattr(self, f"_clean_{self.type}")
        return clean

    def clean(self, raw: Any) -> Answer:
        """Clean a form's text, a sheet's cell or a clean answer. Raises CellError."""
        if isinstance(raw, list | tuple) and len(raw) == 1:
            raw = raw[0]
        if raw is None or raw == "" or raw == []:
            return None
        if isinstance(raw, str) and raw.strip() in {UNKNOWN, UNKNOWN_LABEL}:
            if not self.unknown_allowed:
                raise CellError("这一题不能填“不详”", "问清楚再填")
            return UNKNOWN
        if isinstance(raw, list | tuple) and (self.type != "multi" or UNKNOWN in raw):
            raise CellError("选了不止一项", "只选一项")
        return self._clean(raw)

    def _clean_number(self, raw: Any) -> int | float | None:
        number = clean_decimal(raw, 15, self.places, self.unit, low=None)
        if number is None:
            return None
        if number < self._low or number > self._high:
            raise CellError(f"{number.normalize():f} 超出了范围", f"填 {self.range}的数{self._in_unit}")
        if number % self._step:
            raise CellError(f"{number.normalize():f} 不合要求", f"填 {self.step} 的整倍数{self._in_unit}")
        return int(number) if number == int(number) else float(number)

    @cached_property
    def _low(self) -> Decimal:
        return Decimal("-Infinity" if self.min is None else str(self.min))

    @cached_property
    def _high(self) -> Decimal:
        return Decimal("Infinity" if self.max is None else str(self.max))

    @cached_property
    def _step(self) -> Decimal:
        return Decimal(str(self.step or 1))

    @property
    def range(self) -> str:
        """Return the accepted range in words: “0 到 300 之间”; '' for no limits."""
        if self.min is None and self.max is None:
            return ""
        if self.max is None:
            return f"{self.min} 以上"
        return f"{self.max} 以下" if self.min is None else f"{self.min} 到 {self.max} 之间"

    @property
    def _in_unit(self) -> str:
        return f"，单位{self.unit}" if self.unit else ""

    def _clean_yesno(self, raw: Any) -> int | None:
        answer = clean_yes_no(raw)
        return None if answer is None else int(answer)

    @cached_property
    def _clean_option(self) -> Callable[[Any], str | None]:
        return clean_choice(dict(self.labels))

    def _clean_single(self, raw: Any) -> str | None:
        if not self.options:
            return self._clean_text(raw)
        return self._clean_option(raw)

    def _clean_multi(self, raw: Any) -> list[str] | None:
        parts = (
            raw
            if isinstance(raw, list | tuple)
            else _BETWEEN.split(raw if isinstance(raw, str) else clean_text(raw))
        )
        chosen = {code for part in parts for code in self._codes_in(part)}
        if self.max_select and len(chosen) > self.max_select:
            raise CellError(f"选了 {len(chosen)} 项", f"最多选 {self.max_select} 项")
        return [code for code in self.labels if code in chosen] or None

    def _codes_in(self, part: Any) -> list[str]:
        """Return the code that a part names as a whole, else those of its words (labels may contain a 、)."""
        try:
            codes = [self._clean_option(part)]
        except CellError:
            words = _BETWEEN_WORDS.split(clean_text(part))
            if len(words) < 2:
                raise
            codes = [self._clean_option(word) for word in words]
        return [code for code in codes if code]

    @cached_property
    def _clean_line(self) -> Callable[[Any], str]:
        return plain_text(self.max or LONGEST_TEXT)

    def _clean_text(self, raw: Any) -> str | None:
        text = self._clean_line(raw)
        if text and self.min and len(text) < self.min:
            raise CellError(f"太短，只有 {len(text)} 个字", f"至少 {self.min} 个字")
        return text or None

    def _clean_date(self, raw: Any) -> str | None:
        day = clean_date(raw)
        if day is None:
            return None
        if self.min and day.isoformat() < self.min:
            raise CellError("日期太早", f"不早于 {self.min}")
        if day > timezone.localdate():
            raise CellError("这一天还没有到", "核对年份")
        return day.isoformat()

    def shown(self, answer: Any) -> str:
        """Format a clean answer without its unit; '' for none."""
        if answer is None or answer == "":
            return ""
        if answer == UNKNOWN:
            return UNKNOWN_LABEL
        if self.type == "yesno":
            return "是" if answer else "否"
        if self.type == "multi":
            return "；".join(self.labels.get(code, code) for code in answer)
        if self.type == "number":
            if self.unit == "年份":
                return str(answer)
            return f"{answer:,.{self.places}f}" if isinstance(answer, float) else f"{answer:,}"
        return self.labels.get(answer, str(answer))

    @property
    def is_phone(self) -> bool:
        """Return whether the answer is a phone number, which is masked for viewers."""
        return self.type == "text" and "电话" in self.label

    def without_phones(self, answer: Answer) -> Answer:
        """Mask phone numbers in an answer for viewers, in free text too."""
        if not isinstance(answer, str):
            return answer
        return mask_phone(answer) if self.is_phone else hide_phones(answer)

    @property
    def answer_form(self) -> str:
        """Describe how the item is answered: 数 0 到 1000 平方米, or its options."""
        if self.calc:
            return f"系统算：{self.calc}"
        said = TYPES[self.type]
        if self.type == "number":
            said = f"{self.min} 到 {self.max} {self.unit}"
        elif self.options:
            said = f"{said}：{'、'.join(self.labels.values())}"
        if self.max_select:
            said += f"（最多 {self.max_select} 项）"
        return f"{said}，可填不详" if self.unknown_allowed else said

    def as_typed(self, raw: Any) -> str:
        """Format any answer, including an invalid one of a draft, as it was typed."""
        try:
            return self.shown(self.clean(raw))
        except CellError:
            return "；".join(raw) if isinstance(raw, list) else str(raw)

    def turn(self, before: Any, after: Any) -> int:
        """Return 1 if `after` is better than `before`, -1 if worse, 0 if equal or not comparable."""
        if not self.better or before in (None, UNKNOWN) or after in (None, UNKNOWN):
            return 0
        one, other = self._rank(before), self._rank(after)
        return (other > one) - (other < one)

    def _rank(self, answer: Any) -> float:
        if isinstance(self.better, tuple):
            return -self.better.index(answer) if answer in self.better else -len(self.better)
        amount = len(set(answer) - NONE_CODES) if isinstance(answer, list) else float(answer)
        return amount if self.better == "more" else -amount
