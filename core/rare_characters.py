"""Characters that are written for others: full-width ones, radicals, and rare ones of old Chinese encodings.

GBK and GB 18030-2000 put characters that Unicode did not have yet into the private-use area (U+E815… for the
bytes FE50…). GB 18030-2005 and -2022 name their code points; Windows and old databases still hand out the old ones.
"""

import unicodedata

_FROM_FE50 = (
    "⺁𠂇𠂉𠃌⺄㑳㑇⺈⺋龴㖞㘚㘎⺌⺗㥮㤘龵㧏㧟㩳㧐龶龷㭎㱮㳠⺧𡗗龸⺪䁖䅟⺮䌷⺳⺶⺷𢦏䎱"
    "䎬⺻䏝䓖䙡䙌龹䜣䜩䝼䞍⻊䥇䥺䥽䦂䦃䦅䦆䦟䦛䦷䦶龺𤇾䲣䲟䲠䲡䱷䲢䴓䴔䴕䴖䴗䴘䴙䶮龻"
)
_SIGNS = {0xE78D: "︐︒︑︓︔︕︖︗︘︙", 0xE7C7: "ḿǹ", 0xE7E7: "〾⿰⿱⿲⿳⿴⿵⿶⿷⿸⿹⿺⿻"}
CODE_POINTS = {
    first + at: char
    for first, chars in {**_SIGNS, 0xE815: _FROM_FE50}.items()
    for at, char in enumerate(chars)
}
"""Private-use code point → character, for `str.translate`."""
VARIATIONS = dict.fromkeys([*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)])
"""Selectors of a variant of the character before, which would make two writings of one name."""

# Full-width Latin letters, digits and signs used in codes and numbers; Chinese punctuation stays.
_WIDE = dict.fromkeys([*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)])
_WIDE.update(dict.fromkeys(map(ord, "．－／＋％＠＃＆＝＿＊＜＞｜＄＇＂")))
_NARROW = {code: chr(code - 0xFEE0) for code in _WIDE}
# Text copied from PDF files contains radicals that only look like the intended characters.
_RADICALS = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
_RADICALS.update(
    zip(
        map(ord, "⼾⻋⻅⻉⻓⻔⻘⻚⻛⻜⻝⻢⻥⻦⻨⻩⻬⻮⻰"),
        "户车见贝长门青页风飞食马鱼鸟麦黄齐齿龙",
        strict=True,
    )
)
INTENDED: dict[int, str | int | None] = {
    **_NARROW,
    **_RADICALS,
    **CODE_POINTS,
    **VARIATIONS,
    ord("−"): "-",
    ord("￥"): "¥",
}
"""Code point → the character that was meant, for `str.translate`."""
