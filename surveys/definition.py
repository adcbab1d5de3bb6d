"""A survey as a document: sections, items and cross rules, read and checked as a whole.

`load` turns the JSON of `data/household_survey.json` (the form is described in docs/surveys.md) into a
Definition or raises DefinitionError naming everything that is wrong. Each item has one clean function and
each rule one compiled expression, which form, import and demo use alike.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from surveys.items import TYPES, Item, Option
from surveys.language import (
    LIST,
    NUMBER,
    TEXT,
    TRUTH,
    Expression,
    LanguageError,
    Scope,
    read,
)

HEADER, MEMBER = "表头", "家庭成员"
"""Section names of the header's and the members' items."""
SUBJECTS = {"household": {"identity_conflicts": NUMBER}, "village": {"household_count": NUMBER}}
"""What a survey is about → the system's facts that its rules may name, with their kinds."""
BINDS = {
    *("household.no", "household.village", "household.group", "household.phone", "household.size"),
    *("household.kind", "household.main_cause", "head.name", "head.id_number"),
    *("village.division", "village.name"),
    *("response.surveyed_on", "response.surveyor", "response.unit", "response.signed"),
    *("member.name", "member.sex", "member.id_number", "member.relation", "member.ethnicity"),
    *("member.education", "member.schooling", "member.health", "member.labour", "member.migrant_work"),
    *("member.migrant_months", "member.medical_insurance", "member.pension_insurance"),
}
"""Facts that an item may be bound to: columns of the household, its members, its village, the response."""
KIND_OF_TYPE = {"number": NUMBER, "yesno": NUMBER, "single": TEXT, "multi": LIST, "text": TEXT, "date": TEXT}
ERROR, WARN = "error", "warn"
_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,19}")
"""Capitals: no word of the language, no property that every object of the browser has."""
_OPTION_CODE = re.compile(r"[A-Za-z0-9_-]{1,20}")


class DefinitionError(ValueError):
    """All that is wrong with a definition, one sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("；".join(problems))
        self.problems = list(problems)


@dataclass(frozen=True)
class Rule:
    """A cross rule: an error stops, a warning asks for a confirming word."""

    code: str
    level: str
    text: str
    message: str
    server_only: bool
    expression: Expression

    @property
    def is_error(self) -> bool:
        return self.level == ERROR


@dataclass(frozen=True)
class Section:
    code: str
    label: str
    items: Sequence[Item]


@dataclass(frozen=True)
class Definition:
    """A survey's whole form, immutable; `document` is the JSON it was read from."""

    code: str
    version: str
    title: str
    subject: str
    note: str
    header: Sequence[Item]
    members: Sequence[Item]
    sections: Sequence[Section]
    rules: Sequence[Rule]
    document: Mapping[str, Any] = field(repr=False)

    @cached_property
    def items(self) -> Sequence[Item]:
        """The numbered items of all sections, in order: 47 of a household, 67 of a village."""
        return [item for section in self.sections for item in section.items]

    @cached_property
    def by_code(self) -> Mapping[str, Item]:
        """Header and numbered items by code (an item of members stands in `members` only)."""
        return {item.code: item for item in (*self.header, *self.items)}

    @cached_property
    def asked(self) -> Sequence[Item]:
        """What is answered in a response: all but the facts that a header item is bound to."""
        return [*(item for item in self.header if not item.bind), *self.items]

    @cached_property
    def dependent(self) -> Sequence[Item]:
        """Items with a condition or a calculation, each after those that it looks at."""
        needs = {item.code: item.looks_at for item in self.items if item.condition or item.calculation}
        return [self.by_code[code] for code in _in_order(needs)]

    @cached_property
    def calculated(self) -> Sequence[Item]:
        """Calculated items, each after those it is calculated from."""
        return [item for item in self.dependent if item.calculation]

    def rules_on(self, code: str) -> Sequence[Rule]:
        return [rule for rule in self.rules if code in rule.expression.codes]


def load(document: Mapping[str, Any]) -> Definition:
    """Read and check a whole definition; raises DefinitionError with every problem named."""
    return _Loader(document).load()


