"""Show a number as its number format does (ECMA-376 part 1, 18.8.30), where the result is certain.

Programs differ in rare forms: padding, fractions, exponents, Chinese numerals, a rounded minus zero. Those are
reported as uncertain. Dates are left to the fast reader.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property, lru_cache

from core.shown_number import ShownNumber

_TOKEN = re.compile(
    r"""
    "(?P<quoted>[^"]*)" | \\(?P<escaped>.) | \[(?P<bracket>[^\]]*)\] | _(?P<pad>.) | \*(?P<fill>.)
    | (?P<general>General|G/通用格式) | (?P<exponent>E[+-]) | (?P<digit>[0#?]) | (?P<point>\.)
    | (?P<comma>,) | (?P<percent>%) | (?P<end>;) | (?P<text>@) | (?P<fraction>/)
    | (?P<literal>[-+$()^&'~{}<>=:\ ]|[^\x00-\x7f]) | (?P<strange>.)
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_COLOURS = re.compile(
    r"(?:black|blue|cyan|green|magenta|red|white|yellow|color ?\d+|颜色 ?\d+|[黑白红绿蓝黄]色?|洋红色?|青色?|蓝绿色?)",
    re.IGNORECASE,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)", re.ASCII)
# A currency sign and a language; a language above 16 bits may choose other digits.
_CURRENCY = re.compile(r"\$([^-]*)(?:-0*([0-9A-F]{0,4}))?", re.IGNORECASE)
_DATE_LETTERS = frozenset("dmhysDMHYS")
_MONEY = frozenset("¥￥")
_NUMERALS = {"dbnum1": "一二三四五六七八九十", "dbnum2": "壹贰叁肆伍陆柒捌玖拾"}
CHINESE = 0x804
_DASHES = frozenset("-–—")
# General shows at most 11 characters, depending on the width of the column.
_GENERAL_WIDTH = 11
_LARGEST = 10**15
_TESTS = {
    "<=": Decimal.__le__,
    ">=": Decimal.__ge__,
    "<>": Decimal.__ne__,
    "<": Decimal.__lt__,
    ">": Decimal.__gt__,
    "=": Decimal.__eq__,
}
Piece = tuple[str, str]


class _Uncertain(Exception):
    """The text is not certain; `same`: it is the number in another notation."""

    def __init__(self, *, same: bool) -> None:
        super().__init__()
        self.same = same


@dataclass
class _Section:
    """One of the up to four parts of a format."""

    pieces: list[Piece] = field(default_factory=list)
    """Kind (literal, digit, point, percent, general) and character."""
    condition: tuple[str, Decimal] | None = None
    grouped: bool = False
    thousands: int = 0
    """How often the number is divided by 1,000."""
    coloured: bool = False
    has_currency: bool = False
    is_chinese: bool = False
    is_text: bool = False
    numerals: str = ""
    """Chinese numerals from 1 to 10 that replace the digits."""
    uncertain: _Uncertain | None = None
    letters: str = ""

    @cached_property
    def by_kind(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for kind, char in self.pieces:
            found.setdefault(kind, []).append(char)
        return found

    def kinds(self, kind: str) -> list[str]:
        return self.by_kind.get(kind, [])

    @cached_property
    def literal(self) -> str:
        return "".join(self.kinds("literal")).strip()


@lru_cache(maxsize=4096)
def is_plain(code: str) -> bool:
    """Return whether every number shows as itself, or the fast reader returns a date."""
    if code.strip().lower() in {"", "general", "@", "g/通用格式"}:
        return True
    return not _DATE_LETTERS.isdisjoint(_sections(code)[0].letters)


@lru_cache(maxsize=1 << 16)
def shown(code: str, number: float) -> float:
    """Return the number as it is, or as a ShownNumber when its text says something else."""
    if not abs(number) < _LARGEST:
        return number
    sections = _sections(code)
    if len(sections) == 1 and _shows_exactly(sections[0], number):
        return number
    try:
        text, same = _show(sections, Decimal(format(number, ".15g")))
    except _Uncertain as reason:
        return ShownNumber(number, None, same=reason.same, code=code)
    if same and _is_number(text, number):
        return number
    return ShownNumber(number, text, same=same, code=code)


def _shows_exactly(section: _Section, number: float) -> bool:
    """Return quickly whether a plain format (0, 0.00) shows a positive number unrounded."""
    if section.uncertain or section.condition or section.literal or section.thousands or section.numerals:
        return False
    if number < 1 or section.kinds("percent") or section.kinds("general") or not section.kinds("digit"):
        return False
    whole, _, decimals = "".join(char for kind, char in section.pieces if kind != "literal").partition(".")
    return whole.count("0") <= 1 and round(number, len(decimals)) == number


def _is_number(text: str, number: float) -> bool:
    """Return whether a text is the number as it would be typed, apart from separators and closing zeros."""
    plain = text.replace(",", "")
    if not re.fullmatch(r"-?(?:0|[1-9]\d*)?(?:\.\d*)?", plain, re.ASCII) or not plain.strip("-."):
        return False
    return Decimal(plain) == Decimal(format(number, ".15g"))


# --- parse ----------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _sections(code: str) -> list[_Section]:
    """Return the sections for numbers: a last one with @ is for text."""
    sections = [_Section()]
    for match in _TOKEN.finditer(code):
        kind = match.lastgroup or ""
        if kind == "end":
            sections.append(_Section())
        else:
            _add(sections[-1], kind, match[kind])
    for section in sections:
        _place_commas(section)
    if len(sections) > 1 and sections[-1].is_text:
        sections.pop()
    return sections[:3]


def _add(section: _Section, kind: str, char: str) -> None:
    if kind in ("quoted", "escaped", "literal"):
        section.pieces += [("literal", each) for each in char]
    elif kind == "pad":
        section.pieces.append(("literal", " "))
    elif kind == "fill" and char == " ":
        pass  # fills the width of the column
    elif kind in ("digit", "point", "comma", "percent", "general"):
        section.pieces.append((kind, char))
    elif kind == "bracket":
        _add_bracket(section, char)
    elif kind == "text":
        section.is_text = True
        section.uncertain = _Uncertain(same=False)
    else:
        section.letters += char if kind == "strange" else ""
        section.uncertain = _Uncertain(same=kind in ("fill", "fraction", "exponent"))


def _add_bracket(section: _Section, inside: str) -> None:
    if _COLOURS.fullmatch(inside):
        section.coloured = True
    elif condition := _CONDITION.fullmatch(inside):
        section.condition = condition[1], Decimal(condition[2])
    elif currency := _CURRENCY.fullmatch(inside):
        section.pieces += [("literal", each) for each in currency[1]]
        section.has_currency = True
        section.is_chinese |= int(currency[2] or "0", 16) == CHINESE
    elif numerals := _NUMERALS.get(inside.lower()):
        section.numerals = numerals
    else:
        section.uncertain = _Uncertain(same=inside.lower().startswith("dbnum"))


def _place_commas(section: _Section) -> None:
    """Tell commas between digits (thousands separators) from those after the last one (scale)."""
    pieces, kept = section.pieces, list[Piece]()
    for at, piece in enumerate(pieces):
        if piece[0] != "comma":
            kept.append(piece)
            continue
        behind = next((kind for kind, _ in pieces[at + 1 :] if kind != "comma"), "")
        if not kept or kept[-1][0] != "digit":
            section.uncertain = section.uncertain or _Uncertain(same=False)
        elif behind == "digit":
            section.grouped = True
        elif any(kind == "digit" for kind, _ in pieces[at + 1 :]) and behind != "point":
            section.uncertain = section.uncertain or _Uncertain(same=False)
        else:
            section.thousands += 1
    section.pieces = kept


# --- show -----------------------------------------------------------------------------------------


def _show(sections: list[_Section], number: Decimal) -> tuple[str, bool]:
    """Return the text and whether it is the number and nothing else."""
    section, minus = _choose(sections, number)
    if section.uncertain:
        raise section.uncertain
    if number < 0 and not minus and section.coloured and not section.literal:
        # Red alone says “negative”.
        raise _Uncertain(same=False)
    filled = _fill(section, abs(number), minus)
    text = " ".join(f"{minus}{filled}".split())
    return text, _is_same(section, number, minus)


def _choose(sections: list[_Section], number: Decimal) -> tuple[_Section, str]:
    """Return the section for a number, and the minus sign that it does not write itself."""
    if any(section.condition for section in sections):
        return _choose_by_condition(sections, number), ""
    if number < 0:
        return (sections[0], "-") if len(sections) == 1 else (sections[1], "")
    return sections[2 if number == 0 and len(sections) > 2 else 0], ""


def _choose_by_condition(sections: list[_Section], number: Decimal) -> _Section:
    for place, section in enumerate(sections):
        if section.condition:
            sign, limit = section.condition
            if number == limit == 0 and sign == ">":
                break  # LibreOffice shows 0 by the first section here
            if not _TESTS[sign](number, limit):
                continue
        elif place == 0 or place < len(sections) - 1:
            break
        if number >= 0:
            return section
    raise _Uncertain(same=False)


def _is_same(section: _Section, number: Decimal, minus: str) -> bool:
    if section.thousands or section.kinds("percent"):
        return False
    signs = "".join(char for char in section.literal if char not in _MONEY and not char.isspace())
    if number == 0 and signs in _DASHES:
        return True
    if not section.kinds("digit") and not section.kinds("general"):
        return False
    if number < 0 and not minus:
        return signs in {"-", "()"}
    return not signs


def _fill(section: _Section, number: Decimal, minus: str) -> str:
    if section.kinds("general"):
        if section.kinds("digit"):
            raise _Uncertain(same=False)
        digits = _in_chinese(section, number) if section.numerals else _general(number)
        return "".join(digits if kind == "general" else char for kind, char in section.pieces)
    if section.numerals:
        raise _Uncertain(same=True)
    if not section.kinds("digit"):
        if minus or section.kinds("percent") or section.kinds("point"):
            raise _Uncertain(same=False)
        return "".join(section.kinds("literal"))
    return _fill_digits(section, number, minus)


def _general(number: Decimal) -> str:
    text = format(number, "f")
    if len(text) > _GENERAL_WIDTH:
        raise _Uncertain(same=True)
    return text


def _in_chinese(section: _Section, number: Decimal) -> str:
    """Return 一十三 for 13. Programs agree on 1 to 99 in a format that names the language."""
    if not section.is_chinese or not 1 <= number <= 99 or number % 1:
        raise _Uncertain(same=True)
    tens, ones = divmod(int(number), 10)
    signs = ["", *section.numerals]
    return f"{signs[tens]}{signs[10]}{signs[ones]}" if tens else signs[ones]


def _fill_digits(section: _Section, number: Decimal, minus: str) -> str:
    kinds = [kind for kind, _ in section.pieces]
    point = kinds.index("point") if "point" in kinds else len(kinds)
    money_in_percent = section.has_currency and "percent" in kinds
    if kinds.count("point") > 1 or kinds.count("percent") > 1 or money_in_percent:
        raise _Uncertain(same=False)
    decimals = kinds[point:].count("digit")
    scaled = number.scaleb(2 * kinds.count("percent") - 3 * section.thousands)
    rounded = scaled.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    if minus and not rounded:
        raise _Uncertain(same=True)
    if "percent" in kinds and abs(rounded - scaled) * 2 == Decimal(1).scaleb(-decimals):
        raise _Uncertain(same=False)
    whole, _, part = format(rounded, "f").partition(".")
    before = _whole(section.pieces[:point], whole if whole != "0" else "", grouped=section.grouped)
    behind = "".join(_decimals(section.pieces[point:], part))
    if re.match(r"\.(?!\d)", behind):
        # Some programs leave out a point without decimals.
        raise _Uncertain(same=_is_same(section, number, ""))
    return before + behind


def _whole(pieces: list[Piece], digits: str, *, grouped: bool) -> str:
    """Lay digits over the placeholders from the right; surplus ones stand at the first."""
    places = [at for at, (kind, _) in enumerate(pieces) if kind == "digit"]
    if not places:
        if digits:
            raise _Uncertain(same=True)
        return "".join(char for _, char in pieces)
    inner = any(pieces[at][0] != "digit" for at in range(places[0], places[-1]))
    marks = [pieces[at][1] for at in places]
    missing = max(0, len(marks) - len(digits))
    if inner and (grouped or any(mark != "0" for mark in marks[:missing])):
        raise _Uncertain(same=False)
    laid = [{"0": "0", "?": " ", "#": ""}[mark] for mark in marks[:missing]]
    laid += list(digits)
    surplus = len(laid) - len(marks)
    laid[: surplus + 1] = ["".join(laid[: surplus + 1])]
    if grouped:
        joined = "".join(laid)
        return _around(pieces, places, _grouped(joined.strip(), spaces=joined.count(" ")))
    filled = iter(laid)
    return "".join(next(filled) if kind == "digit" else char for kind, char in pieces)


def _around(pieces: list[Piece], places: list[int], digits: str) -> str:
    first, last = places[0], places[-1]
    return "".join(c for _, c in pieces[:first]) + digits + "".join(c for _, c in pieces[last + 1 :])


def _grouped(digits: str, *, spaces: int) -> str:
    reverse = digits[::-1]
    return " " * spaces + ",".join(reverse[at : at + 3] for at in range(0, len(reverse), 3))[::-1]


def _decimals(pieces: list[Piece], digits: str) -> Iterator[str]:
    """Yield the point, the decimals and what follows; closing zeros under # and ? are left out."""
    kept = len(digits)
    for mark in reversed([char for kind, char in pieces if kind == "digit"]):
        if mark == "0" or digits[kept - 1] != "0":
            break
        kept -= 1
    at = 0
    for kind, char in pieces:
        if kind != "digit":
            yield char
            continue
        yield digits[at] if at < kept else " " if char == "?" else ""
        at += 1
