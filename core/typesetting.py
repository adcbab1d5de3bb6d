"""Print-ready PDFs: the only module that uses typst.

Templates are our own markup; data reaches them as JSON in `sys.inputs`, so that text typed by a person is
never parsed as markup.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from typing import Any

import typst
from django.conf import settings

from core.fonts import in_words, missing, pinned_folder, wide_folders

TEMPLATES = Path(settings.BASE_DIR) / "templates" / "paper"
WARNED = TEMPLATES / "_missing.typ"


def typeset(template: str, data: Any, pictures: Mapping[str, bytes] | None = None) -> bytes:
    """Return the PDF of `templates/paper/<template>.typ` over these data (JSON types only).

    The template can read the `pictures` by name, and no other file. Characters that no font has are named on a
    page at the end.
    """
    text = json.dumps(data, ensure_ascii=False)
    lost = missing(text)
    with TemporaryDirectory() as folder:
        root = Path(folder)
        copy(TEMPLATES / f"{template}.typ", root)
        copy(WARNED, root / "_missing.typ")
        for name, picture in (pictures or {}).items():
            (root / name).write_bytes(picture)
        pdf = typst.compile(
            root / ("_missing.typ" if lost else f"{template}.typ"),
            root=root,
            font_paths=fonts(),
            format="pdf",
            sys_inputs={"data": text, "template": f"{template}.typ", "missing": in_words(lost)},
            pdf_tags=False,  # tags would make a print of 50 forms take eight times as long
        )
    assert isinstance(pdf, bytes)
    return pdf


def fonts() -> typst.Fonts:
    """Return the two pinned fonts, so that a form looks alike on every machine, and the wide ones for rare
    characters.
    """
    return _fonts(pinned_folder(), *wide_folders())


@cache
def _fonts(*folders: Path) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[*folders])
