"""Ask what the unknown headings of a sheet mean; a likely meaning that decides nothing is pre-chosen."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from core.cells import Cell
from core.identity import hide_numbers
from core.importing.columns import SheetColumn, heading_key
from core.importing.heading import HeadingRow, Rows, lacking
from core.importing.likeness import FITTING, LIKELY, fits, heading_likeness
from core.importing.questions import HEADINGS, SKIP, Asking, ImportQuestion
from core.importing.sheet import ImportSheet
from core.importing.table import shown
from core.sheets import column_name

SAMPLED = 30
"""Filled cells below a heading by which its meaning is judged."""
SHOWN = 3
_VAGUE = ("时间", "日期", "年月", "类型", "类别", "级别", "属性", "性质", "等级")
"""Headings that say nothing about which day or class they mean."""

_ANY_WORD = "某某"
"""A name or any text may be this; a number, phone or code is not."""


@dataclass
class Candidate:
    column: SheetColumn
    likeness: float
    fit: float

    @property
    def is_checked(self) -> bool:
        """Return whether the column accepts only some texts, so that fitting content says something."""
        column = self.column
        return (
            bool(column.choices) or column.secret or column.format != "text" or fits(column, [_ANY_WORD]) == 0
        )

    @property
    def is_likely(self) -> bool:
        return self.fit >= FITTING and self.likeness >= LIKELY

    @property
    def score(self) -> float:
        return self.likeness + (self.fit / 2 if self.is_checked else 0)


def ask_headings(sheet: ImportSheet, heading: HeadingRow, rows: Rows, asking: Asking) -> None:
    """Ask about every heading that means no column, and take the columns that are pre-chosen."""
    free = [column for key, column in sheet.columns.items() if key not in heading.positions]
    wanted = lacking(sheet, heading)
    questions: dict[int, ImportQuestion] = {}
    for place in heading.left:
        cells = _samples(rows, heading, place)
        if cells:
            questions[place] = _ask(heading, place, cells, free, wanted, asking)
    for known, place in heading.positions.items():
        if asking.answers.given_heading(heading.texts[place]):
            # Listed again, so that the clerk can change her answer.
            again = _ask(
                heading, place, _samples(rows, heading, place), [*free, sheet.columns[known]], wanted, asking
            )
            asking.ask(again)
    _refuse_twice(questions)
    labels = {column.label: column.key for column in free}
    for place, question in questions.items():
        key = labels.get(question.chosen)
        if key and key not in heading.positions:
            heading.positions[key] = place
            del heading.left[place]
        asking.ask(question)


def ask_for_missing(sheet: ImportSheet, heading: HeadingRow, rows: Rows, asking: Asking) -> bool:
    """Ask whether unknown headings mean columns that are missing; return whether one may.

    Where neither heading nor content says it (a name may stand below any heading), the clerk decides.
    """
    questions = [q for q in asking.questions.values() if q.is_open]
    claimed = {q.options[0] for q in questions if q.options}
    wanted = [sheet.columns[key] for key in sheet.columns if key in lacking(sheet, heading)]
    if questions:
        # Of columns of which one is enough, one may be found already.
        wanted = [column for column in wanted if column.required and column.label not in claimed]
    asked = {q.cell: q for q in asking.questions.values() if q.section == HEADINGS and not q.answered}
    is_asked = False
    for place in heading.left:
        question = asked.get(column_name(place))
        cells = _samples(rows, heading, place)
        labels = [column.label for column in wanted if fits(column, cells) >= FITTING]
        if question and labels:
            question.options = [*labels, *(label for label in question.options if label not in labels)]
            question.chosen, question.must, is_asked = "", True, True
            question.why = f"缺少“{labels[0]}”列，看看是不是这一列"
    return is_asked


def _samples(rows: Rows, heading: HeadingRow, place: int) -> list[Cell]:
    cells = (row[place] for row in rows[heading.row + 1 :])
    found: list[Cell] = []
    for cell in cells:
        if cell not in ("", None) and str(cell).strip():
            found.append(cell)
            if len(found) == SAMPLED:
                break
    return found


def _ask(
    heading: HeadingRow,
    place: int,
    cells: Sequence[Cell],
    free: Sequence[SheetColumn],
    wanted: set[str],
    asking: Asking,
) -> ImportQuestion:
    text = heading.texts[place]
    ranked = sorted(
        (Candidate(column, heading_likeness(text, column), fits(column, cells)) for column in free),
        key=lambda candidate: -candidate.score,
    )
    labels = {SKIP, *(column.label for column in free)}
    answer = asking.answers.heading(text)
    wrong = "" if answer in labels or not answer else f"这种表没有“{answer}”这一列"
    answer = "" if wrong else answer
    deciding = [c for c in ranked if _may_decide(c, text, wanted)]
    likely = next((c for c in ranked if c.is_likely and c.is_checked and not c.column.is_asked), None)
    chosen = answer or ("" if deciding or wrong else likely.column.label if likely else SKIP)
    ordered = [*deciding, *(candidate for candidate in ranked if candidate not in deciding)]
    return ImportQuestion(
        HEADINGS,
        hide_numbers(text),
        cell=column_name(place),
        samples=[shown(cell, secret=True) for cell in cells[:SHOWN]],
        count=len(cells),
        options=[*(c.column.label for c in ordered), SKIP],
        chosen=chosen,
        answered=bool(answer),
        must=bool(deciding or wrong),
        why=wrong or next((c.column.missing or f"像是“{c.column.label}”，不能猜" for c in deciding), ""),
    )


def _may_decide(candidate: Candidate, heading: str, wanted: set[str]) -> bool:
    """Return whether a heading may mean a column that is missing, or one that decides something."""
    column, key = candidate.column, heading_key(heading)
    if candidate.fit < FITTING:
        return False
    if column.key in wanted:
        return candidate.is_checked or candidate.likeness >= LIKELY / 2
    if not column.is_asked:
        return False
    vague = candidate.is_checked and any(word in key for word in _VAGUE)
    return candidate.likeness >= LIKELY or (vague and _same_class(key, column))


def _same_class(key: str, column: SheetColumn) -> bool:
    is_day = any(word in key for word in ("时间", "日期", "年月"))
    return is_day == (column.format == "date")


def _refuse_twice(questions: dict[int, ImportQuestion]) -> None:
    """Pre-choose no column for two headings: neither is certain."""
    count = Counter(question.chosen for question in questions.values())
    for question in questions.values():
        if not question.answered and question.chosen != SKIP and count[question.chosen] > 1:
            question.chosen = SKIP
