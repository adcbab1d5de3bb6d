"""干部 as a sheet: a row that changes a stored cadre's unit or rank is a transfer, dated by 调动日期."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from core.dates import clean_date
from core.importing.columns import SheetColumn
from core.importing.planning import Outcome, Plan
from core.importing.sheet import Created
from core.importing.table import Table
from households.importing import CadreSheetWithHoldings
from units.models import FROM_THE_START, Cadre, Posting, today
from visits.transfers.rules import STAMPED, move_along, problems_of_transfer, restamp


class CadreSheetWithTransfers(CadreSheetWithHoldings):
    """Pairings and the records since the day move along; what is to be handed over is handed over on the page."""

    def declare(self) -> Iterable[SheetColumn]:
        return [
            *super().declare(),
            SheetColumn(
                "posted_on",
                "调动日期",
                clean_date,
                format="date",
                help="换单位或级别的从哪天起，空着是今天",
                aliases=("任职日期",),
                clearable=False,
            ),
        ]

    def plan(self, table: Table, plan: Plan) -> None:
        super().plan(table, plan)
        update = plan.updates.get(Cadre._meta.label_lower)
        if update is None:
            return
        index_of = {number: index for index, number in enumerate(table.numbers)}
        moved = {
            row["id"]: (index_of[number], row)
            for number, row, change in zip(update.numbers, update.rows, update.changes, strict=True)
            if {"unit", "rank"} & change.keys()
        }
        stored = Cadre.objects.select_related("unit").in_bulk(list(moved))
        found: list[tuple[int, dict[str, Any]]] = []
        for pk, (index, row) in moved.items():
            found += [(index, posting) for posting in self._postings(table, index, stored[pk], row)]
        found = [(index, posting) for index, posting in found if not table.wrong(index)]
        if found:
            names = found[0][1]
            columns = {name: [posting[name] for _, posting in found] for name in names}
            plan.create(Posting, [index for index, _ in found], columns, outcome=Outcome.CHANGED)

    def _postings(
        self, table: Table, index: int, cadre: Cadre, row: dict[str, Any]
    ) -> Iterable[dict[str, Any]]:
        """Return the new posting, before it the one from the start if there is none; errors go to the table."""
        on = table.get("posted_on", index, today())
        problems = problems_of_transfer(cadre, unit_id=row["unit_id"], rank=row["rank"], on=on)
        if problems["on"]:
            table.refuse(index, "posted_on", problems["on"])
        elif cadre.postings.filter(started_on=on).exists():
            table.error(index, "posted_on", f"{on} 已经调动过一次", "改那一次，在干部页上办调动")
        else:
            table.warn(
                index, "unit", f"从 {on} 起算调动，那天以后的走访和联户随他转", "要交接联户的在干部页上办"
            )
        if not cadre.postings.exists():
            yield _posting(cadre.pk, cadre.unit_id, cadre.rank, FROM_THE_START)
        yield _posting(cadre.pk, row["unit_id"], row["rank"], on)

    def after_insert(self, created: Created) -> None:
        super().after_insert(created)
        for row in created.get(Posting._meta.label_lower, []):
            on = row["started_on"]
            on = date.fromisoformat(on) if isinstance(on, str) else on
            if on == FROM_THE_START:
                continue
            cadre = Cadre.objects.select_related("unit").get(pk=row["cadre_id"])
            move_along(cadre, on, reason=f"调动到{cadre.unit}")
            for each in STAMPED:
                restamp(cadre, on, each)


def _posting(cadre: int, unit: int, rank: str, on: date) -> dict[str, Any]:
    return {"cadre_id": cadre, "unit_id": unit, "rank": rank, "started_on": on}
