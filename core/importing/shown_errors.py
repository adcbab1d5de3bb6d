"""The errors of a run as one reader may see them."""

from collections.abc import Iterable, Iterator

from core.importing.sheet import ImportSheet, all_kinds
from core.models import ImportRow

_OF_A_NUMBER = {"why": "号码要核对", "remedy": "请上传的人照证件核对"}


def shown_errors(
    sheet: ImportSheet, rows: Iterable[ImportRow], *, is_uploader: bool
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield row number and error. What is wrong with an ID number is shown to the uploader, who has typed it.

    To others a reason would tell digits of a number that they may not see: that it ends with 000, for example.
    """
    secret = {
        column.label for kind in [sheet, *all_kinds()] for column in kind.columns.values() if column.secret
    }
    for row in rows:
        for error in row.errors or []:
            hidden = error["column"] in secret and not is_uploader
            yield row.number, {**error, **_OF_A_NUMBER} if hidden else error
