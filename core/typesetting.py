"""Print-ready PDFs: the only module that uses typst.

Templates are our own markup; data reaches them as JSON in `sys.inputs`, so that text typed by a person is
never parsed as markup.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from typing import Any

import pylopdf_fonts_zh_cn
import typst
from django.conf import settings

FONTS = {
    "NotoSansSC-Regular.otf": "faa6c9df652116dde789d351359f3d7e5d2285a2b2a1f04a2d7244df706d5ea9",
    "NotoSerifSC-Regular.otf": "e8f396decc1f0963a016a989c3d8852e863d1350996f573860a80767c83a1cd3",
}
"""SHA-256 of the font files: another edition of a font would change line and page breaks."""
TEMPLATES = Path(settings.BASE_DIR) / "templates" / "paper"


def typeset(template: str, data: Any, pictures: Mapping[str, bytes] | None = None) -> bytes:
    """Return the PDF of `templates/paper/<template>.typ` over these data (JSON types only).

    The template can read the `pictures` by name, and no other file.
    """
    with TemporaryDirectory() as folder:
        root = Path(folder)
        copy(TEMPLATES / f"{template}.typ", root)
        for name, picture in (pictures or {}).items():
            (root / name).write_bytes(picture)
        pdf = typst.compile(
            root / f"{template}.typ",
            root=root,
            font_paths=fonts(),
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_tags=False,  # tags would make a print of 50 forms take eight times as long
        )
    assert isinstance(pdf, bytes)
    return pdf


@cache
def fonts() -> typst.Fonts:
    """Return the two pinned fonts and no other, so that a form looks alike on every machine; cached per
    process.
    """
    folder = pylopdf_fonts_zh_cn.serif_path().parent
    for name, digest in FONTS.items():
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
            raise RuntimeError(
                f"字体 {name} 不是钉住的那一版，请重装 requirements.txt 里的 pylopdf-fonts-zh-cn。"
            )
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
