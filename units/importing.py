"""Import sheets of 行政区划 (divisions), 单位 (units) and 干部 (cadres)."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db.models import QuerySet

from core.cells import Cell, CellError, clean_choice, clean_name, clean_phone, clean_text
from core.chunked_queries import rows_in
from core.importing.columns import NOTHING, SheetColumn, field_column
from core.importing.model_plan import NOT_YOURS, Drafts, put, refuse_outside, warn_of_new_name
from core.importing.planning import Plan
from core.importing.sheet import ImportSheet
from core.importing.table import Table
from core.places import CITY, COUNTY, PROVINCE, TOWN, lies_under, under
from units.finding import (
    find_divisions,
    find_units,
    given_values,
    known_name,
    mobile,
    plain_digits,
    two_people,
)
from units.models import Cadre, Division, Unit
from units.roles import Rank, Role

SHEET_ROLES = {Role.CADRE.value: Role.CADRE.label, Role.LEADER.value: Role.LEADER.label}
"""Roles that a sheet may assign; accounts that see a whole place are created one by one on the page."""
LEVEL_SPELLINGS = {
    f"{label}{ending}": label for label in Unit.Level.labels for ending in ("单位", "部门", "机关")
}
NO_RANK = "不知道级别，就算不出一人最多联几户"
RANK_SPELLINGS = {
    **dict.fromkeys(["正县级", "副县级", "县处级", "正处级", "副处级"], Rank.COUNTY.label),
    **dict.fromkeys(["正科级", "副科级", "正科", "副科", "乡科级"], Rank.SECTION.label),
    **dict.fromkeys(["一般干部", "科员", "办事员"], Rank.GENERAL.label),
}


def division_code(value: Cell) -> str:
    """Clean a code of 2, 4, 6 or 9 digits; the statistics office's 12-digit form loses its zeros."""
    code = plain_digits(value)
    if len(code) == 12 and code.endswith("000"):
        code = next(code[:n] for n in (PROVINCE, CITY, COUNTY, TOWN) if not code[n:].strip("0"))
    if code and len(code) not in (PROVINCE, CITY, COUNTY, TOWN):
        raise CellError(f"是 {len(code)} 位", "省 2 位、市 4 位、县 6 位、乡镇 9 位")
    return code


class DivisionSheet(ImportSheet):
    key, label, main = "divisions", "行政区划", Division
    computed = "层级"
    intro = "一行一个县或乡镇，按区划代码认。"
    counter = "个"

    def stored(self, place: str) -> QuerySet[Any]:
        return Division.objects.filter(under(place, "code"))

    def declare(self) -> Iterable[SheetColumn]:
        return [
            field_column(
                Division,
                "code",
                clean=division_code,
                required=True,
                identifies=True,
                of_one_row=True,
                aliases=("代码", "统计用区划代码"),
            ),
            field_column(Division, "name", required=True, aliases=("名称", "乡镇", "乡镇名称")),
        ]

    def plan(self, table: Table, plan: Plan) -> None:
        table.refuse_twice([table.get("code", i) for i in range(len(table))], "code", "一个区划只留一行")
        stored = {d.code: d for d in Division.objects.filter(code__in=given_values(table, "code"))}
        drafts = Drafts(plan, Division)
        for index in list(table.sound()):
            if not table.require(index, "code"):
                continue
            code = table.get("code", index)
            found = stored.get(code)
            if refuse_outside(plan, index, "code", code) or not (found or table.require(index, "name")):
                continue
            warn_of_new_name(table, index, "name", found)
            put(drafts.start(index, found), table, index, ["code", "name"])
        drafts.finish()


