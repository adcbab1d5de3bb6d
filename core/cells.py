"""Clean one value: a spreadsheet cell or the text of a form field.

A cleaner returns the clean value, or None ('' for text) when the cell is empty. It raises CellError with the
reason and the remedy. Ambiguous values are refused, never repaired silently. Excel gives numbers as floats
and empty cells as ''.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal

from core.rare_characters import INTENDED
from core.shown_number import ShownNumber

Cell = str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | None

# Excel keeps 15 significant digits; a longer number has lost its last ones.
EXACT = 10**15
KINDS = {bool: "“是”或“否”", dt.datetime: "日期", dt.date: "日期", dt.time: "时间", dt.timedelta: "时长"}
EXCEL_ERRORS = {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}


class CellError(ValueError):
    """The reason why a value is refused and the remedy, each a short phrase without a full stop."""

    def __init__(self, why: str, remedy: str) -> None:
        self.why = why
        self.remedy = remedy
        super().__init__(f"{why}。{remedy}。")


class DoubtfulCell(CellError):
    """A value that is probably damaged; it is taken only after somebody has confirmed this one."""

    def __init__(self, why: str, remedy: str, value: str) -> None:
        super().__init__(why, remedy)
        self.value = value
        """The clean value to take once it is confirmed."""


RETYPE = "整列设为“文本”，照看到的重录这一格"


class UnclearName(CellError):
    """A name that fits several rows (`must`: the clerk has to say which), or none but similar ones."""

    def __init__(self, why: str, remedy: str, options: Iterable[str], *, must: bool) -> None:
        super().__init__(why, remedy)
        self.options = list(options)
        self.must = must


class UnknownWord(CellError):
    """A word that is none of a column's choices; it may be asked about once for all rows."""


def lost_digits(remedy: str = "整列设为“文本”，重录这一格") -> CellError:
    return CellError("Excel 把号码当成了数，后面几位已经丢了", remedy)


# --- text ---------------------------------------------------------------------------------------

# Characters of nearly every valid cell; a cell with only these is returned unchanged (fast path).
_CLEAN = re.compile(r"[!\"$-^`-~\u4e00-\u9fff，。、；：？！“”‘’（）《》【】·—…]*")
# What a damaged file leaves; tabs and line breaks are white space.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]|_x00(?:0[0-8BbCcEeFf]|1[0-9A-Fa-f])_")
_SPACES = re.compile(r"(?:_x000[dD]_|\s)+")


def clean_text(value: Cell, max_length: int = 0) -> str:
    """Return one line of text with white space collapsed and full-width letters and digits narrowed.

    `max_length` 0 sets no limit. A whole float loses its ".0"; a date becomes 2012-03-05.
    """
    if not isinstance(value, str):
        value = _written(value)
    elif not _CLEAN.fullmatch(value):
        value = _tidy(value)
    if max_length and len(value) > max_length:
        raise CellError(f"太长，有 {len(value)} 个字", f"最多 {max_length} 个字")
    return value


def _tidy(text: str) -> str:
    if _CONTROL.search(text):
        raise CellError("有看不见的控制字符", "把这一格重新输入")
    text = one_line(text)
    if "\ufffd" in text:
        raise CellError("有认不出的字（乱码）", "把这一格重新输入")
    if text in EXCEL_ERRORS or (len(text) > 1 and not text.strip("#")):
        raise CellError(f"是 Excel 的错误值 {text}", "改成真正的内容，没有就空着")
    return text


def one_line(text: str) -> str:
    """Normalise text for comparison: collapse white space, narrow letters and digits, drop control
    characters.
    """
    text = unicodedata.normalize("NFC", text).translate(INTENDED)
    text = _SPACES.sub(" ", text)
    if not text.isprintable():
        text = "".join(char for char in text if unicodedata.category(char) not in {"Cc", "Cf", "Cs"})
    return " ".join(text.split())


def _written(value: Cell) -> str:
    """Return the text a person would have typed for a non-text value: what the cell shows."""
    if value is None:
        return ""
    if isinstance(value, ShownNumber):
        return _tidy(_shown_text(value))
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        if abs(value) >= EXACT:
            raise lost_digits()
        return format(Decimal(format(value, ".15g")), "f")
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M").removesuffix(" 00:00")
    return str(value)


