"""Resident ID numbers (GB 11643) and disability cards, whose first 18 digits are the ID number.

Stored encrypted, looked up through a keyed hash of the first 18 characters, shown masked. The mask keeps only
the region: together with birth date and sex, which most pages show, at least 499 numbers remain possible.
Damage done by Excel is reported, never repaired, because the three digits it drops cannot be recovered.
"""

import datetime as dt
import re
import time
from collections.abc import Iterator
from operator import mul

from django.utils import timezone

from core import crypto
from core.cells import Cell, CellError, DoubtfulCell, clean_text, lost_digits

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ZEROES = 48 * sum(WEIGHTS)
CHECK_DIGITS = "10X98765432"
UNIX_EPOCH = dt.date(1970, 1, 1).toordinal()
EARLIEST_BIRTH = dt.date(1900, 1, 1)
AGAIN = "照证件逐位核对"
PROVINCES = frozenset(
    map(
        str,
        [*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71],
    )
) | {"81", "82", "83"}
"""The first two digits (GB/T 2260); 83 is given to residents from Taiwan. The four behind them name a county of the
day of birth, which may no longer exist, so they are never a reason to refuse."""

_ID = re.compile(r"\d{17}[\dX]", re.ASCII)
# A disability card appends its kind (1 视力 … 7 多重) and level (1–4).
_CARD_END = re.compile(r"[1-7][1-4]", re.ASCII)
CUT_OFF = "000"
_CUT_OFF = ("末三位是 000，像是被 Excel 截断", "照证件核对，不要补零")
_NOISE = re.compile(r"[-\s'‘’`_—–]+")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.ASCII)
HIDDEN = "*" * 12
"""Replaces everything after the region; equally long for ID numbers and disability cards."""
HIDDEN_OF_PHONE = "*" * 8
_STARS = re.compile(r"[*＊•●]{3,}")
_PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}-?\d{7,8})(?!\d)", re.ASCII)
# A number embedded in text: with gaps, full-width digits, or one or two digits too many.
_GAP = r"[\s.·—–-]{0,2}"
# Each pattern starts with its first digit, so that the regex engine can skip ahead: half the time.
_WRITTEN = re.compile(rf"\d(?<!\d\d)(?=((?:{_GAP}\d){{14,16}}{_GAP}[\dXxＸｘ](?:{_GAP}\d){{0,2}})(?!\d))")
_WRITTEN_OLD = re.compile(r"\d(?<!\d\d)\d{5}(\d{6})\d{3}(?![\dXxＸｘ])")
# In 15 digits an earlier year is more likely part of a village code.
OLD_BIRTHS = dt.date(1930, 1, 1)


