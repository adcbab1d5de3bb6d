"""Check a damaged file with the clerk's answers, and compare its plan with that of the clean list."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from core.importing.checking import Checked, check
from core.importing.heading import ImportRefused
from core.importing.questions import EACH, HEADINGS, HIDDEN, MERGES, MISSING, SKIP, TOGETHER, WORDS, Answers
from core.importing.sheet import kind_of
from core.sheets import column_number
from tests.damage.kinds import KINDS
from tests.damage.lists import LISTS, Cells, County
from tests.damage.sheets import Sheet, as_text, as_workbook, clean_sheet

Step = tuple[str, int]
"""A kind of damage and the seed of its choices."""
Rows = dict[int, dict[str, dict[str, Any]]]
RANDOM = {"id_cipher", "password", "code_expires_at"}
"""Columns with another value at each check."""
CLEAN_LISTS = 12
MOST_ROUNDS = 4


@dataclass
class Trial:
    """Judges examples in one county; counts their outcomes."""

    county: County
    outcomes: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    damages: Counter[str] = field(default_factory=Counter)
    lists: dict[tuple[str, int], tuple[list[Cells], Rows]] = field(default_factory=dict)
    """Clean lists that were used, with what they create."""

    def judge(self, kind: str, number: int, steps: Sequence[Step], writing: str) -> list[str]:
        """Return what came in differently without a word; [] for a good outcome."""
        rows, clean = self._clean(kind, number)
        sheet = clean_sheet(kind, rows)
        for name, seed in steps:
            KINDS[name](sheet, Random(seed))
            self.damages[name] += 1
        return self._compare(sheet, clean, writing)

    def _clean(self, kind: str, number: int) -> tuple[list[Cells], Rows]:
        if (kind, number) not in self.lists:
            rows = LISTS[kind](self.county, Random(f"{kind} {number}"))
            sheet = clean_sheet(kind, rows)
            found = self._check(sheet, as_workbook(sheet), "名册.xlsx", {})
            if isinstance(found, str) or found.plan.table.errors:
                raise ValueError(f"the clean list is refused: {found}")
            self.lists[kind, number] = rows, planned(found, sheet)
        return self.lists[kind, number]

    def _compare(self, sheet: Sheet, clean: Rows, writing: str) -> list[str]:
        data, filename = written(sheet, writing)
        found, answers = self._check(sheet, data, filename, {}), {}
        for _ in range(MOST_ROUNDS):
            # An answered heading may bring questions about the words below it.
            more = {} if isinstance(found, str) else answers_to(found, sheet)
            if more in ({}, answers):
                break
            found, answers = self._check(sheet, data, filename, more), more
        if isinstance(found, str):
            self.outcomes["refused in a sentence"] += 1
            self.refusals[found] += 1
            return [] if found.endswith("。") else [f"refused without a sentence: {found}"]
        if any(question.is_open for question in found.asking.listed()):
            self.outcomes["asked"] += 1
            return []
        failures = [*silent_rows(found, sheet), *differences(found, sheet, clean)]
        same = not found.plan.table.errors and planned(found, sheet) == clean
        self.outcomes["silent" if failures else "same rows" if same else "named at the row"] += 1
        return failures

    def _check(self, sheet: Sheet, data: bytes, filename: str, answers: dict[str, Any]) -> Checked | str:
        try:
            return check(
                kind_of(sheet.kind),
                data,
                filename,
                self.county.office,
                lambda done, total: None,
                Answers(answers),
            )
        except ImportRefused as refusal:
            return str(refusal)


def written(sheet: Sheet, writing: str) -> tuple[bytes, str]:
    if writing == "xlsx" or not sheet.is_plain:
        return as_workbook(sheet), "名册.xlsx"
    encoding, separator = writing.split(" ", 1)
    return as_text(sheet, encoding, separator), "名册.csv"


def answers_to(found: Checked, sheet: Sheet) -> dict[str, Any]:
    """Answer as a clerk does who knows what every heading and word means."""
    answers: dict[str, Any] = {}
    for question in found.asking.listed():
        if question.section == HEADINGS:
            own = sheet.columns[column_number(question.cell)].own
            answers.setdefault(HEADINGS, {})[question.name] = own.label if own else SKIP
        elif question.section == WORDS:
            if meaning := sheet.words.get((question.column, question.name)):
                answers.setdefault(WORDS, {}).setdefault(question.column, {})[question.name] = meaning
        elif question.section == MERGES:
            answers.setdefault(MERGES, {})[question.name] = EACH
        elif question.section == HIDDEN:
            answers[HIDDEN] = TOGETHER
        elif question.section == MISSING:
            answers.setdefault(MISSING, {})[question.name] = "2015-01-01" if question.typed else "一般"
    return answers


def planned(found: Checked, sheet: Sheet) -> Rows:
    """Return what each clean row creates, by model; rows that were added have the number of their line, negative."""
    rows: Rows = {}
    for label, creation in found.plan.creations.items():
        columns = {name: values for name, values in creation.columns.items() if name not in RANDOM}
        for place, number in enumerate(creation.numbers):
            row = sheet.lines[number - 1 - sheet.first].row
            values = {name: column[place] for name, column in columns.items()}
            rows.setdefault(-number if row is None else row, {})[label] = values
    return rows


def silent_rows(found: Checked, sheet: Sheet) -> list[str]:
    """Return the lines that are no data, yet are neither named nor refused."""
    table = found.plan.table
    wrong = {table.numbers[index] for index in table.errors}
    said = "".join(found.asking.notes)
    failures = []
    for number, line in enumerate(sheet.lines, start=sheet.first + 1):
        if line.named and number not in wrong and f"第 {number} 行" not in said:
            failures.append(f"row {number} {line.cells[:3]} was passed over without a word")
        if line.hidden and not any(number in q.rows for q in found.asking.listed() if q.section == HIDDEN):
            failures.append(f"hidden row {number} is not named")
    return failures


def differences(found: Checked, sheet: Sheet, clean: Rows) -> list[str]:
    """Return the values that differ from the clean list's, in rows without an error."""
    table = found.plan.table
    rows = planned(found, sheet)
    failures = [f"row {-row} was taken for data: {rows[row]}" for row in rows if row < 0]
    wrong_rows = {sheet.lines[table.numbers[index] - 1 - sheet.first].row for index in table.errors}
    for row, wanted in clean.items():
        if row in wrong_rows:
            continue
        lost = [label for where, label in sheet.wrong if where == row]
        if lost:
            failures.append(f"data row {row}: {lost} cannot be read, but has no error")
        given = rows.get(row)
        if given is None:
            failures.append(f"data row {row} is missing without an error")
            continue
        failures += [
            f"data row {row}: {model} {name} is {given.get(model, {}).get(name)!r} instead of {value!r}"
            for model, values in wanted.items()
            for name, value in values.items()
            if given.get(model, {}).get(name) != value
        ]
    return failures