def _shown_text(value: ShownNumber) -> str:
    """Return what a cell shows. Raises CellError when that is uncertain, nothing or a dash."""
    if value.text is None:
        raise CellError(f"{stored(value)}，看不准表里显示成什么", RETYPE)
    if not value.text.strip("-–—"):
        seen = f"显示成“{value.text}”" if value.text else "什么也不显示"
        raise CellError(f"{stored(value)}，表里{seen}", RETYPE)
    return value.text


def stored(value: float) -> str:
    """Name the number in a cell, without its digits if it may be a personal number."""
    digits = format(Decimal(format(value, ".15g")), "f")
    whole = digits.lstrip("-").partition(".")[0]
    return f"存的是 {digits[:12]}" if len(whole) <= 8 else f"存的是 {len(whole)} 位的数"


# White space beside a Chinese character is meaningless; between two Latin words it is not.
_NAME_SPACE = re.compile(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])")
# Input methods write the dot within a name in many ways; a full stop is one between Chinese characters only.
_DOTS = "･﹒●‧•・∙⋅"
_CHINESE = "〇\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff\ue000-\uf8ff"
_NAME_DOT = re.compile(rf"(?<=[\w{_CHINESE}])[{_DOTS}](?=[\w{_CHINESE}])|(?<=[{_CHINESE}])\.(?=[{_CHINESE}])")
# A character masked in a published list, or lost in a conversion.
_HIDDEN_LETTER = re.compile(r"[*?？○×□■]")
_BRACKETS = {ord("("): "（", ord(")"): "）"}
NOTHING_WORDS = frozenset({"无", "暂无", "没有", "不详", "未知", "不明", "不清楚", "未登记", "未填", "空"})
"""Words that say that there is no value."""


def clean_name(value: Cell, max_length: int = 0) -> str:
    """Clean the name of a person, unit or place: 王 有 福 → 王有福, 买买提•艾力 → 买买提·艾力. Refuse numbers."""
    text = clean_name_text(clean_text(value))
    wordless = text and (text in NOTHING_WORDS or not any(map(str.isalpha, text)))
    if not isinstance(value, str | ShownNumber | None) or wordless:
        raise CellError("不是名字", "核对是不是错了列")
    if re.search(r"\d{7}", text):
        raise CellError("名字里写了号码", "号码填在它自己的一列")
    if hidden := _HIDDEN_LETTER.search(text):
        raise CellError(f"名字里有“{hidden[0]}”，不是完整的名字", "把这个字填上")
    return clean_text(text, max_length)


def clean_person(value: Cell, max_length: int = 0) -> str:
    """Clean the name of one person."""
    name = clean_name(value, max_length)
    if re.search(r"[、，,;；/|]", name):
        raise CellError("像是不止一个人", "一格只写一个人的姓名")
    return name


def clean_name_text(text: str) -> str:
    """Normalise a name: no spaces, the standard dot and brackets."""
    text = _NAME_DOT.sub("·", _NAME_SPACE.sub("", text))
    return text if text.isascii() else text.translate(_BRACKETS)


def clean_searched(text: str) -> str:
    """Normalise a search term for a name like the stored name; it may begin or end with the dot."""
    return clean_name_text(one_line(text)).translate(dict.fromkeys(map(ord, _DOTS), "·"))


def label_key(text: str) -> str:
    """Reduce a label to a comparison key: no spaces or stars, narrow brackets, lower case."""
    key = unicodedata.normalize("NFKC", one_line(text)).translate(_LABEL_NOISE).lower()
    return key.removesuffix("(必填)").removesuffix("(选填)")


_LABEL_NOISE = {ord(char): None for char in " *※:"}


def clean_words(value: Cell, max_length: int = 0) -> str:
    """Split several words in one cell at 、，,;； or a space and drop duplicates: 五保、重病."""
    words = re.split(r"[、，,;；\s]+", clean_text(value))
    return clean_text("、".join(dict.fromkeys(word for word in words if word)), max_length)


# --- numbers ------------------------------------------------------------------------------------

_NUMBER = re.compile(r"([-+]?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?", re.ASCII)
_WITH_UNIT = re.compile(r"¥?\s*([-+]?[\d,.]*\d)\s*([^\d\s,.][^\d]*)?", re.ASCII)


