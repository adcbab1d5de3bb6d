"""Check that commit subjects have at most 72 characters: every commit since the rule began, or one message file.

python tools/commit_subjects.py                 # the history python tools/commit_subjects.py --message FILE
# a commit-msg hook
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 72
SINCE = "b373441"
"""The last commit before the rule: older subjects stay as they are."""


def subjects() -> list[str]:
    """Return `hash subject` of each commit since the rule; none outside a full checkout."""
    known = subprocess.run(["git", "cat-file", "-e", f"{SINCE}^{{commit}}"], cwd=ROOT, capture_output=True)
    if known.returncode:
        return []
    log = ["git", "log", "--no-merges", "--format=%h %s", f"{SINCE}..HEAD"]
    return subprocess.run(log, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()


def main() -> int:
    if sys.argv[1:2] == ["--message"]:
        lines = [f"- {Path(sys.argv[2]).read_text(encoding='utf-8').splitlines()[0]}"]
    else:
        lines = subjects()
    long = [line for line in lines if len(line.split(" ", 1)[1]) > LONGEST]
    for line in long:
        print(f"Subject over {LONGEST} characters: {line}")
    return 1 if long else 0


if __name__ == "__main__":
    sys.exit(main())
