"""Pinyin without tones or spaces, so that people and places are found by typing on any keyboard.

The library reads most characters by their common reading. In surnames and in place names of
Gansu some are read otherwise; the tables below come first. ü is v, as input methods have it.
"""

import os
import re
from functools import lru_cache

# The phrase dictionary is not needed for names and would cost 30 MB in every process.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")

from pypinyin import lazy_pinyin

SURNAMES = {
    "万俟": "mo qi", "尉迟": "yu chi", "单于": "chan yu", "长孙": "zhang sun", "澹台": "tan tai",
    "令狐": "ling hu", "鲜于": "xian yu", "亓官": "qi guan", "欧阳": "ou yang", "上官": "shang guan",
    "司马": "si ma", "诸葛": "zhu ge", "夏侯": "xia hou", "皇甫": "huang fu", "公孙": "gong sun",
    "慕容": "mu rong", "宇文": "yu wen", "东方": "dong fang", "独孤": "du gu", "南宫": "nan gong",
    "呼延": "hu yan", "拓跋": "tuo ba", "赫连": "he lian", "尉": "wei", "万": "wan",
    "单": "shan", "仇": "qiu", "解": "xie", "查": "zha", "曾": "zeng", "任": "ren", "华": "hua",
    "朴": "piao", "区": "ou", "盖": "ge", "覃": "qin", "秘": "bi", "折": "she", "种": "chong",
    "冼": "xian", "洗": "xian", "繁": "po", "郇": "xun", "召": "shao", "员": "yun", "贠": "yun",
    "缪": "miao", "卜": "bu", "翟": "zhai", "隗": "wei", "哈": "ha", "那": "na", "纪": "ji",
    "宁": "ning", "不": "fou", "黑": "he", "佴": "nai", "乜": "nie", "卑": "bei", "谌": "chen",
    "葛": "ge", "柏": "bai", "薄": "bo", "车": "che", "谷": "gu", "贾": "jia", "夹": "jia",
    "句": "gou", "阚": "kan", "乐": "yue", "逯": "lu", "麦": "mai", "洪": "hong", "厍": "she",
    "蕃": "pi", "都": "du", "能": "nai", "过": "guo", "郗": "chi", "晁": "chao", "牟": "mu",
    "燕": "yan", "应": "ying", "於": "yu", "尹": "yin", "臧": "zang", "祭": "zhai", "訾": "zi",
    "么": "yao", "幺": "yao", "撒": "sa", "褚": "chu", "钭": "tou", "宓": "mi", "郝": "hao",
    "重": "chong", "降": "jiang", "石": "shi", "沈": "shen", "叶": "ye", "适": "kuo", "炔": "gui",
    "瞿": "qu", "佟": "tong", "缑": "gou", "冒": "mao", "艾": "ai", "莘": "shen", "荥": "xing",
}  # fmt: skip

# Characters whose reading in given names and place names is not the one the library puts first.
READINGS = {
    "咀": "zui", "晟": "sheng", "茜": "qian", "莘": "xin", "嗯": "en", "甸": "dian", "堡": "bao",
    "㐂": "xi", "喆": "zhe", "垚": "yao", "昇": "sheng", "珺": "jun", "婳": "hua", "苼": "sheng",
    "峪": "yu", "坪": "ping", "塄": "leng", "崾": "yao", "岘": "xian", "圪": "ge", "垯": "da",
}  # fmt: skip

_KEPT = re.compile(r"[^\W_]", re.UNICODE)


def pinyin(name: str) -> str:
    """The whole pinyin of a person's name, surname by the surname table: 曾秀英 → zengxiuying."""
    return "".join(_syllables(name, person=True))


def initials(name: str) -> str:
    """The first letters of a person's name: 曾秀英 → zxy."""
    return "".join(syllable[0] for syllable in _syllables(name, person=True))


def search_forms(name: str) -> tuple[str, str]:
    """Pinyin and initials of a person's name, to be stored beside it."""
    return _forms(_syllables(name, person=True))


def place_forms(name: str) -> tuple[str, str]:
    """Pinyin and initials of a place or unit: no surname is read into 解放村, one is into 单家庄."""
    return _forms(_syllables(name, person=bool(re.match(r"..?[家姓氏]", name))))


def _forms(syllables: list[str]) -> tuple[str, str]:
    return "".join(syllables), "".join(syllable[0] for syllable in syllables)


def _syllables(name: str, *, person: bool) -> list[str]:
    """One syllable a Chinese character; Latin letters and digits one by one, lower case; signs dropped."""
    name = "".join(_KEPT.findall(name))
    surname = (name[:2] if name[:2] in SURNAMES else name[:1]) if person else ""
    if surname not in SURNAMES:
        surname = ""
    first = SURNAMES[surname].split() if surname else []
    return first + [_syllable(char) for char in name[len(surname) :]]


@lru_cache(maxsize=30_000)
def _syllable(char: str) -> str:
    return READINGS.get(char) or lazy_pinyin(char)[0].lower() or char
