"""Look up the divisions, units and cadres named in a sheet's rows, with set queries."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from difflib import get_close_matches
from typing import Any

from django.db.models import QuerySet

from core.cells import Cell, CellError, UnclearName, clean_name, clean_phone, clean_text, lost_digits
from core.chunked_queries import rows_in
from core.importing.columns import SheetColumn, field_column
from core.importing.model_plan import NOT_YOURS, reachable
from core.importing.planning import Plan
from core.importing.table import Table
from core.places import above
from units.division_names import NamedDivisions
from units.models import Cadre, Division, Reach, Unit

SIMILAR = 5
"""Names offered for an unknown one."""
SIMILAR_AMONG = 3000
"""A comparison with more names takes too long for a check."""
Answer = Any
"""A row, or the CellError that explains why there is none."""
Among = Callable[[int], Collection[int]]


def mobile(value: Cell) -> str:
    """Clean a mobile number, which serves as the login name."""
    phone = clean_phone(value)
    if "-" in phone:
        raise CellError("是座机，登录要用手机号", "填 11 位手机号，没有就填工号")
    return phone


def ask(names: Iterable[str], what: str, remedy: str, *, choose: bool = False) -> CellError:
    """Return the error for an ambiguous name; never guess between two rows.

    `choose` lets the clerk choose one of the names, each of which must be clear by itself.
    """
    listed = list(names)
    shown = "、".join(listed[:4]) + (f" 等 {len(listed)} 个" if len(listed) > 4 else "")
    count = "两个" if len(listed) == 2 else f" {len(listed)} 个"
    why = f"对得上{count}{what}：{shown}"
    return UnclearName(why, remedy, listed, must=True) if choose else CellError(why, remedy)


def similar(name: str, known: Iterable[str], why: str, remedy: str) -> CellError:
    """Return the error for an unknown name, with similar known ones to choose from."""
    among = list(known)
    close = get_close_matches(name, among, n=SIMILAR, cutoff=0.6) if len(among) < SIMILAR_AMONG else []
    return UnclearName(why, remedy, close, must=False) if close else CellError(why, remedy)


def two_people(by_phone: str, by_staff_no: str) -> CellError:
    return CellError(f"手机号是{by_phone}的，工号是{by_staff_no}的", "核对两个号码")


def known_name(name: str, place: str, by: Cadre) -> str:
    """Name the owner of a number in an error message, only if the office may see that person.

    Phone numbers are unique across counties, but names are visible within the office's scope only.
    """
    return name if reachable(place, by) else "外地干部"


def answers(
    table: Table, key: str, found: dict[Any, Answer], find: Callable[[str], Answer] | None = None
) -> list[Any]:
    """Return the answer for each row, None where there is none; a refusal becomes an error of its row.

    `find` looks up what the clerk chose for an unclear name.
    """
    rows = []
    for index, value in enumerate(table[key]):
        answer = found.get(value)
        if find and isinstance(answer, UnclearName) and (chosen := table.asked(index, key, answer)):
            answer = find(chosen)
        if isinstance(answer, CellError):
            table.error(index, key, answer.why, answer.remedy)
            answer = None
        rows.append(answer)
    return rows


def given_values(table: Table, key: str) -> set[str]:
    return {value for value in table[key] if isinstance(value, str)}


def find_divisions(table: Table, plan: Plan, key: str = "division") -> list[Division | None]:
    """Find divisions by code or name, within the office's place."""
    names = NamedDivisions(plan.by.place)
    higher = set(Division.objects.filter(code__in=above(plan.by.place)).values_list("name", flat=True))
    found: dict[str, Answer] = {}
    for value in given_values(table, key):
        fitting = names.fitting(value)
        if len(fitting) == 1:
            found[value] = fitting[0]
        elif fitting:
            found[value] = ask([f"{d.name}（{d.code}）" for d in fitting], "区划", "写区划代码")
        elif value in higher or (value.isdecimal() and not value.startswith(plan.by.place)):
            found[value] = CellError(NOT_YOURS, "空着就是本县，省直、市直填在“单位级别”一列")
        else:
            found[value] = CellError("没有这个区划", "核对名称，或先导入行政区划")
    return answers(table, key, found)