def clean_int(value: Cell, low: int | None = None, high: int | None = None, unit: str = "") -> int | None:
    """Clean a whole number within low…high (inclusive); its unit may follow it."""
    if type(value) is float and value.is_integer() and abs(value) < EXACT:
        value = int(value)
    number = value if type(value) is int else _number(value, unit)
    if number is None:
        return None
    if number != int(number):
        raise CellError("不是整数", f"填整数{_in_unit(unit)}")
    _check_range(number, low, high, unit)
    return int(number)


def clean_decimal(
    value: Cell, digits: int = 12, places: int = 2, unit: str = "", low: int | None = 0
) -> Decimal | None:
    """Clean a number of at most `digits` digits, `places` of them decimals; refuse one below `low`.

    A number cell with more decimals is rounded half up, as Excel displays it; a typed one is refused.
    """
    number = _number(value, unit)
    if number is None:
        return None
    rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    if isinstance(value, str) and rounded != number:
        raise CellError(f"小数超过 {places} 位", f"最多 {places} 位小数{_in_unit(unit)}")
    if abs(rounded) >= 10 ** (digits - places):
        raise CellError("数太大", f"最多 {digits - places} 位整数{_in_unit(unit)}")
    _check_range(rounded, low, None, unit)
    return rounded


def _number(value: Cell, unit: str) -> Decimal | None:
    if isinstance(value, str):
        text = clean_text(value)
        return _written_number(text, unit) if text else None
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CellError(f"填的是{kind_in_words(value)}，不是数", "把格式设为“常规”，再重录这一格")
    if not abs(value) < EXACT:
        raise CellError("数太大", f"核对这一格{_in_unit(unit)}")
    if isinstance(value, ShownNumber) and not value.same:
        return _shown_number(value, unit)
    return Decimal(format(value, ".15g")) if isinstance(value, float) else Decimal(value)


def _shown_number(value: ShownNumber, unit: str) -> Decimal:
    """Take a formatted number as if its text had been typed, unrounded: 0.955 shown as 96% is 95.5 in %."""
    typed = _written_number(_tidy(_shown_text(value)), unit)
    rounding = Decimal(1).scaleb(int(typed.as_tuple().exponent))
    number = Decimal(format(value, ".15g"))
    for exact in (number, number * 100) if "%" in str(value.text) else (number,):
        if abs(exact - typed) * 2 <= rounding:
            return exact
    raise CellError(f"{stored(value)}，表里显示成“{value.text}”", "照真实的数重录这一格，格式设为“常规”")


def _written_number(text: str, unit: str) -> Decimal:
    text = text.replace("，", ",")
    behind = ""
    if not _NUMBER.fullmatch(text) and (parts := _WITH_UNIT.fullmatch(text)):
        text, behind = parts[1], (parts[2] or "").strip()
    match = _NUMBER.fullmatch(text)
    if not match:
        raise CellError("不是数", f"只填数字{_in_unit(unit)}")
    if behind and label_key(behind) != label_key(unit):
        if unit and behind.endswith(unit):
            raise CellError(f"写了“{behind[:8]}”", f"换算成{unit}，只填数字")
        raise CellError(f"数字后面写了“{behind[:8]}”", f"只填数字{_in_unit(unit)}")
    sign, whole, fraction = match.groups()
    whole = whole.replace(",", "")
    if len(whole) > 15 or len(fraction or "") > 15:
        raise CellError("数太长", f"核对这一格{_in_unit(unit)}")
    return Decimal(f"{sign}{whole}{fraction or ''}")


def _check_range(number: Decimal | int, low: int | None, high: int | None, unit: str) -> None:
    if number < 0 and low is not None and low >= 0:
        raise CellError("不能是负数", f"核对这一格{_in_unit(unit)}")
    if low is not None and number < low:
        raise CellError(f"小于 {low}", f"核对这一格{_in_unit(unit)}")
    if high is not None and number > high:
        raise CellError(f"大于 {high}", f"核对这一格{_in_unit(unit)}")


def _in_unit(unit: str) -> str:
    return f"，单位{unit}" if unit else ""


def kind_in_words(value: object) -> str:
    """Name the type of a value, for the error message."""
    return KINDS.get(type(value), "别的内容")


# --- yes and no, phones, choices ----------------------------------------------------------------

