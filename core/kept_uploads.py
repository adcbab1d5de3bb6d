"""Files of a form that was refused, kept for a day so that they need not be chosen again.

The page carries a signed token for each file; whoever posts the token gets the file into the form. Files are
encrypted, since documents may hold ID numbers.
"""

import uuid
from datetime import timedelta

from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from core.crypto import SealError, open_bytes, seal_bytes

KEPT = timedelta(days=1)
FOLDER = "kept"
SALT = "kept-uploads"


class KeptFile(ContentFile[bytes]):
    """A file ready to be stored, under the name that its user chose it by."""

    def __init__(self, content: bytes, name: str, chosen: str, token: str = "") -> None:
        super().__init__(content, name=name)
        self.chosen = chosen
        self.token = token


def keep(file: KeptFile) -> str:
    """Store the file once and return its token."""
    if not file.token:
        place = uuid.uuid4().hex
        file.seek(0)
        default_storage.save(f"{FOLDER}/{place}", ContentFile(seal_bytes(file.read())))
        file.token = signing.dumps([place, file.name, file.chosen], salt=SALT)
    return file.token


def find(token: str) -> KeptFile | None:
    """Return the file of a token; None if it is older than a day or no token of ours."""
    try:
        place, name, chosen = signing.loads(token, salt=SALT, max_age=KEPT)
        with default_storage.open(f"{FOLDER}/{place}") as stored:
            return KeptFile(open_bytes(stored.read()), name, chosen, token)
    except (signing.BadSignature, FileNotFoundError, SealError):
        return None


def delete_old_files() -> None:
    if not default_storage.exists(FOLDER):
        return
    for place in default_storage.listdir(FOLDER)[1]:
        path = f"{FOLDER}/{place}"
        if default_storage.get_modified_time(path) < timezone.now() - KEPT:
            default_storage.delete(path)
