"""同去的人 of a sheet of visits: colleagues of the visitor on that day, by name, phone or staff number."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from core.cells import CellError
from core.chunked_queries import records_in
from core.importing.planning import Plan
from core.importing.table import Table
from core.word_lists import split_words
from units.finding import ask
from units.models import Cadre
from units.unit_history import Postings
from visits.models import Visit, VisitCompanion

KEY = "companions"


class Companions:
    """The companions of new visits. `visits` are (row index, visitor, unit of that day, day)."""

    def __init__(self, table: Table, visits: Sequence[tuple[int, int, int, date]]) -> None:
        self.table = table
        self.named = {row[0]: names for row in visits if (names := split_words(table.get(KEY, row[0], "")))}
        words = {name for names in self.named.values() for name in names}
        self.people: dict[str, dict[int, Cadre]] = defaultdict(dict)
        for field in ("name", "phone", "staff_no") if words else ():
            for cadre in records_in(Cadre.objects.all(), field, words):
                self.people[getattr(cadre, field)][cadre.pk] = cadre
        cadres = [cadre for found in self.people.values() for cadre in found.values()]
        self.postings = Postings(cadres, min((row[3] for row in visits), default=date.max))
        self.found = {row[0]: self._find(*row) for row in visits if row[0] in self.named}

    def _find(self, index: int, visitor: int, unit: int, day: date) -> list[Cadre]:
        found: list[Cadre] = []
        for name in self.named[index]:
            answer = self._answer(name, visitor, unit, day)
            if isinstance(answer, CellError):
                self.table.error(index, KEY, answer.why, answer.remedy)
            elif answer not in found:
                found.append(answer)
        return found

    def _answer(self, name: str, visitor: int, unit: int, day: date) -> Cadre | CellError:
        fitting = [
            cadre
            for cadre in self.people[name].values()
            if self.postings.on(cadre, day)[0] == unit and not (cadre.left_on and cadre.left_on < day)
        ]
        others = [cadre for cadre in fitting if cadre.pk != visitor]
        if len(others) > 1:
            return ask(
                [f"{c.name}（{c.staff_no or (c.phone or '')[-4:]}）" for c in others],
                "干部",
                "写手机号或工号",
            )
        if others:
            return others[0]
        if fitting:
            return CellError(f"“{name}”是走访干部自己", "从同去的人里删去")
        return CellError(
            f"走访干部的单位那天没有“{name}”", "只写本单位在岗的同事；核对姓名，或写手机号、工号"
        )

    def plan(self, plan: Plan, fresh: Sequence[int], days: Mapping[int, date]) -> None:
        """Plan one row for each companion of the new visits, which are created in the order of `fresh`."""
        rows = [(at, index, cadre) for at, index in enumerate(fresh) for cadre in self.found.get(index, ())]
        if not rows:
            return
        posted = [self.postings.on(cadre, days[index]) for _, index, cadre in rows]
        columns: dict[str, list[Any]] = {
            "visit_id": [None] * len(rows),
            "cadre_id": [cadre.pk for _, _, cadre in rows],
            "unit_id": [unit for unit, _ in posted],
            "rank": [rank for _, rank in posted],
        }
        places: list[int | None] = [at for at, _, _ in rows]
        indexes = [index for _, index, _ in rows]
        plan.create(VisitCompanion, indexes, columns, {"visit_id": (Visit, places)})
        plan.lean(Cadre, {cadre.pk: cadre.version for _, _, cadre in rows})