def clean_id_number(value: Cell) -> str:
    """Return 18 characters (20 for a disability card), '' when empty. Raises CellError.

    Raises DoubtfulCell for a possible number that ends with 000: it is right for one person in a thousand, but
    for every eleventh that Excel has cut off.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        _refuse_number(value)
    number = value if isinstance(value, str) and _ID.fullmatch(value) else _compact(value)
    if not number:
        return ""
    _check_shape(number)
    _check_digits(number[:18])
    if len(number) == 20 and not _CARD_END.fullmatch(number[18:]):
        if not number[15:].strip("0"):
            raise CellError(*_CUT_OFF)
        raise CellError("残疾人证末两位不对：类别是 1–7，等级是 1–4", AGAIN)
    if number[15:18] == CUT_OFF:
        raise DoubtfulCell(*_CUT_OFF, number)
    return number


def doubted_number(value: Cell) -> str:
    """Return the number that only a confirmation would make acceptable, else ''."""
    try:
        clean_id_number(value)
    except DoubtfulCell as doubt:
        return doubt.value
    except CellError:
        pass
    return ""


def _compact(value: Cell) -> str:
    return _NOISE.sub("", clean_text(value)).upper()


def _refuse_number(value: float) -> None:
    """Refuse a number cell: with 15 significant digits an ID number has lost its end.

    A short one is checked as text.
    """
    if not abs(value) < 10**15:
        raise lost_digits("整列设为“文本”，照证件重录这一格")


def _check_shape(number: str) -> None:
    length = len(number)
    if length in (18, 20) and _ID.match(number) and number[18:].isdecimal() == (length == 20):
        return
    if _SCIENTIFIC.fullmatch(number):
        raise lost_digits("整列设为“文本”，照证件重录这一格")
    if looks_masked(number):
        raise CellError("号码中间是星号", "填完整的号码，没有就空着")
    if length == 15 and number.isdecimal():
        raise CellError("是 15 位的旧号码", "照现在的证件填 18 位")
    if not re.search(r"\d", number):
        raise CellError("不是身份证号", "没有号码就空着")
    wrong = next((char for char in number if not re.match(r"[\dX]", char, re.ASCII)), "")
    if wrong:
        raise CellError(f"里面有“{wrong}”，不是身份证号", "照证件重录，只有数字和末位的 X")
    if length not in (18, 20):
        raise CellError(f"是 {length} 位，身份证号是 18 位", f"{AGAIN}，没有就空着")
    raise CellError("X 只能在第 18 位", AGAIN)


def _check_digits(number: str) -> None:
    agrees = check_digit(number[:17]) == number[17]
    if number.endswith(CUT_OFF) and not agrees:
        raise CellError(*_CUT_OFF)
    if number[:2] not in PROVINCES:
        raise CellError(f"前两位 {number[:2]} 不是哪个省的代码", AGAIN)
    try:
        born = birth_date(number)
    except ValueError:
        raise CellError(f"第 7 到 14 位的出生日期 {number[6:14]} 不存在", AGAIN) from None
    if born < EARLIEST_BIRTH:
        raise CellError(f"第 7 到 14 位的出生年份 {number[6:10]} 太早", AGAIN)
    if _is_future(born):
        raise CellError(f"第 7 到 14 位的出生日期 {number[6:14]} 还没有到", AGAIN)
    if not agrees:
        raise CellError("校验码不对，18 位里有写错的", AGAIN)


def _is_future(day: dt.date) -> bool:
    # localdate() takes 10 µs, ten times the rest of a check, so call it only near today.
    days_since_1970 = int(time.time() // 86400)
    return day.toordinal() >= UNIX_EPOCH + days_since_1970 and day > timezone.localdate()


def check_digit(first17: str) -> str:
    """Return the 18th character for 17 digits (ISO 7064 MOD 11-2)."""
    # Summing the bytes (ASCII zero is 48) takes a quarter of the time of int() per digit.
    return CHECK_DIGITS[(sum(map(mul, WEIGHTS, first17.encode("ascii"))) - ZEROES) % 11]


def birth_date(number: str) -> dt.date:
    """Return the birth date within a number of 18 or 20 characters.

    Raises ValueError for an impossible date.
    """
    return dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def sex(number: str) -> str:
    """ "1" man, "2" woman (GB/T 2261.1), from the 17th digit."""
    return "1" if int(number[16]) % 2 else "2"


def mask(number: str) -> str:
    """Return 620524************ for an ID number or disability card; only stars for anything else."""
    if len(number) < 15:
        return "*" * len(number)
    return number[:6] + HIDDEN


def is_whole(text: str) -> bool:
    """Return whether text is a complete ID number or disability card; partial numbers are not searchable."""
    return len(text) in {18, 20} and text[:17].isdecimal()


def holds_number(text: str) -> bool:
    """Return whether a text contains an ID number in any notation."""
    return len(text) >= 15 and next(_written(text), None) is not None


def refuse_number(text: str) -> None:
    """Raise CellError if a text that everybody may read contains an ID number."""
    if holds_number(text):
        raise CellError("这里写了身份证号", "删去，身份证号只写在“身份证号”一栏")


def hide_numbers(text: str) -> str:
    """Mask every ID number in a text, for messages, file names and logs."""
    for start, end in reversed(list(_written(text))):
        text = f"{text[:start]}{mask(re.sub(_GAP, '', text[start:end]))}{text[end:]}"
    return text


def _written(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of ID numbers in a text, from left to right."""
    runs = [(match.start(), match.end(1)) for match in _WRITTEN.finditer(text)]
    found = [(a, b) for a, b in runs if _is_number(text[a:b])]
    found += [m.span() for m in _WRITTEN_OLD.finditer(text) if _is_birth(f"19{_digits(m[1])}", OLD_BIRTHS)]
    last = 0
    for start, end in sorted(found):
        if start >= last:
            yield start, end
            last = end


def _is_number(text: str) -> bool:
    """Return whether digits are an ID number, or one lacking one or two digits."""
    digits = _digits(text)
    is_whole = len(digits) >= 18 or (len(digits) == 17 and not text[-1].isdecimal())
    # A number lacking one or two digits must begin with a province code, which no year does.
    return (is_whole or digits[:2] in PROVINCES) and _is_birth(digits[6:14], EARLIEST_BIRTH)


def _digits(text: str) -> str:
    return "".join(str(int(char)) for char in text if char.isdecimal())


def _is_birth(digits: str, earliest: dt.date) -> bool:
    """Return whether eight digits are a plausible birth date."""
    try:
        born = dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return earliest <= born and not _is_future(born)


def looks_masked(value: Cell) -> bool:
    """Return whether a value is a mask sent back: it means “unchanged” or is an error."""
    return isinstance(value, str) and bool(_STARS.search(value))


def encrypt(number: str) -> str:
    """Return the token to store; '' for ''. Equal numbers give equal tokens under one key."""
    return crypto.seal_text(number)


def decrypt(token: str) -> str:
    """Decrypt a stored token. Raises SealError."""
    return crypto.open_text(token)


def id_hash(number: str) -> str:
    """Return the hash to store beside the token; a person's ID number and disability card hash alike."""
    return crypto.keyed_hash(number[:18]) if number else ""


def id_hashes(number: str) -> list[str]:
    """Return the lookup hashes of a number, one per key."""
    return crypto.keyed_hashes(number[:18]) if number else []


def mask_phone(phone: str) -> str:
    """Return 138********, for users who may not see phone numbers."""
    return phone[:3] + HIDDEN_OF_PHONE if len(phone) >= 8 else "*" * len(phone)


def hide_phones(text: str, *, but: str = "") -> str:
    """Mask every phone number in a text except `but`, the reader's own."""
    return _PHONE.sub(lambda found: found[0] if found[0] == but else mask_phone(found[0]), text)
