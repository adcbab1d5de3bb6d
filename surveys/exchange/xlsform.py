"""A definition as an XLSForm workbook (sheets survey, choices, settings) for ODK or Kobo.

What a device cannot evaluate stays on the server: rules, conditions and calculations on last time's answers
or system facts, and expressions that are too long in XPath. An error rule becomes part of the constraint of
the last item it names. Where that is impossible, and for warnings, a note is shown while the rule is
violated. 不详 is an option of a choice; for a number or a date it is a row of its own, asked while that one
is empty.
"""

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from core import sheets
from surveys.definition.document import HEADER, MEMBER, Definition, Rule
from surveys.definition.items import LONGEST_TEXT, UNKNOWN_LABEL, Item
from surveys.definition.language import QUANTIFIERS, UNKNOWN, Expression, walk
from surveys.exchange import xpath

LANGUAGE = "中文 (zh)"
LABEL, HINT, SAID = f"label::{LANGUAGE}", f"hint::{LANGUAGE}", f"constraint_message::{LANGUAGE}"
SURVEY = ["type", "name", LABEL, HINT, "required", "relevant", "constraint", SAID, "calculation", "default"]
CHOICES = ["list_name", "name", LABEL]
YES_NO = {"1": "是", "0": "否"}
WITH_UNKNOWN = {"single", "multi", "yesno"}
"""Types of which 不详 is an option."""
LONGEST_CONSTRAINT = 30_000
"""Maximum characters of the rules in one constraint (one cell); the rest stay on the server."""
SURVEYOR, WORD = "surveyor", "word"
"""Questions that every import needs beside the form's own: who asked, and a word about each warning."""
NOTES = {True: "要改", False: "请核对"}
"""What the label of a note begins with, by whether its rule is an error."""
Row = dict[str, str]


def write_xlsform(out: BinaryIO, definition: Definition) -> None:
    """Write the workbook in the form that ODK and Kobo accept."""
    settings = {
        "form_title": definition.title,
        "form_id": definition.code,
        "version": definition.version,
        "default_language": LANGUAGE,
    }
    sheets.write_sheets(
        out,
        [
            sheets.PlainSheet("survey", SURVEY, _cells(SURVEY, _Survey(definition).rows())),
            sheets.PlainSheet("choices", CHOICES, _cells(CHOICES, choice_rows(definition))),
            sheets.PlainSheet("settings", list(settings), [list(settings.values())]),
        ],
    )


def _cells(columns: Sequence[str], rows: Iterator[Row]) -> Iterator[list[str | None]]:
    return ([row.get(column) or None for column in columns] for row in rows)


def choice_rows(definition: Definition) -> Iterator[Row]:
    """Yield the options of every choice; a list is named after its item."""
    lists = {"yes_no": YES_NO, "yes_no_unknown": {**YES_NO, UNKNOWN: UNKNOWN_LABEL}}
    lists[UNKNOWN] = {UNKNOWN: UNKNOWN_LABEL}
    for item in (*definition.header, *definition.members, *definition.items):
        if item.options:
            unknown = {UNKNOWN: UNKNOWN_LABEL} if item.unknown_allowed else {}
            lists[item.code] = {**item.labels, **unknown}
    for name, labels in lists.items():
        for code, label in labels.items():
            yield {"list_name": name, "name": code, LABEL: label}