_YES_NO = {
    **dict.fromkeys(["是", "有", "对", "已参加", "√", "✓", "✔", "☑", "1", "y", "yes", "true"], True),
    **dict.fromkeys(["否", "无", "没有", "不是", "未参加", "没参加", "×", "✗", "✘", "☒"], False),
    **dict.fromkeys(["x", "0", "n", "no", "false"], False),
}


def clean_yes_no(value: Cell) -> bool | None:
    """Return True for 是 有 √ 1 Y, False for 否 无 × 0 N, None for an empty cell."""
    text = clean_text(value).lower()
    if not text:
        return None
    if text not in _YES_NO:
        raise UnknownWord("看不出是“是”还是“否”", "填“是”或“否”")
    return _YES_NO[text]


_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_LANDLINE = re.compile(r"(010|02\d|0[3-9]\d\d)([2-9]\d{6,7})", re.ASCII)
_PHONE_NOISE = re.compile(r"[-\s()（）—–_.]+")
_NO_PHONE = "没有就空着"


def clean_phone(value: Cell) -> str:
    """Return a mobile number as 11 digits, a landline as 0938-3412345; '' when empty."""
    if isinstance(value, str) and _MOBILE.fullmatch(value):
        return value
    text = clean_text(value)
    if re.search(r"\d[Ee]\+?\d", text):
        raise lost_digits()
    if "*" in text:
        raise CellError("号码中间有星号", f"填满 11 位，{_NO_PHONE}")
    number = _PHONE_NOISE.sub("", text)
    number = re.sub(r"^(?:\+86|0086|86)(?=1\d{10}$)", "", number)
    if not number or _MOBILE.fullmatch(number):
        return number
    if landline := _LANDLINE.fullmatch(number):
        return "-".join(landline.groups())
    raise _phone_error(number)


def _phone_error(number: str) -> CellError:
    if len(number) >= 18 or len(re.findall(r"[0-9]{7,}", number)) > 1:
        return CellError("写了不止一个号码", "只留一个，其余写到备注")
    if not re.fullmatch(r"[0-9]+", number):
        return CellError("不是电话号码", f"填满 11 位，{_NO_PHONE}")
    if number[0] == "1" and len(number) != 11:
        short = 11 - len(number)
        count = {1: "一", 2: "两"}.get(abs(short), f" {abs(short)} ")
        return CellError(f"手机号{'少' if short > 0 else '多'}{count}位", f"填满 11 位，{_NO_PHONE}")
    if len(number) in (7, 8):
        return CellError("座机没有写区号", "前面加上区号，如 0938-3412345")
    return CellError("不像手机号，也不像带区号的座机", f"照本人说的核对，{_NO_PHONE}")


def clean_choice(
    choices: Mapping[str, str], spellings: Mapping[str, str] | None = None
) -> Callable[[Cell], str | None]:
    """Return a cleaner that maps a label of `choices` (code → label), a code, or both to the code.

    `spellings` are synonyms of a label (儿子 → 之子).
    """
    codes: dict[str, str] = {label_key(label): code for code, label in reversed(list(choices.items()))}
    for code, label in choices.items():
        plain = code.lstrip("0") or code[-1:]
        for spelling in (code, plain, f"{code}{label}", f"{code}.{label}", f"{code}、{label}"):
            codes.setdefault(label_key(spelling), code)
    for spelling, label in (spellings or {}).items():
        codes.setdefault(label_key(spelling), codes[label_key(label)])
    shown = _shortened([label for label in choices.values() if label])
    # Looking up the raw text first avoids cleaning nearly every cell.
    seen = {label: codes[label_key(label)] for label in choices.values()}

    def clean(value: Cell) -> str | None:
        if isinstance(value, str) and value in seen:
            return seen[value]
        text = clean_text(value)
        if not text:
            return None
        code = codes.get(label_key(text))
        if code is None:
            raise UnknownWord(f"没有“{text[:12]}”这一项", f"填{shown}")
        return code

    return clean


def _shortened(labels: list[str], limit: int = 40) -> str:
    """Join the labels in one line, shortened: 户主、配偶、子女等 12 种之一."""
    taken: list[str] = []
    for label in labels:
        if sum(map(len, taken)) + len(taken) + len(label) > limit:
            return f"{'、'.join(taken)}等 {len(labels)} 种之一"
        taken.append(label)
    return f"{'、'.join(taken)}之一" if len(labels) > 1 else f"“{''.join(taken)}”"
