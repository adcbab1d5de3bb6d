"""Import sheet of 干部 (cadres), with a warning about households that a leaving cadre still has."""

from core.importing.planning import Plan
from core.importing.table import Table
from households.leaving import holdings, still_held
from units import importing


class CadreSheetWithHoldings(importing.CadreSheet):
    def plan(self, table: Table, plan: Plan) -> None:
        super().plan(table, plan)
        leaving = {pk: i for i in table.sound() if (pk := plan.rows[i]) and table.get("left_on", i)}
        for cadre, households in holdings(leaving).items():
            table.warn(leaving[cadre], "left_on", still_held(households), "导入后在干部页上交接联户")
