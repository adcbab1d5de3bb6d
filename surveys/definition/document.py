"""A survey as a document: sections, items and cross rules, read and checked as a whole.

`load` turns JSON such as `data/household_survey.json` into a Definition, or raises DefinitionError naming every mistake
(docs/development/survey-engine.md describes the format). Form, import and demo share each item's clean function and
each rule's compiled expression.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any

from surveys.definition.budget import affordable
from surveys.definition.entries import item_of, problems_of
from surveys.definition.items import Item
from surveys.definition.language import LIST, NUMBER, TEXT, TRUTH, Expression, LanguageError, Scope, read
from surveys.definition.limits import too_costly, too_large

HEADER, MEMBER = "表头", "家庭成员"
"""Pseudo-sections of the header's and the members' items."""
HEAD = {"code": "代码", "version": "版本", "title": "名称"}
LONGEST = {"code": 20, "version": 20, "title": 60}
LISTS = {"header": HEADER, "members": MEMBER, "items": "题目"}
"""The three lists of a document that contain items, with their labels."""
MOST_CIRCLES = 20
"""Maximum number of reported cycles: 300 items that refer to each other have tens of thousands."""
SUBJECTS = {"household": {"identity_conflicts": NUMBER}, "village": {"household_count": NUMBER}}
"""Subject of a survey → the system facts that its rules may use, with their kinds."""
KIND_OF_TYPE = {"number": NUMBER, "yesno": NUMBER, "single": TEXT, "multi": LIST, "text": TEXT, "date": TEXT}
ERROR, WARN = "error", "warn"


class DefinitionError(ValueError):
    """All problems of a definition, one sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("；".join(problems))
        self.problems = list(problems)


@dataclass(frozen=True)
class Rule:
    """A cross rule: an error prevents submission, a warning requires a confirmation."""

    code: str
    level: str
    text: str
    message: str
    server_only: bool
    expression: Expression

    @property
    def is_error(self) -> bool:
        return self.level == ERROR


@dataclass(frozen=True, eq=False)
class Section:
    code: str
    label: str
    items: Sequence[Item]


@dataclass(frozen=True, eq=False)
class Definition:
    """A survey's whole form, immutable and compared by identity; `document` is the JSON it was read from."""

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
        """Return the numbered items of all sections, in order: 47 of a household, 67 of a village."""
        return [item for section in self.sections for item in section.items]

    @cached_property
    def by_code(self) -> Mapping[str, Item]:
        """Header and numbered items by code; items of members are in `members` only."""
        return {item.code: item for item in (*self.header, *self.items)}

    @cached_property
    def asked(self) -> Sequence[Item]:
        """Return the items answered in a response: all except those bound to system facts."""
        return [*(item for item in self.header if not item.bind), *self.items]

    @cached_property
    def dated(self) -> Item | None:
        """Return the header's 调查日期, whose clean answer is a column of the response."""
        return self.bound("response.surveyed_on")

    def bound(self, fact: str) -> Item | None:
        """Return the header's item that is bound to a fact."""
        return next((item for item in self.header if item.bind == fact), None)

    @cached_property
    def dependent(self) -> Sequence[Item]:
        """Return items with a condition or a calculation, in dependency order."""
        needs = {item.code: item.looks_at for item in self.items if item.condition or item.calculation}
        return [self.by_code[code] for code in _in_order(needs)]

    @cached_property
    def calculated(self) -> Sequence[Item]:
        """Return calculated items in dependency order."""
        return [item for item in self.dependent if item.calculation]

    @property
    def expressions(self) -> Sequence[tuple[str, Expression]]:
        """Return (code of item or rule, expression) of all conditions, calculations and rules.

        They are in the order in which they use the budget: rules that the browser does not get come last.
        """
        parts = ((item.code, part) for item in self.dependent for part in (item.condition, item.calculation))
        rules = sorted(self.rules, key=lambda rule: rule.server_only)
        return [(code, part) for code, part in parts if part] + [(r.code, r.expression) for r in rules]


@lru_cache(maxsize=256)
def decided(definition: Definition, members: int) -> frozenset[Expression]:
    """Return the conditions, calculations and rules within the budget for this number of members."""
    return affordable((expression for _, expression in definition.expressions), members)


def load(document: Mapping[str, Any]) -> Definition:
    """Read and check a whole definition. Raises DefinitionError with every problem."""
    if problems := list(too_large(document)):
        raise DefinitionError(problems)
    definition = load_stored(document)
    if problems := list(too_costly(definition.expressions)):
        raise DefinitionError(problems)
    return definition


def load_stored(document: Mapping[str, Any]) -> Definition:
    """Read a definition that may be older than the limits of `surveys.definition.limits`."""
    return _Loader(document).load()


def beyond_limits(definition: Definition) -> list[str]:
    """Return the limits that a stored definition exceeds, one sentence each."""
    return [*too_large(definition.document), *too_costly(definition.expressions)]