class Units:
    """Units that an office may name in full; those it sees also by an unambiguous short name."""

    def __init__(self, plan: Plan) -> None:
        self.by_name = {unit.name: unit for unit in Unit.objects.nameable_by(plan.by)}
        self.by_short: dict[str, list[Unit]] = defaultdict(list)
        for unit in Unit.objects.visible_to(plan.by).order_by("code", "pk"):
            self.by_short[unit.short_name or unit.name].append(unit)

    def find(self, name: str) -> Answer:
        if name in self.by_name:
            return self.by_name[name]
        fitting = self.by_short.get(name, [])
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            return ask([unit.name for unit in fitting], "单位", "写单位全称", choose=True)
        return similar(name, self.by_name, "没有这个单位", "核对单位全称，或先导入单位")


def find_units(table: Table, plan: Plan, key: str = "unit") -> list[Unit | None]:
    units = Units(plan)
    return answers(table, key, {name: units.find(name) for name in given_values(table, key)}, units.find)


def cadre_columns() -> list[SheetColumn]:
    """Return the four columns by which a sheet names a cadre."""
    return [
        SheetColumn(
            "name",
            "干部姓名",
            clean_name,
            aliases=(
                "姓名",
                *("联户干部", "帮扶干部", "走访干部", "结对干部", "入户干部"),
                *("联户干部姓名", "帮扶干部姓名", "帮扶责任人", "帮扶责任人姓名", "帮扶人"),
            ),
            clearable=False,
            decides=True,
            identifies=True,
        ),
        SheetColumn(
            "unit",
            "单位",
            clean_name,
            aliases=(
                *("单位全称", "单位名称", "所在单位", "工作单位", "帮扶单位", "双联单位", "联村单位"),
                *("干部单位", "联户单位", "联户干部单位", "帮扶干部单位", "结对单位"),
            ),
            help="全称或简称",
            clearable=False,
            decides=True,
        ),
        field_column(
            Cadre,
            "phone",
            clean=mobile,
            aliases=(
                *("手机", "手机号码", "联系电话", "联系方式", "电话", "干部手机号", "干部电话"),
                *("联户干部手机号", "联户干部电话", "帮扶干部手机号", "帮扶干部电话"),
            ),
            help="",
            clearable=False,
            decides=True,
            identifies=True,
            of_one_row=True,
        ),
        field_column(
            Cadre,
            "staff_no",
            help="没有手机号的填",
            clearable=False,
            decides=True,
            identifies=True,
            of_one_row=True,
        ),
    ]


