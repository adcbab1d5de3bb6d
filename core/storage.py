"""Storage of uploads with atomic writes: a file in MEDIA_ROOT is complete or absent."""

import os
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.files.storage import FileSystemStorage

HALF = ".half-"
"""Prefix of a file that is being written; only a killed process leaves one behind."""


class WholeFiles(FileSystemStorage):
    """Write under a temporary name, fsync and rename, so that no reader sees a partial file."""

    def _save(self, name: str, content: Any) -> str:
        target = Path(self.path(name))
        half = target.with_name(f"{HALF}{uuid4().hex}")
        try:
            super()._save(str(half.relative_to(self.location)), content)  # type: ignore[misc]
            _keep(half)
            half.rename(target)
        except OSError:
            half.unlink(missing_ok=True)
            raise
        _keep(target.parent)
        return name


def _keep(path: Path) -> None:
    """Flush a file or folder to the disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
