"""Headings that ODK Central and Kobo write: group paths before a name, split choices, metadata, or labels."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from core.cells import Cell, label_key
from surveys.definition.document import HEADER, MEMBER, Definition
from surveys.definition.items import UNKNOWN_LABEL, Item
from surveys.definition.language import UNKNOWN
from surveys.exchange.xlsform import NOTES, SURVEYOR, WORD, unknown_label, worded

VERSION = "formversion"
"""ODK Central's column for the version of the form that was filled in."""
JOINS = (("parent_key", "key"), ("_parent_index", "_index"))
"""Columns that join a repeat to its response, at the repeat and at the response: ODK's, Kobo's."""
_SEPARATOR = re.compile(r"[/\-.:]")
_METADATA = {
    "submissiondate", "key", "parent_key", "submitterid", "submittername", "attachmentspresent",
    "attachmentsexpected", "status", "reviewstate", "deviceid", "edits", "formversion", "instanceid",
    "instancename", "rootuuid", "deprecatedid", "uuid", "start", "end", "today", "username",
    "phonenumber", "simserial", "subscriberid", "audit",
}  # fmt: skip
"""Columns about the submission, in small letters; Kobo's others begin with _."""
_UNUSED = re.compile(r"check_\d+|.+_shown|age")
"""Notes, and what the system computes itself."""


@dataclass
class Found:
    """What a row of headings stands for: positions by item code, split choices, metadata by name.

    `unused` are the positions of metadata, notes and what the system computes itself.
    """

    row: int
    codes: dict[str, list[int]] = field(default_factory=dict)
    options: dict[str, dict[str, int]] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    metadata: dict[str, int] = field(default_factory=dict)
    unused: list[int] = field(default_factory=list)
    has_path: bool = False

    @property
    def size(self) -> int:
        return len(self.named)

    @property
    def named(self) -> set[str]:
        return {*self.codes, *self.options}


class Headings:
    """The names of one form's questions: of the whole form, or of its members."""

    def __init__(self, form: Definition, *, of_members: bool = False) -> None:
        self.form = form
        items: Iterable[Item] = form.members if of_members else (*form.header, *form.items)
        self.items = {item.code: item for item in items}
        groups = dict.fromkeys((i.code for i in form.header), HEADER) | dict.fromkeys(
            (i.code for i in form.members), MEMBER
        )
        for section in form.sections:
            groups |= dict.fromkeys((item.code for item in section.items), section.label)
        self.extra = () if of_members else (SURVEYOR, WORD)
        self.labels = _unique(
            (label_key(text), code)
            for code, item in self.items.items()
            for text in (worded(item), f"{groups[code]}/{worded(item)}")
        )
        self.unknown_labels = _unique(
            (label_key(text), code)
            for code, item in self.items.items()
            for text in (unknown_label(item), f"{groups[code]}/{unknown_label(item)}")
        )

    def find(self, row: Sequence[Cell], number: int) -> Found:
        """Return what the headings of a row stand for."""
        found = Found(number)
        for position, cell in enumerate(row):
            text = cell.strip() if isinstance(cell, str) else ""
            if text and len(text) <= 400:
                self._place(found, text, position)
        return found

    def _place(self, found: Found, text: str, position: int) -> None:
        path = [part for part in _SEPARATOR.split(text) if part]
        name = path[-1] if path else ""
        item = self.items.get(path[-2]) if len(path) > 1 else None
        if text.startswith("_") or name.lower() in _METADATA or text.upper().startswith("SET-OF-"):
            found.metadata[(text if text.startswith("_") else name).lower()] = position
            found.unused.append(position)
        elif name in self.items or name in self.extra:
            found.codes.setdefault(name, []).append(position)
            found.has_path |= len(path) > 1
        elif item and name in _labels_of(item):
            found.options.setdefault(item.code, {})[name] = position
            found.has_path = True
        elif name.removesuffix(f"_{UNKNOWN}") in self.items:
            found.unknown[name.removesuffix(f"_{UNKNOWN}")] = position
        elif _UNUSED.fullmatch(name):
            found.unused.append(position)
        else:
            self._place_label(found, text, position)

    def _place_label(self, found: Found, text: str, position: int) -> None:
        key = label_key(text)
        if text.rpartition("/")[2].startswith(tuple(f"{word}：" for word in NOTES.values())):
            found.unused.append(position)
        elif key in self.labels:
            found.codes.setdefault(self.labels[key], []).append(position)
        elif key in self.unknown_labels:
            found.unknown[self.unknown_labels[key]] = position
        elif "/" in text:
            front, _, last = text.rpartition("/")
            code = self.labels.get(label_key(front), "")
            options = {label: option for option, label in _labels_of(self.items.get(code)).items()}
            if last in options:
                found.options.setdefault(code, {})[options[last]] = position


def _labels_of(item: Item | None) -> Mapping[str, str]:
    if item is None or item.type != "multi":
        return {}
    return {**item.labels, UNKNOWN: UNKNOWN_LABEL} if item.unknown_allowed else item.labels


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the pairs whose key names one code only."""
    codes: dict[str, set[str]] = {}
    for key, code in pairs:
        codes.setdefault(key, set()).add(code)
    return {key: min(found) for key, found in codes.items() if len(found) == 1}
