"""A sheet after cleaning: one list per column, one number per row, and errors by cell."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from core.cells import Cell, CellError, DoubtfulCell, UnclearName, clean_text
from core.identity import HIDDEN, refuse_number
from core.importing.columns import CLEAR, CLEARING, DITTO, NOTHING, STROKES, SheetColumn
from core.importing.questions import CONFIRMED, MISSING, MOST_WORDS, SKIP, Asking, ImportQuestion
from core.importing.unknown_words import is_replaced, question_of, value_of
from core.sheets import cell_name
from core.shown_number import ShownNumber

ROWS_A_STEP = 2000
SHOWN = 40
ROWS_NAMED = 8
# Any long number may be an ID number with a typing error; a 户编号 is not.
_LONG_NUMBER = re.compile(r"(?!\d{12}-\d{3,}(?!\d))(?:\d[\s-]?){15,}[\dXx]?")
# Where ID numbers are expected, letters may stand for digits: 62O522l97001…
_PERSONAL_NUMBER = re.compile(r"(?:[0-9A-Za-z][\s,.·'‘’—–-]*){9,}")
_OPEN_DIGIT = re.compile(r"([0-9A-Za-z]{6}(?=\*{8}))|\d")


class Cells(dict[Cell, Any]):
    """Cache of cleaned values by raw cell: most columns repeat a few values, each cleaned once."""

    def __init__(self, column: SheetColumn, asking: Asking | None = None) -> None:
        super().__init__()
        self.update({"": NOTHING, None: NOTHING})
        self.update(dict.fromkeys(CLEARING, CLEAR))
        self.column = column
        self.asking = asking
        self.refused = False
        self.asked: dict[Cell, ImportQuestion] = {}
        """Questions by the cells that raised them."""

    def __missing__(self, cell: Cell) -> Any:
        value: Any
        if isinstance(cell, str) and (not cell.strip() or cell.strip() in CLEARING):
            value = CLEAR if cell.strip() else NOTHING
        else:
            try:
                value = self._clean(cell)
            except CellError as error:
                value = self._ask(cell, error)
            value = NOTHING if value is None or value == "" else value
            self.refused = self.refused or isinstance(value, CellError)
        self[cell] = value
        return value

    def _ask(self, cell: Cell, error: CellError) -> Any:
        """Return the value that the answer to an unknown word gives, else the error."""
        question = question_of(self.column, cell, error, self.asking) if self.asking else None
        if question is None:
            return error
        self.asked[cell] = question
        try:
            return value_of(self.column, question, error) if is_replaced(question) else error
        except CellError as wrong:
            return wrong

    def _clean(self, cell: Cell) -> Any:
        """Refuse an ID number outside its own column, where it would be stored readable."""
        text = cell.text if isinstance(cell, ShownNumber) else cell
        if isinstance(text, str):
            if text.strip() in DITTO:
                raise CellError("只写了和上面一样，没有写内容", "把上面一行的内容填下来")
            if text.strip() in STROKES:
                raise CellError("只画了斜线", "没有就空着，要清空写“-”")
            if not self.column.secret:
                refuse_number(text)
        return self.column.clean(cell)


class Table:
    """The rows below the heading. Code refers to a row by index, messages by `numbers[index]`."""

    def __init__(
        self,
        columns: dict[str, SheetColumn],
        positions: dict[str, int],
        rows: Sequence[Sequence[Cell]],
        numbers: list[int],
        asking: Asking | None = None,
    ) -> None:
        """`positions` gives the place in a raw row of each column that the file has."""
        self.asking = asking or Asking()
        self.columns = columns
        self.positions = positions
        self.rows = rows
        self.numbers = numbers
        self.values: dict[str, list[Any]] = {}
        self.refused: set[tuple[int, str]] = set()
        self.errors: dict[int, list[dict[str, str]]] = {}
        self.warnings: dict[int, list[dict[str, str]]] = {}
        self.held: list[str] = []
        """ID numbers that were reported to belong to another person."""
        self.notes = self.asking.notes

    def __len__(self) -> int:
        return len(self.numbers)

    def has(self, key: str) -> bool:
        return key in self.positions

    def wrong(self, index: int) -> bool:
        return index in self.errors

    def unread(self, index: int, *keys: str) -> bool:
        """Return whether one of these cells was refused; then it is not reported as empty too."""
        return any((index, key) in self.refused for key in keys)

    def sound(self) -> Iterator[int]:
        """Yield the indexes of rows without errors so far."""
        return (index for index in range(len(self)) if index not in self.errors)

    def __getitem__(self, key: str) -> list[Any]:
        """Return the cleaned values of a column; all NOTHING when the file has no such column."""
        return self.values[key]

    def get(self, key: str, index: int, default: Any = None) -> Any:
        """Return one cleaned value, or `default` for an empty or clearing cell."""
        value = self.values[key][index]
        return default if value is NOTHING or value is CLEAR else value

    def clean(self, report: Callable[[int], None]) -> None:
        """Clean every cell; `report` receives the number of rows done."""
        caches = {key: Cells(self.columns[key], self.asking) for key in self.positions}
        self.values = {key: [] if key in self.positions else [NOTHING] * len(self) for key in self.columns}
        for start in range(0, len(self), ROWS_A_STEP):
            raw = list(zip(*self.rows[start : start + ROWS_A_STEP], strict=True))
            for key, position in self.positions.items():
                self.values[key] += _clean_column(raw[position], caches[key])
            report(min(start + ROWS_A_STEP, len(self)))
        for key, cache in caches.items():
            if cache.asked:
                self._count_asked(self.positions[key], cache.asked)
            if cache.refused:
                self._report_refused(key)
        self._refuse_clearing()

    def _count_asked(self, position: int, asked: dict[Cell, ImportQuestion]) -> None:
        for number, row in zip(self.numbers, self.rows, strict=True):
            if question := asked.get(row[position]):
                question.count += 1
                if len(question.rows) < MOST_WORDS:
                    question.rows.append(number)

    def _report_refused(self, key: str) -> None:
        values = self.values[key]
        stored = self._stored(key)
        for index, value in enumerate(values):
            if isinstance(value, DoubtfulCell) and (value.value in stored or self._confirmed(index, key)):
                values[index] = value.value
            elif isinstance(value, CellError):
                values[index] = NOTHING
                self.refused.add((index, key))
                self.error(index, key, value.why, value.remedy)

    def _confirmed(self, index: int, key: str) -> bool:
        """Ask whether one doubtful value is right; return whether the clerk has said so."""
        where = self._where(index, key)
        is_right = self.asking.answers.confirmed(where["cell"])
        self.asking.ask(
            ImportQuestion(
                CONFIRMED,
                where["cell"],
                where["column"],
                samples=[where["value"]],
                rows=[self.numbers[index]],
                count=1,
                chosen="是" if is_right else "",
                answered=is_right,
            )
        )
        return is_right

    def _stored(self, key: str) -> set[str]:
        """Return the doubtful values of a column that are stored already, so that somebody has confirmed them."""
        doubtful = {value.value for value in self.values[key] if isinstance(value, DoubtfulCell)}
        find = self.columns[key].find_stored
        return find(doubtful) if find and doubtful else set()

    def _refuse_clearing(self) -> None:
        for key in self.positions:
            if self.columns[key].clearable:
                continue
            values = self.values[key]
            while CLEAR in values:
                index = values.index(CLEAR)
                values[index] = NOTHING
                self.error(index, key, "这一列不能清空", "填上内容，不改就空着")

    def require(self, index: int, *keys: str) -> bool:
        """Add an error for each missing value of these columns; return whether the row is complete."""
        missing = [key for key in keys if self.get(key, index) is None]
        for key in missing:
            self.error(index, key, f"新增要填“{self.columns[key].label}”", "补上这一格")
        return not missing

    def decide(self, index: int, key: str) -> bool:
        """Return whether a new row has a value in a column that decides something.

        An empty cell takes the clerk's answer for all of them; without one she is asked.
        """
        if self.get(key, index) is not None:
            return True
        column = self.columns[key]
        answer = self.asking.answers.missing(column.label)
        question = self.asking.ask(
            ImportQuestion(
                MISSING,
                column.label,
                column.label,
                options=[] if column.format == "date" else list(column.choices),
                chosen=answer,
                answered=bool(answer),
                must=True,
                why=column.missing,
                typed=column.format == "date",
            )
        )
        question.count += 1
        if len(question.rows) < MOST_WORDS:
            question.rows.append(self.numbers[index])
        if not answer:
            return False
        try:
            self.values[key][index] = column.clean(answer)
        except CellError as error:
            question.chosen, question.why = "", f"{error.why}，{error.remedy}"
            return False
        return True

    def asked(self, index: int, key: str, problem: UnclearName, text: str = "") -> str:
        """Ask which row an unclear name means; return the clerk's answer, '' without one.

        `text` names it where the cell alone does not: a head together with his village.
        """
        chosen = self.asking.ask_word(
            self.columns[key].label,
            text or str(self.get(key, index)),
            [*problem.options, SKIP],
            row=self.numbers[index],
            must=problem.must,
            why=problem.why,
        )
        return "" if chosen == SKIP else chosen

    def error(self, index: int, key: str, why: str, remedy: str) -> None:
        self.errors.setdefault(index, []).append({**self._where(index, key), "why": why, "remedy": remedy})

    def refuse(self, index: int, key: str, sentence: str) -> None:
        """Add an error given as a form's sentence “why，remedy。”; '' adds nothing."""
        why, _, remedy = sentence.rstrip("。").partition("，")
        if why:
            self.error(index, key, why, remedy)

    def warn(self, index: int, key: str, why: str, remedy: str = "") -> None:
        self.warnings.setdefault(index, []).append({**self._where(index, key), "why": why, "remedy": remedy})

    def _where(self, index: int, key: str) -> dict[str, str]:
        column = self.columns[key]
        if key not in self.positions:
            return {"column": column.label, "cell": "", "value": ""}
        position = self.positions[key]
        return {
            "column": column.label,
            "cell": cell_name(self.numbers[index] - 1, position),
            "value": shown(self.rows[index][position], secret=column.secret),
        }

    def refuse_twice(self, keys: Sequence[Any], column: str, remedy: str) -> None:
        """Refuse rows that share a key and list the others; None is no key."""
        rows: dict[Any, list[int]] = defaultdict(list)
        for index, key in enumerate(keys):
            if key is not None:
                rows[key].append(index)
        for alike in rows.values():
            if len(alike) > 1:
                self._refuse_alike(alike, column, remedy)

    def _refuse_alike(self, alike: list[int], column: str, remedy: str) -> None:
        for index in alike:
            # If a whole column repeats one number, list only the first rows.
            others = [self.numbers[other] for other in alike[: ROWS_NAMED + 1] if other != index]
            self.error(index, column, f"和{name_rows(others, len(alike) - 1)}相同", remedy)


