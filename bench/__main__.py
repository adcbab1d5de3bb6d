"""`make bench`: run all benchmarks, each part in its own process and database.

BENCH=KEY runs one. The last line is the result; the exit status is 1 when a figure exceeds its limit.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

PARTS = {
    "imports": ["import-sqlite", "import-memory", "import-asked", "import-rival"],
    "imports_postgres": ["import-postgres"],
    "pages": ["page", "list-admin"],
    "children": ["picture-child", "workbook-child", "marking-child"],
    "survey_form": ["survey-form"],
    "exports": ["export-writer", "export-memory"],
    "survey_statistics": ["survey-statistics"],
    "duty": ["duty"],
    "survey_import": ["survey-import"],  # last, because it deletes responses from the county
}
"""Module → the keys, or key prefixes, that it measures."""
ON_COUNTY = {"pages", "exports", "survey_statistics", "survey_import", "duty"}


def main() -> int:
    wanted = os.environ.get("BENCH", "")
    parts = [
        part for part, keys in PARTS.items() if any(wanted.startswith(key) for key in keys) or not wanted
    ]
    if not parts:
        print(f"没有“{wanted}”这一项。")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        if ON_COUNTY & set(parts):
            manage(folder, "migrate", "--verbosity", "0")
            manage(folder, "demo", "--scale", "county")
        lines = [line for part in parts for line in measure(part, folder)]
    over = sum(float(line.split()[2]) > float(line.split()[3]) for line in lines)
    print(f"bench: {len(lines) - over} within, {over} over")
    return 1 if over else 0


def environment(folder: str, part: str) -> dict[str, str]:
    """Give the county parts a shared SQLite file, the imports an empty one; PostgreSQL is the one configured."""
    name = "county" if part in ON_COUNTY else part
    media = Path(folder) / f"media-{name}"
    media.mkdir(exist_ok=True)
    found = {**os.environ, "DEBUG": "0", "SECRET_KEY": "bench " * 8, "MEDIA_ROOT": str(media)}
    found["DATA_KEY"] = "bench:YmVuY2ggYmVuY2ggYmVuY2ggYmVuY2ggYmVuY2ghISE="
    if part != "imports_postgres":
        found["DATABASE_URL"] = f"sqlite:///{folder}/{name}.sqlite3"
    return found


def manage(folder: str, *words: str) -> None:
    command = [sys.executable, "manage.py", *words]
    subprocess.run(command, check=True, env=environment(folder, "pages"), stdout=subprocess.DEVNULL)


def measure(part: str, folder: str) -> list[str]:
    """Run one part and pass on its lines as they appear."""
    command = [sys.executable, "-m", f"bench.{part}"]
    lines = []
    with subprocess.Popen(
        command, env=environment(folder, part), stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            if line.startswith("bench "):
                lines.append(line)
    if process.returncode:
        raise SystemExit(f"bench.{part} ended with {process.returncode}")
    return lines


if __name__ == "__main__":
    sys.exit(main())
