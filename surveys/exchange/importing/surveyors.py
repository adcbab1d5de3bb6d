"""Find the surveyor: 调查人 holds a phone, a staff number or a name."""

from collections import defaultdict
from typing import Any

from django.db.models import QuerySet

from core.cells import CellError
from core.chunked_queries import rows_in
from core.importing.model_plan import NOT_YOURS, reachable
from core.importing.planning import Plan
from core.importing.table import Table
from households.models import Household, HouseholdPairing
from units.finding import Answer, ask, given_values
from units.models import Cadre
from villages.models import Village, VillagePairing

COLUMNS = ("id", "version", "name", "unit_id", "rank", "place", "phone", "staff_no", "left_on", "unit__name")
Subjects = list[Household | None] | list[Village | None]


class Surveyors:
    """The cadres named by a sheet. Among several of one name, the one paired with the subject."""

    def __init__(self, table: Table, plan: Plan, subjects: Subjects) -> None:
        self.table, self.subjects, self.by = table, subjects, plan.by
        named = given_values(table, "surveyor")
        cadres = Cadre.objects.all()
        self.by_number: dict[str, dict[str, Any]] = {}
        for field in ("staff_no", "phone"):
            self.by_number |= {row[field]: row for row in rows_in(cadres, field, named, *COLUMNS)}
        self.by_name: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in rows_in(cadres, "name", named - self.by_number.keys(), *COLUMNS):
            if reachable(row["place"], self.by):
                self.by_name[row["name"]].append(row)
        self.paired = self._paired() if any(len(rows) > 1 for rows in self.by_name.values()) else {}

    def _paired(self) -> dict[int, set[int]]:
        """Return cadres by household, or units by village."""
        paired: dict[int, set[int]] = defaultdict(set)
        rows: QuerySet[Any]
        pks = {subject.pk for subject in self.subjects if subject}
        if any(isinstance(subject, Household) for subject in self.subjects):
            rows, link, other = HouseholdPairing.objects.current(), "household_id", "cadre_id"
        else:
            rows, link, other = VillagePairing.objects.current(), "village_id", "unit_id"
        for row in rows_in(rows, link, pks, link, other):
            paired[row[link]].add(row[other])
        return paired

    def find(self, index: int) -> dict[str, Any] | None:
        """Return the cadre of a row, or None; write an error if one is named but not found."""
        named = self.table.get("surveyor", index)
        if not named:
            return None
        answer = self.by_number.get(named) or self._of_name(index, named)
        if not isinstance(answer, CellError) and not reachable(answer["place"], self.by):
            answer = CellError(NOT_YOURS, "核对手机号或工号")
        if isinstance(answer, CellError):
            self.table.error(index, "surveyor", answer.why, answer.remedy)
            return None
        return dict(answer)

    def _of_name(self, index: int, name: str) -> Answer:
        fitting, subject = self.by_name[name], self.subjects[index]
        if len(fitting) > 1 and subject is not None:
            key = "id" if isinstance(subject, Household) else "unit_id"
            own = [cadre for cadre in fitting if cadre[key] in self.paired.get(subject.pk, ())]
            fitting = own or fitting
        if len(fitting) > 1:
            told = [f"{c['name']}（{c['unit__name']}）" for c in fitting]
            return ask(told, "干部", "写手机号或工号")
        return fitting[0] if fitting else CellError("没有这名干部", "写手机号或工号，或先导入干部")
