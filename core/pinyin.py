"""Pinyin without tones or spaces, so that people and places are found by typing on any keyboard.

The library gives most characters their usual reading. Surnames and place names of Gansu with other readings
are in the tables below, which take precedence. ü is written v, as in input methods.
"""

import os
import re
from functools import lru_cache

# Names do not need the phrase dictionary, which would cost 30 MB per process.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")

from pypinyin import lazy_pinyin

# Surnames read differently from the library's first reading.
SURNAMES = {
    "万俟": "mo qi", "尉迟": "yu chi", "单于": "chan yu", "澹台": "tan tai",
    "单": "shan", "仇": "qiu", "解": "xie", "查": "zha", "曾": "zeng", "朴": "piao", "区": "ou",
    "盖": "ge", "覃": "qin", "秘": "bi", "折": "she", "种": "chong", "洗": "xian", "繁": "po",
    "郇": "xun", "召": "shao", "员": "yun", "贠": "yun", "缪": "miao", "卜": "bu", "翟": "zhai",
    "隗": "wei", "不": "fou", "黑": "he", "佴": "nai", "乜": "nie", "薄": "bo", "句": "gou",
    "阚": "kan", "乐": "yue", "都": "du", "能": "nai", "牟": "mu", "祭": "zhai",
    "么": "yao", "重": "chong", "莘": "shen", "蕃": "po", "晟": "cheng", "藏": "zang",
}  # fmt: skip

# Characters read differently in given names and places.
READINGS = {"咀": "zui", "晟": "sheng", "莘": "xin", "嗯": "en", "㐂": "xi", "颉": "xie"}

# Characters and words of places and units; a name is matched by word first, then by character.
PLACES = {"长": "chang", "银行": "yin hang", "支行": "zhi hang", "重庆": "chong qing", "重阳": "chong yang"}

LONGEST_NAME = 40
"""Characters of a person's name: Uyghur and Kazakh names with the father's name need 30."""
LONGEST_PINYIN = 6 * LONGEST_NAME

_PLACE_WORDS = re.compile(f"({'|'.join(PLACES)})")


def pinyin(name: str) -> str:
    """Return the full pinyin of a person's name, with the surname from the table: 曾秀英 → zengxiuying."""
    return "".join(_person(name))


def initials(name: str) -> str:
    """Return the initials of a person's name: 曾秀英 → zxy."""
    return "".join(syllable[0] for syllable in _person(name))


def search_forms(name: str) -> tuple[str, str]:
    """Return pinyin and initials of a person's name, to store beside it."""
    return _forms(_person(name))


def place_forms(name: str) -> tuple[str, str]:
    """Return pinyin and initials of a place or unit: no surname is read into 解放村, one is into 单家庄."""
    syllables: list[str] = []
    name = _kept(name)
    if re.match(r"..?[家姓氏]", name):
        syllables, name = _surname(name)
    for part in _PLACE_WORDS.split(name):
        syllables += PLACES[part].split() if part in PLACES else map(_syllable, part)
    return _forms(syllables)


def _forms(syllables: list[str]) -> tuple[str, str]:
    return "".join(syllables), "".join(syllable[0] for syllable in syllables)


def _person(name: str) -> list[str]:
    """Return one syllable per Chinese character; Latin letters and digits one by one, in lower case."""
    syllables, given = _surname(_kept(name))
    return [*syllables, *map(_syllable, given)]


def _kept(name: str) -> str:
    """Keep letters, digits and Chinese characters; drop spaces, dots and other signs."""
    return name if name.isalnum() else "".join(filter(str.isalnum, name))


def _surname(name: str) -> tuple[list[str], str]:
    """Return the syllables of a surname in the table, and the rest of the name."""
    for length in (2, 1):
        if name[:length] in SURNAMES:
            return SURNAMES[name[:length]].split(), name[length:]
    return [], name


@lru_cache(maxsize=30_000)
def _syllable(char: str) -> str:
    return READINGS.get(char) or lazy_pinyin(char)[0].lower() or char
