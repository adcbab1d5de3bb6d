"""Check one item entry of a definition by itself, and make an Item of it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from households.models import Household, Member
from surveys.definition.items import TYPES, Item, Option
from surveys.definition.language import UNKNOWN

MEMBER_BINDS = {
    *("member.name", "member.sex", "member.id_number", "member.relation", "member.ethnicity"),
    *("member.education", "member.schooling", "member.health", "member.labour", "member.migrant_work"),
    *("member.migrant_months", "member.medical_insurance", "member.pension_insurance"),
}
ITEM_BINDS = {"household.kind", "household.main_cause"}
HEADER_BINDS = {
    *("household.no", "household.village", "household.group", "household.phone", "household.size"),
    *("household.kind", "household.main_cause", "head.name", "head.id_number"),
    *("village.division", "village.name"),
    *("response.surveyed_on", "response.surveyor", "response.unit", "response.signed"),
}
BINDS = {"header": HEADER_BINDS, "members": MEMBER_BINDS, "items": ITEM_BINDS}
"""Facts that an item of each list may be bound to: columns of the household, its members, its village or the

response. A numbered item that is bound is asked, and updates the fact.
"""
CHOICES = {"single", "multi"}
MORE_LESS = {"number", "yesno", "multi"}
"""Item types for which `better` may be more or less."""
_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,19}")
"""Upper case: cannot collide with words of the language or with properties of JavaScript objects."""
_OPTION_CODE = re.compile(r"[A-Za-z0-9_-]{1,20}")


def item_of(entry: Mapping[str, Any]) -> Item:
    """Return the item of a valid entry; its condition and calculation are not compiled yet."""
    better = entry.get("better") or ""
    return Item(
        code=entry["code"],
        label=entry["label"],
        type=entry["type"],
        section=entry.get("section", ""),
        unit=entry.get("unit", ""),
        options=tuple(Option(option["code"], option["label"]) for option in entry.get("options") or ()),
        required=bool(entry.get("required")),
        min=entry.get("min"),
        max=entry.get("max"),
        step=entry.get("step"),
        max_select=entry.get("max_select") or 0,
        show_if=entry.get("show_if", ""),
        calc=entry.get("calc", ""),
        help=entry.get("help", ""),
        basis=entry.get("basis", ""),
        bind=entry.get("bind", ""),
        unknown_allowed=bool(entry.get("unknown_allowed")),
        continues=entry.get("continues", ""),
        better=tuple(better) if isinstance(better, list) else better,
        problem=bool(entry.get("problem")),
    )


def problems_of(entry: Mapping[str, Any], key: str) -> list[str]:
    """Return the problems of an entry of the list `key`, one phrase each."""
    found = []
    if not _CODE.fullmatch(str(entry.get("code") or "")):
        found.append("题号用大写字母和数字，字母在前，最多 20 个")
    if not entry.get("label"):
        found.append("没有写题目")
    if entry.get("type") not in TYPES:
        return [*found, f"不认得的题型“{entry.get('type', '')}”"]
    for check in (_of_facts, _of_limits, _of_options, _of_calculation, _of_better):
        found += check(entry, key)
    return found


def _of_facts(entry: Mapping[str, Any], key: str) -> Iterator[str]:
    bind = entry.get("bind") or ""
    if bind and bind not in BINDS[key]:
        yield f"没有“{bind}”这项档案资料" if bind not in _all_binds() else f"“{bind}”不能写在这里"
    elif key == "members" and not bind:
        yield "家庭成员的题要写明是哪一项档案资料"
    elif bind and (strange := _codes_of(entry) and _codes_of(entry) - _codes_of_fact(bind)):
        yield f"档案里没有选项 {'、'.join(sorted(strange))}"


def _all_binds() -> set[str]:
    return set().union(*BINDS.values())


def _codes_of_fact(bind: str) -> set[str]:
    """Return the codes that the column accepts; empty if it has no choices."""
    owner, _, name = bind.partition(".")
    model: Any = {"household": Household, "member": Member}.get(owner)
    fields = {field.name: field for field in model._meta.concrete_fields} if model else {}
    return {str(code) for code, _ in fields[name].choices or ()} if name in fields else set()


def _of_limits(entry: Mapping[str, Any], _key: str) -> Iterator[str]:
    low, high, step = (entry.get(name) for name in ("min", "max", "step"))
    if entry["type"] == "date":
        if low is not None and not _is_date(low):
            yield "最早的日期要写成 2012-02-01 这样"
        if high is not None:
            yield "日期题没有最大值，都不晚于填表那天"
        return
    limits = [limit for limit in (low, high, step) if limit is not None]
    if limits and entry["type"] not in {"number", "text"}:
        yield "只有数、文字、日期有最大最小"
    elif not all(isinstance(limit, int | float) and not isinstance(limit, bool) for limit in limits):
        yield "最大、最小、步长要填数"
    else:
        yield from _of_range(entry["type"], low, high, step)


def _of_range(kind: str, low: Any, high: Any, step: Any) -> Iterator[str]:
    if low is not None and high is not None and low > high:
        yield "最小值大于最大值"
    if step is not None and step <= 0:
        yield "步长要大于 0"
    if kind == "text" and any(limit is not None and (limit < 0 or limit % 1) for limit in (low, high)):
        yield "文字的长短要填整数"


def _is_date(text: object) -> bool:
    try:
        return isinstance(text, str) and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _of_options(entry: Mapping[str, Any], key: str) -> Iterator[str]:
    options: Sequence[Mapping[str, Any]] = entry.get("options") or []
    codes, labels = [[option.get(name) for option in options] for name in ("code", "label")]
    if entry["type"] in CHOICES and not options and not entry.get("bind"):
        yield "没有选项"
    if options and entry["type"] not in CHOICES:
        yield "只有单选、多选有选项"
    if len(set(codes)) < len(codes) or not all(codes) or not all(labels):
        yield "选项的代码重复，或者缺代码、缺名称"
    elif len(set(labels)) < len(labels):
        yield "两个选项名称相同"
    elif not all(_OPTION_CODE.fullmatch(str(code)) and code != UNKNOWN for code in codes):
        yield f"选项的代码用字母和数字，不能是 {UNKNOWN}"
    if (entry.get("max_select") or 0) > len(options):
        yield "最多选的项数比选项还多"


def _codes_of(entry: Mapping[str, Any]) -> set[str]:
    return {str(option.get("code")) for option in entry.get("options") or []}


def _of_calculation(entry: Mapping[str, Any], key: str) -> Iterator[str]:
    calculated = bool(entry.get("calc"))
    if key != "items" and (calculated or entry.get("show_if")):
        yield "表头和家庭成员的题没有显示条件，也不计算"
    if calculated and entry["type"] != "number":
        yield "只有数可以计算"
    elif calculated and not _is_power_of_ten(entry.get("step") or 1):
        yield "计算的题步长是 1、0.1、0.01 这样的数"
    if entry.get("unknown_allowed") and (calculated or entry["type"] == "text"):
        yield "文字题和计算的题不用“不详”"


def _is_power_of_ten(step: Any) -> bool:
    digits = Decimal(str(step)).normalize().as_tuple()
    return digits.digits == (1,) and isinstance(digits.exponent, int) and digits.exponent <= 0


def _of_better(entry: Mapping[str, Any], _key: str) -> Iterator[str]:
    better = entry.get("better") or ""
    if isinstance(better, list):
        if entry["type"] != "single" or set(better) - _codes_of(entry):
            yield "好坏次序里有不是选项的代码"
    elif better not in {"", "more", "less"} or (better and entry["type"] not in MORE_LESS):
        yield "好坏填 more、less，单选填选项的次序"
