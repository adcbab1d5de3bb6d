"""Write SECRET_KEY and DATA_KEY once into .env, readable by its owner only. Existing values are kept.

DATA_KEY decrypts stored ID numbers and cannot be regenerated, so the file belongs in the backup.
"""

import base64
import os
import secrets
import sys
from io import StringIO
from pathlib import Path

from dotenv import dotenv_values

ENV_FILE = Path(__file__).resolve().parent.parent / ".env"


def new_values() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "DATA_KEY": "k1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
    }


def complete(path: Path) -> list[str]:
    """Add what neither the file nor the environment sets. Return the names that were added."""
    text = path.read_text(encoding="utf-8-sig") if path.exists() else ""
    present = dotenv_values(stream=StringIO(text), interpolate=False)
    missing = {
        name: value
        for name, value in new_values().items()
        if name not in present and not os.environ.get(name)
    }
    if not missing:
        return []
    if text and not text.endswith("\n"):
        text += "\n"
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text + "".join(f"{name}={value}\n" for name, value in missing.items()))
    draft.replace(path)
    return list(missing)


if __name__ == "__main__":
    if added := complete(ENV_FILE):
        print(f"已在 {ENV_FILE.name} 写入 {'、'.join(added)}，请连同数据一起备份。", file=sys.stderr)
