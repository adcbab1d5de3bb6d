"""Find the villages named in a sheet's rows: by code, old code, or township and name."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from core.cells import Cell, CellError, UnclearName, clean_name
from core.importing.columns import SheetColumn, field_column
from core.importing.model_plan import NOT_YOURS
from core.importing.planning import Plan
from core.importing.table import Table
from core.places import under
from units.division_names import NamedDivisions
from units.finding import Answer, ask, plain_digits, similar
from villages.models import Village, VillageAlias
from villages.naming import bare_name, short_name

NAMING = ("village_code", "town", "village")
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
            decides=True,
        ),
        SheetColumn(
            "village",
            "村",
            clean_name,
            aliases=("村名", "村名称", "行政村", "行政村名称", "所在村", "联系村", "帮扶村"),
            help="村名",
            clearable=False,
            decides=True,
        ),
        field_column(
            Village,
            "code",
            key="village_code",
            clean=village_code,
            aliases=("村代码", "行政村代码"),
            clearable=False,
            decides=True,
        ),
    ]


class Villages:
    """Lookup of the villages in an office's place by the columns of a row."""

    def __init__(self, plan: Plan) -> None:
        self.place: str = plan.by.place
        self.divisions = NamedDivisions(self.place)
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
        same name and may have been merged.
        """
        towns = {division.pk for division in self.divisions.fitting(town)} if town else None
        if towns is not None and not towns:
            return "town", CellError("您管的区划里没有这个乡镇", "核对乡镇，或先导入行政区划")
        if code:
            return self._by_code(code, towns, name, stored)
        if not name:
            return "village", CellError("没有写是哪个村", "填村名，或填村级代码")
        return self._by_name(town, towns, name, stored)

    def _by_code(
        self, code: str, towns: set[int] | None, name: str | None, stored: str | None
    ) -> tuple[str, Answer]:
        village = self.by_code.get(code) or self.by_alias.get(code)
        if village is None:
            if not code.startswith(self.place):
                return "village_code", CellError(NOT_YOURS, "核对村级代码")
            return "village_code", CellError("没有这个代码的村", "核对村级代码，或先导入村")
        if name and code == village.code and not self._is_called(village, name):
            why = f"是{village.name}的代码，和“村”一列对不上"
            return "village_code", CellError(why, "核对村级代码和村名")
        if towns is not None and code == village.code and village.division_id not in towns:
            why = f"“村级代码”一列是{village.division.name}的村"
            return "town", CellError(why, "核对乡镇和村级代码")
        return "village_code", _standing(village, stored)

    def _by_name(
        self, town: str | None, towns: set[int] | None, name: str, stored: str | None
    ) -> tuple[str, Answer]:
        elsewhere: list[Village] = []
        for alike in self._called(name):
            fitting = [village for village in alike if towns is None or village.division_id in towns]
            if len(fitting) > 1:
                known = [village for village in fitting if village.code == stored]
                fitting = known or [village for village in fitting if village.ended_on is None] or fitting
            if len(fitting) == 1:
                return "village", _standing(fitting[0], stored)
            if fitting:
                listed = [f"{village.division.name}{village.name}" for village in fitting]
                choose = len(set(listed)) == len(listed)
                return "village", ask(listed, "村", self._remedy(fitting), choose=choose)
            elsewhere = elsewhere or alike
        if elsewhere:
            where = "、".join(dict.fromkeys(village.division.name for village in elsewhere[:4]))
            return "town", CellError(f"{town}没有{name}，{where}有", "核对乡镇和村名")
        near = [v for v in self.by_code.values() if towns is None or v.division_id in towns]
        names = {f"{village.division.name}{village.name}" for village in near}
        fullest = f"{town or ''}{name}" if town else name
        why = f"{town or ''}没有这个村"
        return "village", similar(fullest, names, why, "核对乡镇和村名，或先导入村")

    def _called(self, name: str) -> Iterator[list[Village]]:
        """Yield the villages of each form of a name, the closest form first."""
        for rest, code in self.divisions.without_places(name):
            for form in (rest, short_name(rest), bare_name(rest)):
                if alike := [
                    village for village in self.by_form.get(form, ()) if village.code.startswith(code)
                ]:
                    yield alike

    def _is_called(self, village: Village, name: str) -> bool:
        """Return whether the village has this name, alone or behind those of township and county."""
        bare = bare_name(village.name)
        names = {bare, f"{village.division.name}{bare}"}
        return any(bare_name(rest) in names for rest, _ in self.divisions.without_places(name))

    def _remedy(self, fitting: list[Village]) -> str:
        towns = {village.division_id for village in fitting}
        return TOWN_REMEDY if len(towns) == len(fitting) else "在“村级代码”一列写明是哪个村"


def _standing(village: Village, stored: str | None) -> Answer:
    if village.merged_into is not None and village.code != stored:
        return CellError(f"{village.name}已并入{village.merged_into.name}", f"改成{village.merged_into.name}")
    return village


def find_villages(
    table: Table, plan: Plan, *, needed: bool = True, stored: Sequence[str | None] = ()
) -> list[Village | None]:
    """Return the village of each row; without `needed` a row may name none.

    `stored` gives the villages of the households that rows name by number.
    """
    if not needed and not any(map(table.has, NAMING)):
        return [None] * len(table)
    villages = Villages(plan)
    seen: dict[tuple[Any, ...], tuple[str, Answer]] = {}
    found: list[Village | None] = []
    for index in range(len(table)):
        if table.unread(index, *NAMING):
            found.append(None)
            continue
        named = (table.get("village_code", index), table.get("town", index), table.get("village", index))
        key = (*named, stored[index] if stored else None)
        if key not in seen:
            seen[key] = villages.find(*key)
        column, answer = seen[key]
        if isinstance(answer, UnclearName) and (chosen := table.asked(index, column, answer)):
            column, answer = villages.find(None, None, chosen)
        if isinstance(answer, CellError):
            if needed or column == "town" or key[0] or key[2]:
                table.error(index, column, answer.why, answer.remedy)
            answer = None
        found.append(answer)
    return found
