"""Rare characters that Chinese encodings of 2000 kept in the private-use area, and their code points since.

GBK and GB 18030-2000 gave these places (U+E815… for the bytes FE50…) to characters that Unicode did not have
yet; GB 18030-2005 and -2022 name their code points. Windows and old databases still hand them out.
"""

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
