"""Find the form version that a sheet was filled for: column 版本 names it in every row."""

from collections.abc import Sequence

from core.cells import Cell, CellError, clean_text, label_key
from core.importing.heading import HeadingRow, ImportRefused
from surveys.models import Survey

DOWNLOAD = "请在“调查表”页下载现在的工作簿。"


def edition_of(survey: Survey) -> str:
    """Format a version: HH-SURVEY 2012.1."""
    return f"{survey.code} {survey.edition}"


def edition_key(text: str) -> str:
    """Normalise a version for comparison."""
    return label_key(text)


def is_named(survey: Survey, text: str) -> bool:
    """Return whether a cell names the version: HH-SURVEY 2012.1, or 2012.1 as in our data sets."""
    return edition_key(text) in {edition_key(edition_of(survey)), edition_key(survey.edition)}


def named_edition(rows: Sequence[Sequence[Cell]], heading: HeadingRow) -> str:
    """Return the first version that the rows name; '' when none does."""
    place = heading.positions.get("version")
    if place is None:
        return ""
    cells = (row[place] for row in rows[heading.row + 1 :])
    try:
        return next(filter(None, map(clean_text, cells)), "")
    except CellError as error:
        raise ImportRefused(f"“版本”一列{error}{DOWNLOAD}") from error


def find_survey(subject: str, place: str, named: str) -> Survey:
    """Return the open version that a file names, else the only open one. Raises ImportRefused."""
    surveys = Survey.objects.filter(subject=subject).read_at(place)
    if not named:
        return _the_open_one([survey for survey in surveys if survey.is_open])
    fitting = [survey for survey in surveys if is_named(survey, named)]
    if not fitting:
        raise ImportRefused(f"没有“{named[:40]}”这个版本的表。核对“版本”一列，{DOWNLOAD}")
    survey = _nearest(fitting, place)
    if survey.is_draft:
        raise ImportRefused(f"{survey}还是草稿，没有发布，不能导入答卷。")
    if not survey.is_open:
        raise ImportRefused(f"{survey}已在 {survey.closed_on:%Y-%m-%d} 停用，不能再导入答卷。{DOWNLOAD}")
    return survey


def open_survey(subject: str, place: str) -> Survey | None:
    """Return the only open version; None when there is none or several."""
    try:
        return find_survey(subject, place, "")
    except ImportRefused:
        return None


def _the_open_one(surveys: Sequence[Survey]) -> Survey:
    if not surveys:
        raise ImportRefused("还没有在用的调查表，先发布一张。")
    if len(surveys) > 1:
        names = "、".join(edition_of(survey) for survey in surveys)
        raise ImportRefused(f"在用的表有 {names}，要有“版本”一列写明是哪一张。")
    return surveys[0]


def _nearest(surveys: Sequence[Survey], place: str) -> Survey:
    """Return the version of the office's own place, or of the nearest place above it."""
    over = [survey for survey in surveys if place.startswith(survey.place)]
    if over:
        return max(over, key=lambda survey: len(survey.place))
    if len(surveys) > 1:
        raise ImportRefused(f"{surveys[0]}几个县都有，请由县双联办导入。")
    return surveys[0]