def name_rows(numbers: Iterable[int], count: int = 0) -> str:
    """Format row numbers: 第 5、8 行, or 第 5、8、… 行等 30 行 with `count` when `numbers` is truncated."""
    ordered = sorted(set(numbers))
    count = count or len(ordered)
    more = f"等 {count} 行" if count > ROWS_NAMED else ""
    return f"第 {'、'.join(map(str, ordered[:ROWS_NAMED]))} 行{more}"


def _clean_column(raw: Sequence[Cell], cache: Cells) -> list[Any]:
    if bool in set(map(type, raw)):
        # True and 1.0 are equal as dict keys, but are different cell values.
        raw = [("是" if cell else "否") if isinstance(cell, bool) else cell for cell in raw]
    return list(map(cache.__getitem__, raw))


def shown(cell: Cell, *, secret: bool = False) -> str:
    """Return a cell as it may be shown and stored beside its error: short, ID numbers masked."""
    if isinstance(cell, float) and abs(cell) >= 1e14:
        return f"{cell:.5E}"
    try:
        text = clean_text(cell)
    except CellError:
        text = str(cell)
    text = (_PERSONAL_NUMBER if secret else _LONG_NUMBER).sub(_starred, text)
    if secret:
        # Even the end of a number would reveal all of it beside a birth date.
        text = _OPEN_DIGIT.sub(lambda found: found[1] or "*", text)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _starred(found: re.Match[str]) -> str:
    return re.sub(r"[\s,.·'‘’—–-]", "", found[0])[:6] + HIDDEN
