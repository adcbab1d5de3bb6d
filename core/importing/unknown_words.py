"""Ask once what an unknown word of a column means, for all its rows."""

from typing import Any

from core.cells import NOTHING_WORDS, Cell, CellError, UnknownWord, clean_text
from core.dates import DayMissing
from core.importing.columns import SheetColumn
from core.importing.likeness import ranked_words
from core.importing.questions import (
    DAYS,
    EMPTY,
    FIRST_DAY,
    LAST_DAY,
    SKIP,
    WORDS,
    Asking,
    ImportQuestion,
)

LONGEST_WORD = 30


def question_of(column: SheetColumn, cell: Cell, error: CellError, asking: Asking) -> ImportQuestion | None:
    """Return the question about a refused cell, with the answer in force; None if it has to be corrected."""
    if isinstance(error, DayMissing) and error.first:
        return _question_of_day(column, asking)
    if not isinstance(cell, str) or column.secret:
        return None
    try:
        text = clean_text(cell)
    except CellError:
        return None
    is_nothing = text in NOTHING_WORDS and not column.is_asked
    if len(text) > LONGEST_WORD or not (isinstance(error, UnknownWord) or is_nothing):
        return None
    ranked, likely = ranked_words(text, column.choices) if isinstance(error, UnknownWord) else ([], "")
    decides = column.decides or bool(column.missing)
    options = [*ranked, SKIP] if column.is_asked else [*ranked, EMPTY, SKIP]
    answer = asking.answers.word(column.label, text)
    if is_nothing:
        likely = EMPTY
    return asking.ask(
        ImportQuestion(
            WORDS,
            text,
            column.label,
            options=options,
            chosen=answer or ("" if decides else likely),
            answered=bool(answer),
            must=decides,
            why=column.missing if decides else "",
        )
    )


def _question_of_day(column: SheetColumn, asking: Asking) -> ImportQuestion:
    """Ask once for a column which day a month or year without one means."""
    answer = asking.answers.day(column.label)
    options = [FIRST_DAY, LAST_DAY, SKIP]
    answer = answer if answer in options else ""
    decides = column.decides or bool(column.missing)
    why = "只写到月或年，没有写到哪一天"
    return asking.ask(
        ImportQuestion(
            DAYS,
            column.label,
            column.label,
            options=options,
            chosen=answer,
            answered=bool(answer),
            must=decides,
            why=why,
        )
    )


def value_of(column: SheetColumn, question: ImportQuestion, error: CellError) -> Any:
    """Return the clean value that a question's answer gives, None for 空着. Raises CellError."""
    if isinstance(error, DayMissing):
        return column.clean(error.first if question.chosen == FIRST_DAY else error.last)
    return None if question.chosen == EMPTY else column.clean(question.chosen)


def is_replaced(question: ImportQuestion | None) -> bool:
    """Return whether the word is replaced; 不导入 leaves its rows to be corrected."""
    return question is not None and question.chosen not in ("", SKIP)