class _Survey:
    """Write the sheet `survey`: the header, the members as a repeat, each section as a group."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        codes = [item.code for item in definition.items]
        self.places = [*(item.code for item in definition.header), xpath.MEMBERS, *codes]
        self.rules: dict[str, list[Rule]] = {place: [] for place in self.places}
        for rule in definition.rules:
            if xpath.is_sayable(rule.expression, definition):
                self.rules[self._last_place(rule)].append(rule)

    def _last_place(self, rule: Rule) -> str:
        about_members = any(
            part[0] == "members" or part[0] in QUANTIFIERS for part in walk(rule.expression.tree)
        )
        named = {*rule.expression.codes, *([xpath.MEMBERS] if about_members else [])}
        return max(named or {self.places[-1]}, key=self.places.index)

    def rows(self) -> Iterator[Row]:
        yield from self._group("header", HEADER, self.definition.header)
        if self.definition.members:
            yield {"type": "begin_repeat", "name": xpath.MEMBERS, LABEL: MEMBER}
            for item in self.definition.members:
                yield from self._item(item)
            yield {
                "type": "integer",
                "name": "age",
                LABEL: "年龄（周岁）",
                "constraint": ". >= 0 and . <= 120",
            }
            yield {"type": "end_repeat"}
        yield from self._notes(xpath.MEMBERS)
        for section in self.definition.sections:
            yield from self._group(f"section_{section.code}", section.label, section.items)
        yield {
            "type": "text",
            "name": WORD,
            LABEL: "核对说明",
            HINT: "有提醒而情况属实的，写一句原因；没有就空着",
        }

    def _group(self, name: str, label: str, items: Sequence[Item]) -> Iterator[Row]:
        if items:
            yield {"type": "begin_group", "name": name, LABEL: label}
            for item in items:
                yield from self._item(item)
                yield from self._notes(item.code)
            if name == "header" and not self.definition.bound("response.surveyor"):
                hint = "手机号、工号或姓名"
                yield {"type": "text", "name": SURVEYOR, LABEL: "调查人", HINT: hint, "required": "yes"}
            yield {"type": "end_group"}

    def _item(self, item: Item) -> Iterator[Row]:
        relevant = ""
        if item.condition and xpath.is_sayable(item.condition, self.definition):
            relevant = xpath.shows(item.condition.tree, self.definition)
        if item.calculation:
            yield from self._calculated(item, item.calculation, relevant)
            return
        apart = item.unknown_allowed and item.type not in WITH_UNKNOWN
        constraint, message = self._constraint(item)
        yield {
            "type": _type_of(item),
            "name": item.code,
            LABEL: worded(item),
            HINT: item.help,
            "required": "yes" if item.required and not apart else "",
            "relevant": relevant,
            "constraint": constraint,
            SAID: message,
            "default": "today()" if item.bind == "response.surveyed_on" else "",
        }
        if apart:
            unanswered = xpath.both(
                [relevant, f"${{{item.code}}} = ''"] if relevant else [f"${{{item.code}}} = ''"]
            )
            yield {
                "type": f"select_one {UNKNOWN}",
                "name": f"{item.code}_{UNKNOWN}",
                LABEL: unknown_label(item),
                "required": "yes" if item.required else "",
                "relevant": unanswered,
            }

    def _calculated(self, item: Item, calculation: Expression, relevant: str) -> Iterator[Row]:
        if xpath.is_sayable(calculation, self.definition):
            said = xpath.result(calculation.tree, self.definition, item.places)
            yield {"type": "calculate", "name": item.code, "relevant": relevant, "calculation": said}
            shown = f"{worded(item)}：${{{item.code}}}"
            yield {"type": "note", "name": f"{item.code}_shown", LABEL: shown, "relevant": relevant}

    def _constraint(self, item: Item) -> tuple[str, str]:
        """Return (constraint, message): the item's own limits and the error rules attached to it."""
        parts = list(_limits(item))
        room = LONGEST_CONSTRAINT
        for rule in self.rules.get(item.code, []):
            if rule.is_error:
                broken = xpath.breaks(rule.expression.tree, self.definition, own=item.code)
                room -= len(broken)
                if room >= 0:
                    parts.append((f"not({broken})", rule.message))
        return xpath.both(said for said, _ in parts), "；".join(message for _, message in parts if message)

    def _notes(self, place: str) -> Iterator[Row]:
        """Yield notes for rules attached here outside a constraint; a required note blocks the form."""
        item = self.definition.by_code.get(place)
        in_constraint = item is not None and not item.calculation
        for rule in self.rules[place]:
            if not (rule.is_error and in_constraint):
                yield {
                    "type": "note",
                    "name": f"check_{self.definition.rules.index(rule)}",
                    LABEL: f"{NOTES[rule.is_error]}：{rule.message}",
                    "required": "yes" if rule.is_error else "",
                    "relevant": xpath.breaks(rule.expression.tree, self.definition),
                }


def _type_of(item: Item) -> str:
    if item.type == "number":
        return "decimal" if item.places else "integer"
    if item.type == "yesno":
        return f"select_one yes_no_{UNKNOWN}" if item.unknown_allowed else "select_one yes_no"
    if item.options:
        return f"select_{'multiple' if item.type == 'multi' else 'one'} {item.code}"
    return "date" if item.type == "date" else "text"


def worded(item: Item) -> str:
    """Return the question as the device shows it."""
    return f"{item.label}（{item.unit}）" if item.unit else item.label


def unknown_label(item: Item) -> str:
    """Return the question for 不详 beside a number, date or text."""
    return f"{item.label}：问不清的，选“{UNKNOWN_LABEL}”"


def _limits(item: Item) -> Iterator[tuple[str, str]]:
    """Yield (condition, message) for each of the item's own limits."""
    if item.type == "number":
        yield from _number_limits(item)
    elif item.type == "date":
        yield ". <= today()", "这一天还没有到"
        if item.min:
            yield f". >= date('{item.min}')", f"不早于 {item.min}"
    elif item.type == "multi":
        if 0 < item.max_select < len(item.options):
            yield f"count-selected(.) <= {item.max_select}", f"最多选 {item.max_select} 项"
        if item.unknown_allowed:
            alone = f"not(selected(., '{UNKNOWN}') and count-selected(.) > 1)"
            yield alone, f"选了“{UNKNOWN_LABEL}”就不选别的"
    elif not item.options and item.type != "yesno":
        least, most = item.min or 1, item.max or LONGEST_TEXT
        yield f"string-length(.) >= {least} and string-length(.) <= {most}", f"{least} 到 {most} 个字"


def _number_limits(item: Item) -> Iterator[tuple[str, str]]:
    edges = [f". {sign} {edge}" for sign, edge in ((">=", item.min), ("<=", item.max)) if edge is not None]
    if edges:
        yield " and ".join(edges), f"填 {item.range}的数"
    scale = 10**item.places
    if item.places:
        yield f"round(. * {scale}) div {scale} = .", f"最多 {item.places} 位小数"
    steps = round((item.step or 1) * scale)
    if steps > 1:
        yield f"round(. * {scale}) mod {steps} = 0", f"填 {item.step} 的整倍数"
