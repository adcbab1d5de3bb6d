"""The fonts of prints: two pinned ones, the widest free ones for rare characters, and what none of them has."""

import hashlib
import re
import unicodedata
from functools import cache
from pathlib import Path

import pylopdf_fonts_zh_cn
from fontTools.ttLib import TTFont

PINNED = {
    "NotoSansSC-Regular.otf": "faa6c9df652116dde789d351359f3d7e5d2285a2b2a1f04a2d7244df706d5ea9",
    "NotoSerifSC-Regular.otf": "e8f396decc1f0963a016a989c3d8852e863d1350996f573860a80767c83a1cd3",
}
"""SHA-256 of the font files: another edition of a font would change line and page breaks."""
WIDE = [Path("/usr/share/fonts/truetype/hanazono"), Path("/usr/share/fonts/truetype/babelstone")]
"""Where Debian's fonts-hanazono (extensions A to F) and fonts-babelstone-han (G and H) are, if installed."""
# Rare ideographs, private and unassigned places, other scripts: the pinned fonts have all else that is usual.
_RARE = re.compile(r"[^\x00-\u024f\u2000-\u33ff\u4e00-\u9fa5\ufe10-\ufe6f\uff00-\uffef]")
_UNSEEN = {"Cc", "Cf", "Cs", "Mn", "Zl", "Zp", "Zs"}


@cache
def pinned_folder() -> Path:
    """Return the folder of the pinned fonts. Raises RuntimeError when another edition is installed."""
    folder = pylopdf_fonts_zh_cn.serif_path().parent
    for name, digest in PINNED.items():
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
            raise RuntimeError(
                f"字体 {name} 不是钉住的那一版，请重装 requirements.txt 里的 pylopdf-fonts-zh-cn。"
            )
    return folder


def wide_folders() -> list[Path]:
    return [folder for folder in WIDE if folder.is_dir()]


def missing(text: str) -> str:
    """Return the characters of a text that no font of the prints has, each once.

    What a font draws in a private place is a character of its own maker.
    """
    rare = [char for char in dict.fromkeys(_RARE.findall(text)) if unicodedata.category(char) not in _UNSEEN]
    if not rare:
        return ""
    covered = _covered(*wide_folders())
    return "".join(char for char in rare if ord(char) not in covered or unicodedata.category(char) == "Co")


def in_words(chars: str) -> str:
    """Name characters that cannot be shown: “𰻝”（U+30EDD）."""
    return "、".join(f"“{char}”（U+{ord(char):04X}）" for char in chars)


@cache
def _covered(*wide: Path) -> frozenset[int]:
    """Return the code points of all fonts; takes up to 2 seconds, once in a process that meets a rare one."""
    files = [pinned_folder() / name for name in PINNED]
    for folder in wide:
        files += sorted(folder.glob("*.[ot]tf"))
    return frozenset().union(*(TTFont(file, lazy=True).getBestCmap() for file in files))