class _Loader:
    """Read the document once and collect all problems, so that a draft is corrected in one go."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.problems: list[str] = []

    def load(self) -> Definition:
        document = self.document
        subject = document.get("subject") or ("household" if document.get("members") else "village")
        self._check_head(subject)
        self._stop_if_wrong()
        header, members, items = (self._items(key) for key in LISTS)
        self._refuse_twice("题号", [item.code for item in (*header, *members, *items)])
        self._refuse_facts([*header, *members, *items], subject)
        self._stop_if_wrong()
        scope = scope_of(subject, [*header, *items], members)
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
            rules=self._rules(scope),
            document=document,
        )
        self._stop_if_wrong()
        return definition

    def _check_head(self, subject: str) -> None:
        for key, name in {**HEAD, "sections": "部分", "items": LISTS["items"]}.items():
            if not self.document.get(key):
                self.problems.append(f"缺少“{name}”")
        for key, most in LONGEST.items():
            if len(str(self.document.get(key) or "")) > most:
                self.problems.append(f"{HEAD[key]}最多 {most} 个字")
        if subject not in SUBJECTS:
            self.problems.append(f"不认得的调查对象“{subject}”")

    def _stop_if_wrong(self) -> None:
        if self.problems:
            raise DefinitionError(self.problems)

    def _items(self, key: str) -> list[Item]:
        items = []
        for number, entry in enumerate(self.document.get(key) or [], 1):
            where = entry.get("code") or f"{LISTS[key]}第 {number} 项"
            wrong = problems_of(entry, key)
            self.problems += [f"{where}：{problem}" for problem in wrong]
            if not wrong:
                items.append(item_of(entry))
        return items

    def _refuse_twice(self, what: str, codes: Sequence[str]) -> None:
        self.problems += [f"{what} {code} 用了两次" for code, times in Counter(codes).items() if times > 1]

    def _refuse_facts(self, items: Sequence[Item], subject: str) -> None:
        """Refuse household facts in a form about villages."""
        if subject == "village":
            for item in items:
                if item.bind.startswith(("household.", "head.", "member.")):
                    self.problems.append(f"{item.code}：村的表没有“{item.bind}”")

    def _compiled(self, item: Item, scope: Scope) -> Item:
        """Return the item with its condition and calculation compiled."""
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
        circles = _circles({item.code: item.looks_at for item in items})
        for circle in islice(circles, MOST_CIRCLES):
            self.problems.append(f"显示条件或计算绕成了圈：{' → '.join(circle)}")

    def _sections(self, items: Sequence[Item]) -> list[Section]:
        entries = self.document["sections"]
        codes = [entry.get("code") or "" for entry in entries]
        if not all(codes) or not all(entry.get("label") for entry in entries):
            self.problems.append("有的部分没有代码，或没有名称")
        self._refuse_twice("部分", codes)
        for item in items:
            if item.section not in codes:
                self.problems.append(f"{item.code}：没有“{item.section}”这一部分")
        return [
            Section(code, entry.get("label") or "", [item for item in items if item.section == code])
            for code, entry in zip(codes, entries, strict=True)
        ]

    def _rules(self, scope: Scope) -> list[Rule]:
        entries = self.document.get("cross_rules") or []
        self._refuse_twice("核对规则", [entry.get("code") or "" for entry in entries])
        return [rule for entry in entries if (rule := self._rule(entry, scope))]

    def _rule(self, entry: Mapping[str, Any], scope: Scope) -> Rule | None:
        code = entry.get("code") or ""
        level, message, text = (entry.get(key) or "" for key in ("level", "msg", "rule"))
        if not code:
            self.problems.append(f"核对规则“{text}”没有编号")
        if level not in {ERROR, WARN}:
            self.problems.append(f"{code}：程度应是 error 或 warn")
        if not message:
            self.problems.append(f"{code}：没有写提示的话")
        if not text:
            self.problems.append(f"{code}：没有写规则")
        expression = self._read(code, text, scope, TRUTH)
        server_only = bool(entry.get("server_only"))
        return Rule(code, level, text, message, server_only, expression) if expression else None


def scope_of(subject: str, items: Sequence[Item], members: Sequence[Item]) -> Scope:
    kinds = {item.code: KIND_OF_TYPE[item.type] for item in members}
    return Scope(
        answers={item.code: KIND_OF_TYPE[item.type] for item in items},
        members={**kinds, "age": NUMBER} if members else {},
        subject=SUBJECTS[subject],
        options={item.code: frozenset(item.labels) for item in (*items, *members) if item.options},
    )


def _circles(needs: Mapping[str, frozenset[str]]) -> Iterator[list[str]]:
    """Yield each cycle once, as its codes from the first back to the first."""
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
    """Return the codes in dependency order; there are no cycles."""
    left, ordered = dict(needs), list[str]()
    while left:
        ready = [code for code, needed in left.items() if not needed & left.keys()]
        ordered += ready
        for code in ready:
            del left[code]
    return ordered
