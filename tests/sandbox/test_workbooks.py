"""Workbooks in: what costs too much is told in one sentence, or comes back as a plain copy; honest ones pass."""

import datetime as dt
import io
import tempfile

import openpyxl
import pytest

from core import sheets
from core.sandbox.process import MB, Limits
from core.sandbox.sheets.styled import marked
from core.sheets import SheetError
from core.sheets import workbook as reader
from tests.sandbox import hostile
from tests.sheets.workbooks import HEADINGS, ROW, rows_of, with_sheet_xml, workbook

pytestmark = [pytest.mark.once, pytest.mark.slow]
SMALL = Limits(memory=192 * MB, cpu=2, output=MB, wall=60)


def mark(data: bytes) -> object:
    back = sheets.mark_workbook(
        data, "a.xlsx", "名单", {(1, 0): "没有这个村"}, {"导入结果": {1: "要改"}}, 0, SMALL
    )
    return openpyxl.load_workbook(io.BytesIO(back)).active


@pytest.mark.parametrize("make", [hostile.styled_cell_far_out, hostile.merged_whole_grid])
def test_a_workbook_that_takes_for_ever_to_mark_comes_back_as_a_plain_copy(make):
    sheet = mark(make())
    assert sheet["A2"].comment.text == "没有这个村"
    assert [cell.value for cell in sheet[1]] == ["村", "户主姓名", "导入结果"]
    assert sheet.max_row == 2


def test_a_workbook_that_asks_for_too_much_memory_is_told():
    with pytest.raises(SheetError, match=r"^这个表打开要的内存太多，没有收下。请.*。$"):
        sheets.read(hostile.many_texts(4_000_000), "a.xlsx", SMALL)


def test_a_workbook_that_takes_too_long_is_told():
    data = hostile.with_sheet("".join(f"<row r='{row}'><c><v>1</v></c></row>" for row in range(3, 390_000)))
    short = Limits(memory=512 * MB, cpu=1, output=64 * MB, wall=60)
    with pytest.raises(SheetError, match=r"^这个表打开要的时间太长，没有收下。请.*。$"):
        sheets.read(data, "a.xlsx", short)


def test_a_cell_of_millions_of_letters_is_told():
    with pytest.raises(SheetError, match="第 3 行的内容太长"):
        rows_of(hostile.long_text(6_000_000))


def test_350_000_rows_are_read():
    cell = '<c r="{0}{1}" t="inlineStr"><is><t>大庄村</t></is></c>'
    rows = "".join(
        f'<row r="{row}">{cell.format("A", row)}{cell.format("B", row)}</row>' for row in range(1, 350_002)
    )
    found = rows_of(with_sheet_xml(rows))
    assert len(found) == 350_001
    assert found[-1][0] is found[0][0]  # kept once in memory


def test_durations_come_through():
    table = [["时长", "时刻"], [dt.timedelta(hours=30, minutes=5), dt.time(8, 30)]]
    assert rows_of(workbook(table))[1] == [dt.timedelta(hours=30, minutes=5), dt.time(8, 30)]


HEAD = b'{"name":"a","hidden":[],"since_1904":false,"merges":[]}\n'


@pytest.mark.parametrize(
    "lines",
    [
        b"{}\n",
        b'{"name":"a"}\n',
        b'{"name":"a","hidden":7,"since_1904":0,"merges":[]}\n',
        HEAD + b'["a"]\n["a","b"]\n',
        HEAD + b'[["a"]]\n',
        HEAD + b'[{"object":"a"}]\n',
        HEAD + b'[{"date":"a","time":"b"}]\n',
        HEAD + b'[{"timedelta":"a"}]\n',
        HEAD + b'[{"date":7}]\n',
        HEAD + b"[" * 100_000 + b"\n",
        HEAD + b"[\xff\n",
        HEAD + b"[1" + b"0" * 5000 + b"]\n",
    ],
)
def test_what_a_child_gone_astray_answers_is_no_workbook(lines):
    with pytest.raises(SheetError, match="已损坏"):
        [sheet.rows for sheet in reader._sheets(io.BytesIO(lines))]


def test_nothing_of_a_workbook_is_written_to_the_disk_as_it_is_marked(monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError

    for name in ("NamedTemporaryFile", "TemporaryFile", "mkstemp", "mkdtemp"):
        monkeypatch.setattr(tempfile, name, refuse)
    data = workbook([HEADINGS, ROW], names=["名单"])
    assert marked(data, "名单", 4, {(1, 0): "没有"}, {"导入结果": {1: "要改"}}, 0)