class UnitSheet(ImportSheet):
    key, label, main = "units", "单位", Unit
    computed = "干部|联村|联户"
    intro = "一行一个单位，按单位全称认。"
    after = ("divisions",)
    counter = "个"

    def count_from_start(self, place: str) -> int:
        """Count the office itself."""
        return 1

    def declare(self) -> Iterable[SheetColumn]:
        return [
            field_column(Unit, "name", required=True, aliases=("单位", "单位名称")),
            field_column(Unit, "short_name", aliases=("简称",)),
            field_column(Unit, "code", of_one_row=True),
            field_column(
                Unit,
                "level",
                aliases=("级别", "单位性质", "单位类别"),
                spellings=LEVEL_SPELLINGS,
                clearable=False,
            ),
            field_column(
                Unit,
                "division",
                key="division",
                clean=clean_text,
                help="名称或区划代码，空着是本县",
                clearable=False,
            ),
            field_column(Unit, "contact", aliases=("联系人", "联络员姓名")),
            field_column(
                Unit,
                "contact_phone",
                clean=clean_phone,
                of_one_row=True,
                aliases=("联系电话", "联络员电话", "联系人电话"),
            ),
            field_column(Unit, "closed_on"),
        ]

    def plan(self, table: Table, plan: Plan) -> None:
        names = [table.get("name", i) for i in range(len(table))]
        table.refuse_twice(names, "name", "一个单位只留一行")
        named = Unit.objects.select_related("division").filter(name__in=given_values(table, "name"))
        stored = {unit.name: unit for unit in named}
        seen = set(Unit.objects.visible_to(plan.by).filter(pk__in=named).values_list("pk", flat=True))
        for index, name in enumerate(names):
            own = stored[name].division if name in stored else None
            if own and table.get("division", index) in {own.name, own.code}:
                # Keep the stored parent without a lookup: its name may be ambiguous, or outside the office's
                # place.
                table.values["division"][index] = NOTHING
        divisions = find_divisions(table, plan)
        drafts = Drafts(plan, Unit)
        for index in list(table.sound()):
            if not table.require(index, "name"):
                continue
            found = stored.get(names[index])
            theirs = found is not None and not lies_under(found.place, plan.by.place)
            if found and found.pk not in seen and refuse_outside(plan, index, "name", found.place):
                continue
            division = divisions[index] or (found.division if found else plan.by.unit.division)
            record = drafts.start(index, found, seen_only="name" if theirs else "")
            record.division = division
            plan.lean(Division, {division.pk: division.version})
            put(
                record,
                table,
                index,
                ["name", "short_name", "code", "level", "contact", "contact_phone", "closed_on"],
            )
        drafts.finish()


_GIVEN = clean_choice(SHEET_ROLES, {"负责人": Role.LEADER.label})
_STORED = clean_choice({role.value: role.label for role in Role})


def sheet_role(value: Cell) -> str | None:
    """Clean a role that a sheet may assign, or that the account may have already."""
    try:
        return _GIVEN(value)
    except CellError as error:
        try:
            return _STORED(value)
        except CellError:
            raise error from None


def staff_number(value: Cell) -> str:
    text = clean_text(value, 20).replace(" ", "")
    if len(text) == 11 and text.isdecimal():
        raise CellError("工号不能是 11 位数字，会和手机号混", "手机号填在“手机号”一列")
    if text and not (text.isascii() and text.replace("-", "").isalnum()):
        raise CellError("工号里有别的字符", "只用数字、字母和短横")
    return text


class CadreSheet(ImportSheet):
    key, label, main = "cadres", "干部", Cadre
    computed = "联户|最近走访|账号"
    intro = "一行一名干部，按手机号认，没有手机号按工号认。账号导入后由单位负责人或双联办开通。"
    after = ("units",)
    either = (("phone", "staff_no"),)
    counter = "人"

    def count_from_start(self, place: str) -> int:
        """Count the office's first account."""
        return 1

    def declare(self) -> Iterable[SheetColumn]:
        roles = tuple(SHEET_ROLES.values())
        return [
            field_column(Cadre, "name", required=True, aliases=("干部姓名",), identifies=True),
            field_column(Cadre, "unit", key="unit", clean=clean_name, required=True, clearable=False,
                         help="单位全称或简称", decides=True, aliases=("单位全称", "单位名称", "所在单位", "工作单位")),
            field_column(Cadre, "phone", clean=mobile, help="登录用，一人一个", identifies=True, of_one_row=True,
                         aliases=("手机号码", "联系电话", "电话", "手机", "电话号码", "联系方式")),
            field_column(Cadre, "staff_no", clean=staff_number, help="没有手机号的填",
                         identifies=True, of_one_row=True),
            field_column(Cadre, "rank", clearable=False, missing=NO_RANK, spellings=RANK_SPELLINGS,
                         aliases=("干部级别", "行政级别", "职级")),
            field_column(Cadre, "post"),
            field_column(Cadre, "role", clean=sheet_role, choices=roles, clearable=False,
                         help="双联办和查阅账号在干部页上开"),
            field_column(Cadre, "left_on"),
        ]  # fmt: skip

    def plan(self, table: Table, plan: Plan) -> None:
        for key in ("phone", "staff_no"):
            values = [table.get(key, i) for i in range(len(table))]
            table.refuse_twice(values, key, f"一人只留一行，{table.columns[key].label}不能两人同用")
        units = find_units(table, plan)
        stored = _StoredCadres(table, plan.by)
        drafts = Drafts(plan, Cadre)
        matched = [stored.find(table, index) for index in range(len(table))]
        known = [cadre.pk if cadre and not table.wrong(i) else None for i, cadre in enumerate(matched)]
        table.refuse_twice(known, "phone", "一人只留一行")
        for index in list(table.sound()):
            found = matched[index]
            if found and found.pk not in stored.seen and refuse_outside(plan, index, "name", found.place):
                continue
            self._draft(table, plan, drafts, index, units[index], found)
        drafts.finish()
        plan.absent(Cadre, ["phone"], _new_values(plan, "phone"))
        plan.absent(Cadre, ["staff_no"], _new_values(plan, "staff_no"))

    def _draft(
        self, table: Table, plan: Plan, drafts: Drafts, index: int, unit: Unit | None, found: Cadre | None
    ) -> None:
        if found is None and not _may_open(table, index):
            return
        if not _may_have_role(table, index, found):
            return
        theirs = found is not None and not lies_under(found.place, plan.by.place)
        if unit and not theirs and not lies_under(unit.place, plan.by.place):
            table.error(index, "unit", NOT_YOURS, "核对单位")
            return
        record = drafts.start(index, found, seen_only="name" if theirs else "")
        if unit:
            record.unit = unit
            plan.lean(Unit, {unit.pk: unit.version})
        put(record, table, index, ["name", "phone", "staff_no", "rank", "post", "role", "left_on"])
        if not record.phone and not record.staff_no:
            table.error(index, "phone", "手机号和工号不能都没有，登录要用", "至少留一个")
        if found is None:
            table.decide(index, "rank")
            # No password, and no hash to compute: the account is activated by a one-time code.
            record.password = make_password(None)


