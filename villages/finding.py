"""Find the villages named in a sheet's rows: by code, old code, or township and name."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from core.cells import Cell, CellError, clean_name
from core.importing.columns import SheetColumn, field_column
from core.importing.model_plan import NOT_YOURS
from core.importing.planning import Plan
from core.importing.table import Table
from core.places import under
from units.finding import Answer, ask, plain_digits, short
from villages.models import Village, VillageAlias
from villages.naming import bare_name, short_name

TOWN_REMEDY = "在“乡镇”一列写明是哪个镇"


def village_code(value: Cell) -> str:
    """Clean a village code of 12 digits."""
    code = plain_digits(value)
    if code and len(code) != 12:
        raise CellError(f"是 {len(code)} 位，村级代码是 12 位", "照统计用区划代码填")
    return code


def village_columns() -> list[SheetColumn]:
    """Return the three columns by which a sheet names a village."""
    return [
        SheetColumn(
            "town",
            "乡镇",
            clean_name,
            aliases=("所在乡镇", "乡（镇）", "乡镇名称", "联系乡镇"),
            clearable=False,
        ),
        SheetColumn(
            "village",
            "村",
            clean_name,
            aliases=("村名", "村名称", "行政村", "行政村名称", "所在村", "联系村", "帮扶村"),
            help="村名",
            clearable=False,
        ),
        field_column(
            Village,
            "code",
            key="village_code",
            clean=village_code,
            aliases=("村代码", "行政村代码"),
            clearable=False,
        ),
    ]


class Villages:
    """Lookup of the villages in an office's place by the columns of a row."""

    def __init__(self, plan: Plan) -> None:
        self.place: str = plan.by.place
        inside = Village.objects.filter(under(self.place)).select_related("division", "merged_into")
        self.by_code = {village.code: village for village in inside}
        self.by_pk = {village.pk: village for village in self.by_code.values()}
        aliases = VillageAlias.objects.filter(village__in=self.by_pk)
        self.by_alias = {alias.code: self.by_pk[alias.village_id] for alias in aliases}
        self.by_form: dict[str, list[Village]] = defaultdict(list)
        for village in self.by_code.values():
            forms = {village.name, short_name(village.name), bare_name(village.name)}
            for form in forms | {f"{village.division.name}{form}" for form in forms}:
                self.by_form[form].append(village)

    def find(
        self, code: str | None, town: str | None, name: str | None, stored: str | None = None
    ) -> tuple[str, Answer]:
        """Return (column that decided, village or CellError).

        `stored` is the code of the household's current village, which is preferred among several of the
        same name.
        """
        if code:
            return "village_code", self._by_code(code, town, name)
        if not name:
            return "village", CellError("没有写是哪个村", "填村名，或填村级代码")
        return "village", self._by_name(town, name, stored)

    def _by_code(self, code: str, town: str | None, name: str | None) -> Answer:
        village = self.by_code.get(code) or self.by_alias.get(code)
        if village is None:
            if not code.startswith(self.place):
                return CellError(NOT_YOURS, "核对村级代码")
            return CellError("没有这个代码的村", "核对村级代码，或先导入村")
        if name and code == village.code and not _is_called(village, name):
            return CellError(f"是{village.name}的代码，和“村”一列对不上", "核对村级代码和村名")
        if town and code == village.code and not _in_town(village, town):
            return CellError(f"是{village.division.name}的代码，和“乡镇”一列对不上", "核对村级代码和乡镇")
        return _standing(village)

    def _by_name(self, town: str | None, name: str, stored: str | None) -> Answer:
        for form in (name, short_name(name), bare_name(name)):
            fitting = [v for v in self.by_form.get(form, []) if town is None or _in_town(v, town)]
            if len(fitting) > 1:
                known = [village for village in fitting if village.code == stored]
                fitting = known or [village for village in fitting if village.ended_on is None] or fitting
            if len(fitting) == 1:
                return _standing(fitting[0])
            if fitting:
                return ask([f"{v.division.name}{v.name}" for v in fitting], "村", self._remedy(fitting))
        where = f"{town}没有这个村" if town else "没有这个村"
        return CellError(where, "核对乡镇和村名，或先导入村")

    def _remedy(self, fitting: list[Village]) -> str:
        towns = {village.division_id for village in fitting}
        return TOWN_REMEDY if len(towns) == len(fitting) else "在“村级代码”一列写明是哪个村"


def _is_called(village: Village, name: str) -> bool:
    """Return whether the village has this name, alone or after its township's."""
    bare = bare_name(village.name)
    return bare_name(name) in {bare, f"{village.division.name}{bare}"}


def _in_town(village: Village, town: str) -> bool:
    return town in (village.division.name, village.division.code) or short(town) == short(
        village.division.name
    )


def _standing(village: Village) -> Answer:
    if village.merged_into is not None:
        return CellError(f"{village.name}已并入{village.merged_into.name}", f"改成{village.merged_into.name}")
    return village


def find_villages(
    table: Table, plan: Plan, *, needed: bool = True, stored: Sequence[str | None] = ()
) -> list[Village | None]:
    """Return the village of each row; without `needed` a row may name none.

    `stored` gives the villages of the households that rows name by number.
    """
    villages = Villages(plan)
    seen: dict[tuple[Any, ...], tuple[str, Answer]] = {}
    found: list[Village | None] = []
    for index in range(len(table)):
        if table.unread(index, "village_code", "town", "village"):
            found.append(None)
            continue
        named = (table.get("village_code", index), table.get("town", index), table.get("village", index))
        key = (*named, stored[index] if stored else None)
        if key not in seen:
            seen[key] = villages.find(*key)
        column, answer = seen[key]
        if isinstance(answer, CellError):
            if needed or key[0] or key[2]:
                table.error(index, column, answer.why, answer.remedy)
            answer = None
        found.append(answer)
    return found
