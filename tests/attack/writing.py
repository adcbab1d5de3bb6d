"""Check by the naive rules whether a POST wrote only what that person may write."""

import json
from collections.abc import Iterator
from typing import Any

from core.models import Change
from tests.attack.knowledge import Knowledge
from tests.attack.naive import EDITS, SEES, Facts

SENTINELS = ("鑫坏坏坏", "2011-01-02")
"""Values of the columns that no form shows; see `posts.UNSHOWN`."""
ELSEWHERE_GUARDED = {
    "households.household": {"group", "phone", "size"},
    "households.member": None,
    "surveys.response": {"surveyor", "unit", "rank", "entered_by"},
    "villages.project": {"progress"},
}
"""Columns also written by users who may not edit the row itself: a family's facts during its survey, a draft
taken over by the new cadre, the progress of a project by a note.
"""
FOLLOWING = {"visits.problem": {"owner"}}
"""Problems pass to the successor when a pairing ends."""


class Judge:
    """Judges the writes of one person, by the rows as they were before the request."""

    def __init__(self, facts: Facts, known: Knowledge) -> None:
        self.facts, self.known, self.user = facts, known, known.user

    def faults(self, changes: list[Change], body: Any) -> Iterator[str]:
        after = Facts() if any(change.act == Change.Act.CREATED for change in changes) else self.facts
        for change in changes:
            row = after.get(change.table, change.row)
            if change.act == Change.Act.CREATED:
                yield from self.of_new(after, change, row)
            else:
                yield from self.of_changed(change)
            yield from self.privileged(change, row, body)

    def of_new(self, after: Facts, change: Change, row: Any) -> Iterator[str]:
        """Check that a new row is in scope, and every row it refers to."""
        if row is None:
            return  # created and deleted by the same request
        if change.table in SEES and not after.sees(self.user, row):
            yield f"made {change.table} out of scope"
        for link in row._meta.concrete_fields:
            if link.is_relation and getattr(row, link.attname) is not None:
                label, key = link.related_model._meta.label_lower, getattr(row, link.attname)
                if not self.may_point_at(label, key, after):
                    yield f"made {change.table} that points at {label} {key} by {link.name}"

    def may_point_at(self, label: str, key: int, after: Facts) -> bool:
        if self.facts.get(label, key) is None:
            return True  # created by the same request
        pair = (label, key)
        if pair in self.known.seen or pair in self.known.named or label not in SEES:
            return True
        nameable = label == "units.unit" and self.user.role == "office"
        above = self.facts.code_of_unit(key) if nameable else "-"
        return nameable and self.facts.code_of(self.user).startswith(above)

    def of_changed(self, change: Change) -> Iterator[str]:
        row = self.facts.get(change.table, change.row)
        if row is None or change.table not in EDITS:
            return  # created by this request, or a row guarded only by its owner's rule
        fields = set(change.changes or ())
        if self.facts.edits(self.user, row) or self.is_void(change, row, fields):
            return
        if change.table == "units.cadre" and row.pk == self.user.pk and fields <= {"password", "code_hash"}:
            return
        if self.guarded_elsewhere(change, row, fields):
            return
        yield f"{change.act} {change.table} {change.row}: {sorted(fields)}"

    def is_void(self, change: Change, row: Any, fields: set[str]) -> bool:
        voids = change.table in {"visits.problem", "visits.assistance"}
        return (
            voids
            and fields <= {"voided_on", "voided_by", "void_reason", "status"}
            and self.facts.voids(self.user, row)
        )

    def guarded_elsewhere(self, change: Change, row: Any, fields: set[str]) -> bool:
        if change.table in FOLLOWING and fields <= FOLLOWING[change.table]:
            return self.user.role in {"office", "leader"}
        if change.table not in ELSEWHERE_GUARDED or self.user.role == "viewer":
            return False
        allowed = ELSEWHERE_GUARDED[change.table]
        if allowed is not None and not fields <= allowed:
            return False
        home = getattr(row, "household_id", None) or (
            row.pk if change.table == "households.household" else None
        )
        near = ("households.household", home) in self.known.seen or home in self.known.colleagues_homes
        return near or (change.table, row.pk) in self.known.seen

    def privileged(self, change: Change, row: Any, body: Any) -> Iterator[str]:
        """Check that nobody grants more rights than they have or changes their own role, and that unshown
        columns are ignored.
        """
        told = json.dumps(change.changes or {}, ensure_ascii=False)
        if row is not None and change.act == Change.Act.CREATED:
            told = str({field.name: str(field.value_from_object(row)) for field in row._meta.concrete_fields})
        extra = isinstance(body, dict) and body.get("is_superuser") == "1"
        if extra and any(sentinel in told for sentinel in SENTINELS):
            yield f"unshown column written: {told[:200]}"
        if change.table == "units.cadre" and change.act == Change.Act.CHANGED:
            fields = set(change.changes or ())
            if self.user.role != "office" and fields & {"role", "unit", "place"}:
                yield f"role or unit of cadre {change.row}"
            if change.row == self.user.pk and fields & {"role", "unit", "is_active"}:
                yield "own role"