class _Loader:
    """One reading; problems gather, so that a draft is mended in one go."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.problems: list[str] = []

    def load(self) -> Definition:
        document = self.document
        for key in ("code", "version", "title", "sections", "items"):
            if not document.get(key):
                self.problems.append(f"缺少“{key}”")
        subject = document.get("subject") or ("household" if document.get("members") else "village")
        if subject not in SUBJECTS:
            self.problems.append(f"不认得的调查对象“{subject}”")
        self._stop_if_wrong()
        header, members, items = (self._items(key) for key in ("header", "members", "items"))
        self._refuse_twice([*header, *members, *items])
        self._stop_if_wrong()
        scope = _scope(subject, [*header, *items], members)
        items = [self._compiled(item, scope) for item in items]
        self._refuse_circles(items)
        definition = Definition(
            code=document["code"],
            version=document["version"],
            title=document["title"],
            subject=subject,
            note=document.get("note", ""),
            header=header,
            members=members,
            sections=self._sections(items),
            rules=list(self._rules(scope)),
            document=document,
        )
        self._stop_if_wrong()
        return definition

    def _stop_if_wrong(self) -> None:
        if self.problems:
            raise DefinitionError(self.problems)

    def _items(self, key: str) -> list[Item]:
        items = []
        for number, entry in enumerate(self.document.get(key) or [], 1):
            where = entry.get("code") or f"{key} 第 {number} 项"
            wrong = _problems_of(entry)
            self.problems += [f"{where}：{problem}" for problem in wrong]
            if not wrong:
                items.append(_item(entry))
        return items

    def _refuse_twice(self, items: Sequence[Item]) -> None:
        seen: set[str] = set()
        for item in items:
            if item.code in seen:
                self.problems.append(f"题号 {item.code} 用了两次")
            seen.add(item.code)

    def _compiled(self, item: Item, scope: Scope) -> Item:
        """The item with its condition and calculation read."""
        return Item(
            **{
                **item.given,
                "condition": self._read(item.code, item.show_if, scope, TRUTH),
                "calculation": self._read(item.code, item.calc, scope, NUMBER),
            }
        )

    def _read(self, where: str, text: str, scope: Scope, kind: str) -> Expression | None:
        if not text:
            return None
        try:
            return read(text, scope, kind)
        except LanguageError as error:
            self.problems.append(f"{where}：{error}")
            return None

    def _refuse_circles(self, items: Sequence[Item]) -> None:
        for circle in _circles({item.code: item.looks_at for item in items}):
            self.problems.append(f"显示条件或计算绕成了圈：{' → '.join(circle)}")

    def _sections(self, items: Sequence[Item]) -> list[Section]:
        sections = [
            Section(entry["code"], entry["label"], [i for i in items if i.section == entry["code"]])
            for entry in self.document["sections"]
        ]
        known = {section.code for section in sections}
        for item in items:
            if item.section not in known:
                self.problems.append(f"{item.code}：没有“{item.section}”这一部分")
        return sections

    def _rules(self, scope: Scope) -> Iterator[Rule]:
        seen: set[str] = set()
        for entry in self.document.get("cross_rules") or []:
            code = entry.get("code", "")
            if not code or code in seen:
                self.problems.append(f"核对规则“{code}”没有编号，或编号用了两次")
            seen.add(code)
            if entry.get("level") not in {ERROR, WARN}:
                self.problems.append(f"{code}：程度应是 error 或 warn")
            if not entry.get("msg"):
                self.problems.append(f"{code}：没有写提示的话")
            expression = self._read(code, entry.get("rule", ""), scope, TRUTH)
            if expression is None:
                if not entry.get("rule"):
                    self.problems.append(f"{code}：没有写规则")
                continue
            server_only = bool(entry.get("server_only"))
            yield Rule(
                code, entry.get("level", ""), entry["rule"], entry.get("msg", ""), server_only, expression
            )


def _scope(subject: str, items: Sequence[Item], members: Sequence[Item]) -> Scope:
    kinds = {item.code: KIND_OF_TYPE[item.type] for item in members}
    return Scope(
        answers={item.code: KIND_OF_TYPE[item.type] for item in items},
        members={**kinds, "age": NUMBER} if members else {},
        subject=SUBJECTS[subject],
        options={item.code: frozenset(item.labels) for item in (*items, *members) if item.options},
    )


def _problems_of(entry: Mapping[str, Any]) -> list[str]:
    """What is wrong with one item by itself."""
    found = []
    if not _CODE.fullmatch(str(entry.get("code") or "")):
        found.append("题号用大写字母和数字，字母在前，最多 20 个")
    if not entry.get("label"):
        found.append("没有写题目")
    if entry.get("type") not in TYPES:
        return [*found, f"不认得的题型“{entry.get('type', '')}”"]
    if entry.get("bind") and entry["bind"] not in BINDS:
        found.append(f"没有“{entry['bind']}”这项档案资料")
    if entry["type"] == "number" and _crossed(entry.get("min"), entry.get("max")):
        found.append("最小值大于最大值")
    if entry.get("unknown_allowed") and entry["type"] == "text":
        found.append("文字题不用“不详”")
    return found + _problems_of_options(entry)


def _problems_of_options(entry: Mapping[str, Any]) -> list[str]:
    found = []
    options = entry.get("options") or []
    codes = [option.get("code") for option in options]
    if entry["type"] in {"single", "multi"} and not options and entry.get("section") != HEADER:
        found.append("没有选项")
    if len(set(codes)) < len(codes) or not all(codes) or not all(option.get("label") for option in options):
        found.append("选项的代码重复，或者缺代码、缺名称")
    if (entry.get("max_select") or 0) > len(options):
        found.append("最多选的项数比选项还多")
    better = entry.get("better", "")
    if isinstance(better, list) and set(better) - set(codes):
        found.append("好坏次序里有不是选项的代码")
    return found


def _crossed(low: Any, high: Any) -> bool:
    return low is not None and high is not None and low > high


def _item(entry: Mapping[str, Any]) -> Item:
    options = tuple(Option(option["code"], option["label"]) for option in entry.get("options") or ())
    better = entry.get("better", "")
    return Item(
        code=entry["code"],
        label=entry["label"],
        type=entry["type"],
        section=entry.get("section", ""),
        unit=entry.get("unit", ""),
        options=options,
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


def _circles(needs: Mapping[str, frozenset[str]]) -> Iterator[list[str]]:
    """Each circle once, from its first code round to it again."""
    done: set[str] = set()

    def follow(code: str, path: list[str]) -> Iterator[list[str]]:
        if code in path:
            yield [*path[path.index(code) :], code]
        elif code not in done:
            for needed in sorted(needs.get(code, ())):
                yield from follow(needed, [*path, code])
            done.add(code)

    for code in needs:
        yield from follow(code, [])


def _in_order(needs: Mapping[str, frozenset[str]]) -> list[str]:
    """The codes, each after those it needs; there are no circles."""
    left, ordered = dict(needs), list[str]()
    while left:
        ready = [code for code, needed in left.items() if not needed & left.keys()]
        ordered += ready
        for code in ready:
            del left[code]
    return ordered
