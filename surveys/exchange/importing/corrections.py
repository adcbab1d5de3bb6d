"""Correct household columns (kind, main cause of poverty) from answers bound to them, with history."""

from collections.abc import Iterable
from typing import Any

from core.chunked_queries import rows_in, stored_rows
from core.importing.planning import Plan
from households.models import Household
from surveys.definition.document import Definition
from surveys.exchange.importing.rows import ResponseRow
from surveys.models import Response


class Corrections:
    """The newest response decides, among the sheet's and the stored ones."""

    def __init__(self, form: Definition, plan: Plan) -> None:
        bound = (item for item in form.items if item.bind.startswith("household."))
        self.columns = {item.code: item.bind.removeprefix("household.") for item in bound}
        self.plan = plan
        self.newest: dict[int, tuple[ResponseRow, dict[str, Any]]] = {}

    def add(self, row: ResponseRow, answers: dict[str, Any], size: int | None = None) -> None:
        """Add a row that will be written; `size` is the number of people that came with its members."""
        given = {name: answers[code] for code, name in self.columns.items() if code in answers}
        if size:
            given["size"] = size
        other = self.newest.get(row.subject.pk)
        if given and (other is None or other[0].day < row.day):
            self.newest[row.subject.pk] = (row, given)

    def plan_all(self, *, replaced: Iterable[int]) -> None:
        """Plan the differences; `replaced` are the stored responses that the sheet overwrites."""
        differing = {
            pk: (row, given)
            for pk, (row, given) in self.newest.items()
            if any(getattr(row.subject, name) != answer for name, answer in given.items())
        }
        own = set(replaced)
        later: set[int] = set()
        counted = Response.objects.counted()
        for response in rows_in(counted, "household_id", differing, "id", "household_id", "surveyed_on"):
            row, _ = differing[response["household_id"]]
            if response["id"] not in own and response["surveyed_on"] > row.day:
                later.add(response["household_id"])
        for pk, household in stored_rows(Household, differing.keys() - later).items():
            row, given = differing[pk]
            self.plan.change(Household, row.index, household, given)