class Cadres:
    """The cadres named by a sheet: by phone, else by staff number, else by name within the unit."""

    def __init__(self, table: Table, plan: Plan, units: list[Unit | None]) -> None:
        self.table, self.by = table, plan.by
        cadres = Cadre.objects.all()
        columns = (
            "id",
            "version",
            "name",
            "unit_id",
            "rank",
            "place",
            "phone",
            "staff_no",
            "left_on",
            "unit__name",
        )
        self.by_phone = {
            c["phone"]: c for c in rows_in(cadres, "phone", given_values(table, "phone"), *columns)
        }
        staff = given_values(table, "staff_no")
        self.by_staff_no = {c["staff_no"]: c for c in rows_in(cadres, "staff_no", staff, *columns)}
        self.by_name: dict[tuple[int, str], list[dict[str, Any]]] = defaultdict(list)
        of_units = cadres.filter(name__in=given_values(table, "name")) if len(table) < 5000 else cadres
        for cadre in rows_in(of_units, "unit_id", {u.pk for u in units if u}, *columns):
            self.by_name[cadre["unit_id"], cadre["name"]].append(cadre)
        self._add_former(units, cadres, columns)

    def _add_former(
        self, units: list[Unit | None], cadres: QuerySet[Cadre], columns: tuple[str, ...]
    ) -> None:
        """Add cadres once paired for a unit, since past pairings and visits name the unit of that day."""
        given = ((unit.pk, self.table.get("name", index)) for index, unit in enumerate(units) if unit)
        lost = {(unit, name) for unit, name in given if name and (unit, name) not in self.by_name}
        people = {c["id"]: c for c in rows_in(cadres, "name", {name for _, name in lost}, *columns)}
        reached = rows_in(Reach.objects.all(), "cadre", people, "unit", "cadre")
        for unit, pk in {(row["unit"], row["cadre"]) for row in reached}:
            if (unit, people[pk]["name"]) in lost:
                self.by_name[unit, people[pk]["name"]].append(people[pk])

    def find(self, index: int, unit: Unit | None, among: Among) -> dict[str, Any] | None:
        """Return the cadre of a row, or None after writing an error.

        `among` returns the keys of possible cadres when several have the name.
        """
        key, answer = self._answer(index, unit, among)
        if not isinstance(answer, CellError) and not reachable(answer["place"], self.by):
            answer = CellError(NOT_YOURS, "核对手机号或工号")
        if isinstance(answer, CellError):
            self.table.error(index, key, answer.why, answer.remedy)
            return None
        name = self.table.get("name", index)
        if name and name != answer["name"]:
            self.table.error(index, "name", f"{self._label(key)}是{answer['name']}的", "核对姓名和号码")
            return None
        if unit and unit.pk != answer["unit_id"]:
            self.table.warn(index, "unit", f"这名干部在系统里是{answer['unit__name']}的")
        found: dict[str, Any] = answer
        return found

    def _answer(self, index: int, unit: Unit | None, among: Among) -> tuple[str, Answer]:
        phone, staff_no = self.table.get("phone", index), self.table.get("staff_no", index)
        if phone or staff_no:
            by_phone, by_staff_no = self.by_phone.get(phone), self.by_staff_no.get(staff_no)
            found = by_phone or by_staff_no
            if by_phone and by_staff_no and by_phone["id"] != by_staff_no["id"]:
                names = (known_name(c["name"], c["place"], self.by) for c in (by_phone, by_staff_no))
                return "staff_no", two_people(*names)
            key = "phone" if phone and (phone in self.by_phone or not found) else "staff_no"
            return key, found or CellError("没有这名干部", "核对号码，或先导入干部")
        name = self.table.get("name", index)
        if not name or unit is None:
            return "name", CellError("不知道是哪名干部", "填手机号或工号，或填单位和姓名")
        fitting = self.by_name.get((unit.pk, name), [])
        if len(fitting) > 1:
            meant = among(index)
            fitting = [cadre for cadre in fitting if cadre["id"] in meant] or fitting
        if len(fitting) == 1:
            return "name", fitting[0]
        if not fitting:
            return "name", CellError(f"{unit.name}没有这名干部", "核对姓名和单位，或先导入干部")
        by_number = {f"{c['name']}（{c['staff_no'] or c['phone'][-4:]}）": c for c in fitting}
        problem = ask(by_number, "干部", "填手机号或工号")
        unclear = UnclearName(problem.why, problem.remedy, by_number, must=False)
        chosen = self.table.asked(index, "name", unclear, f"{unit.name}{name}")
        return "name", by_number.get(chosen, problem)

    def _label(self, key: str) -> str:
        return f"这个{self.table.columns[key].label}"


def plain_digits(value: Cell) -> str:
    """Clean a code of digits, which a spreadsheet may store as a number."""
    text = clean_text(value).replace(" ", "")
    if re.fullmatch(r"\d\.\d+E\+?\d+", text, re.IGNORECASE):
        raise lost_digits()
    if text and not text.isdecimal():
        raise CellError("应当只有数字", "照统计用区划代码填")
    return text