def _may_have_role(table: Table, index: int, found: Cadre | None) -> bool:
    """Return whether a sheet may give this role: it neither grants nor removes roles with a whole place."""
    role = table.get("role", index)
    if not role or (found and role == found.role):
        return True
    if found and found.sees_place:
        table.error(index, "role", f"这是{found.get_role_display()}账号", "角色在干部页上改，这一格空着")
    elif role not in SHEET_ROLES:
        remedy = f"填{'或'.join(SHEET_ROLES.values())}，{Role(role).label}账号在干部页上开"
        table.error(index, "role", f"表格里不能给“{Role(role).label}”", remedy)
    else:
        return True
    return False


def _may_open(table: Table, index: int) -> bool:
    if not table.require(index, "name", "unit"):
        return False
    if table.get("phone", index) or table.get("staff_no", index):
        return True
    table.error(index, "phone", "手机号和工号都空着", "至少填一个，登录要用")
    return False


def _new_values(plan: Plan, name: str) -> Sequence[tuple[Any]]:
    """Return phones or staff numbers that this plan assigns, which must still be free when it is applied."""
    creation, update = plan.creations.get("units.cadre"), plan.updates.get("units.cadre")
    fresh = list(creation.columns[name]) if creation else []
    if update:
        fresh += [change[name][1] for change in update.changes if name in change]
    return [(value,) for value in fresh if value]


class _StoredCadres:
    """Stored cadres that rows may refer to, by phone and by staff number."""

    def __init__(self, table: Table, by: Cadre) -> None:
        self.by = by
        phones, numbers = given_values(table, "phone"), given_values(table, "staff_no")
        pks = {row["id"] for row in rows_in(Cadre.objects.all(), "phone", phones, "id")}
        pks |= {row["id"] for row in rows_in(Cadre.objects.all(), "staff_no", numbers, "id")}
        cadres = Cadre.objects.select_related("unit").in_bulk(list(pks)).values()
        self.by_phone = {cadre.phone: cadre for cadre in cadres if cadre.phone}
        self.by_staff_no = {cadre.staff_no: cadre for cadre in cadres if cadre.staff_no}
        self.seen = set(Cadre.objects.visible_to(by).filter(pk__in=pks).values_list("pk", flat=True))

    def find(self, table: Table, index: int) -> Cadre | None:
        by_phone = self.by_phone.get(table.get("phone", index))
        by_number = self.by_staff_no.get(table.get("staff_no", index))
        found = by_phone or by_number
        if by_phone and by_number and by_phone != by_number:
            problem = two_people(self._named(by_phone), self._named(by_number))
            table.error(index, "staff_no", problem.why, problem.remedy)
        name = table.get("name", index)
        if found and name and name != found.name:
            key = "phone" if by_phone else "staff_no"
            why = f"这个{table.columns[key].label}在系统里是{self._named(found)}的"
            table.error(index, key, why, "核对号码；真是改了名就在干部页上改")
        return found

    def _named(self, cadre: Cadre) -> str:
        return known_name(cadre.name, cadre.place, self.by)
