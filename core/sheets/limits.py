"""Limits of the process that opens a workbook, and the messages when it exceeds them."""

from collections.abc import Iterator
from contextlib import contextmanager

from core.sandbox.process import MB, Broken, Limits, OutOfMemory, OutOfTime, Refused
from core.sandbox.sheets.errors import SheetError, damaged

IN_BACKGROUND = Limits(memory=1536 * MB, cpu=60, output=768 * MB, wall=110)
"""Enough for 350,000 rows of 30 columns.

Wall-clock time stays below the two minutes after which a run counts as dead.
"""
ON_PAGE = Limits(memory=512 * MB, cpu=20, output=64 * MB, wall=40)
"""For work within a request: a few thousand rows, with several web workers at once."""
COPY = "请把要用的行列复制到新的工作簿，存为 .xlsx 再传"


@contextmanager
def as_sheet_errors() -> Iterator[None]:
    """Convert every end without a result to a SheetError with one sentence."""
    try:
        yield
    except Refused as refusal:
        raise SheetError(str(refusal)) from refusal
    except OutOfMemory as error:
        raise SheetError(f"这个表打开要的内存太多，没有收下。{COPY}。") from error
    except OutOfTime as error:
        raise SheetError(f"这个表打开要的时间太长，没有收下。{COPY}。") from error
    except Broken as error:
        raise damaged() from error
