"""Find the heading of a sheet, of one or two rows, and map its columns."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from core.cells import Cell, CellError, clean_text
from core.importing.columns import heading_key
from core.importing.questions import SKIP
from core.importing.sheet import ImportSheet
from core.importing.table import shown
from core.sheets import cell_name, is_own_export
from core.sheets.marking import RESULT, ROW_NUMBER
from core.shown_number import seen

HEADING_WITHIN = 20
"""A title, the reporting unit and a date may stand above the heading."""
LONGEST_HEADING = 60
IGNORED = {heading_key(text) for text in ("序号", "编号", RESULT, ROW_NUMBER)}
# 户主情况 over 姓名 is 户主姓名; 其他信息 over 致贫原因 is not 其他致贫原因.
_GROUP_ENDING = re.compile(r"(?:^其[他它])?(?:基本情况|基本信息|情况|信息|资料)$")
Rows = Sequence[Sequence[Cell]]
Merges = Sequence[tuple[tuple[int, int], tuple[int, int]]]


class ImportRefused(Exception):
    """The file cannot be imported at all; the message is one sentence for the clerk."""


@dataclass
class HeadingRow:
    """The rows of the heading (`first` to `row`, from 0) and the position of each known column."""

    row: int
    positions: dict[str, int] = field(default_factory=dict)
    first: int = -1
    texts: dict[int, str] = field(default_factory=dict)
    """The text of each column with a heading, two levels joined."""
    left: dict[int, str] = field(default_factory=dict)
    """Headings that mean no column: unknown ones, and those answered with 不导入."""

    @property
    def unknown(self) -> list[str]:
        return list(self.left.values())

    @property
    def in_words(self) -> str:
        """Return 第 3 行 or 第 2、3 行."""
        return f"第 {'、'.join(str(row + 1) for row in range(self.first, self.row + 1))} 行"


class Names:
    """The columns of a kind by every heading that means one of them."""

    def __init__(self, sheet: ImportSheet, taught: Mapping[str, str] | None = None) -> None:
        """`taught` are labels (or 不导入) by heading key: the county's spellings and the clerk's answers."""
        self.sheet = sheet
        columns = sheet.columns.values()
        self.keys = {spelling: column.key for column in columns for spelling in column.spellings}
        by_label = {heading_key(column.label): column.key for column in columns}
        self.skipped = {key for key, label in (taught or {}).items() if label == SKIP}
        for key, label in (taught or {}).items():
            if heading_key(label) in by_label:
                self.keys[key] = by_label[heading_key(label)]
        for key in self.skipped:
            self.keys.pop(key, None)
        self.computed = ""
        self.required = {column.key for column in columns if column.required}


def find_heading(
    sheet: ImportSheet,
    rows: Rows,
    merges: Merges = (),
    taught: Mapping[str, str] | None = None,
    at: int | None = None,
) -> HeadingRow | None:
    """Find the heading within the first twenty rows: the one or two rows with the most known columns.

    At least two columns must be known, or all required ones. `at` is the row that the clerk named.
    Raises ImportRefused if a column occurs twice.
    """
    names = Names(sheet, taught)
    if is_own_export(rows):
        names.computed = sheet.computed
    firsts = range(min(HEADING_WITHIN, len(rows))) if at is None else range(at, min(at + 1, len(rows)))
    found: list[tuple[int, HeadingRow]] = []
    # By their last row, and one row before two: a title above a heading of one row adds nothing.
    for last in range(firsts.start, min(firsts.stop + 1, len(rows))):
        for first in [row for row in (last, last - 1) if row in firsts]:
            texts = _texts(rows, first, last, merges, names)
            known = {names.keys[key] for key in map(heading_key, texts.values()) if key in names.keys}
            if len(known) > 1 or (known and (known == names.required or at is not None)):
                found.append((len(known), HeadingRow(last, first=first, texts=texts)))
    return _map(names, _best(found)) if found else None


def _best(found: Sequence[tuple[int, HeadingRow]]) -> HeadingRow:
    """Return the candidate with the most known columns, but none below data: a page may print the heading again.

    The heading begins with the first candidate that has half as many as the best one.
    """
    most = max(count for count, _ in found)
    begun = next(heading.row for count, heading in found if 2 * count >= most)
    near = [(count, heading) for count, heading in found if heading.row <= begun + 1]
    return max(near, key=lambda candidate: candidate[0])[1]


def _texts(rows: Rows, first: int, last: int, merges: Merges, names: Names) -> dict[int, str]:
    """Return the heading of each column: the two rows joined where that, or else the lower one, is known."""
    lower = [_heading_text(cell) for cell in rows[last]]
    if first == last:
        return {place: text for place, text in enumerate(lower) if text}
    upper = _group_texts(rows, first, last, merges, lower)
    count = Counter(heading_key(text) for text in lower if text)
    texts = {}
    for place, (group, text) in enumerate(zip(upper, lower, strict=True)):
        joined = _GROUP_ENDING.sub("", group) + text
        if not group or not text:
            chosen = group or text
        elif heading_key(joined) in names.keys or heading_key(joined) in names.skipped:
            chosen = joined
        elif count[heading_key(text)] == 1 and heading_key(text) in names.keys:
            chosen = text
        else:
            chosen = joined
        if chosen:
            texts[place] = chosen
    return texts


def _group_texts(rows: Rows, first: int, last: int, merges: Merges, lower: Sequence[str]) -> list[str]:
    """Return the upper heading of each column, spread to the right over the columns that it covers."""
    upper = [_heading_text(cell) for cell in rows[first]]
    merged = False
    for (top, left), (bottom, right) in merges:
        if top == first and right > left and bottom in (first, last):
            merged = True
            upper[left : right + 1] = [upper[left]] * (min(right, len(upper) - 1) - left + 1)
    if not merged:
        # Without merges a group stands above its first column, and its other columns have no upper heading.
        for place in range(1, len(upper)):
            if not upper[place] and lower[place] and lower[place - 1]:
                upper[place] = upper[place - 1]
    return upper


def _map(names: Names, heading: HeadingRow) -> HeadingRow:
    heading.texts = names.sheet.told_apart(heading.texts)
    for place, text in heading.texts.items():
        spelling = heading_key(text)
        key = names.keys.get(spelling)
        if key is None:
            if spelling not in IGNORED and not re.fullmatch(names.computed, spelling):
                heading.left[place] = shown(text)
        elif key in heading.positions:
            first, second = cell_name(heading.row, heading.positions[key]), cell_name(heading.row, place)
            label = names.sheet.columns[key].label
            raise ImportRefused(f"“{label}”写了两列：{first} 和 {second}，只留一列再传。")
        else:
            heading.positions[key] = place
    return heading


def _heading_text(cell: Cell) -> str:
    text = seen(cell)
    if not isinstance(text, str) or len(text) > LONGEST_HEADING:
        return ""
    try:
        return clean_text(text)
    except CellError:
        return ""


def check_heading(sheet: ImportSheet, heading: HeadingRow) -> None:
    """Raise ImportRefused that names all missing columns, if there are any."""
    if any(key in heading.positions for key in sheet.free_with):
        return
    wanted = list(_missing(sheet, heading))
    if wanted:
        raise ImportRefused(
            f"列名在{heading.in_words}，{'；'.join(wanted)}，补上再传；列的先后不限，列名都写在这一行。"
        )


def _missing(sheet: ImportSheet, heading: HeadingRow) -> Iterator[str]:
    missing = [c.key for c in sheet.columns.values() if c.required and c.key not in heading.positions]
    if missing:
        yield f"缺少{sheet.labels(missing)}列"
    for group in sheet.either:
        if not any(key in heading.positions for key in group):
            yield f"{sheet.labels(group)}至少要有一列"


def lacking(sheet: ImportSheet, heading: HeadingRow) -> set[str]:
    """Return the keys of the columns that `check_heading` misses."""
    if any(key in heading.positions for key in sheet.free_with):
        return set()
    groups = [group for group in sheet.either if not any(key in heading.positions for key in group)]
    required = {c.key for c in sheet.columns.values() if c.required and c.key not in heading.positions}
    return required.union(*groups)
