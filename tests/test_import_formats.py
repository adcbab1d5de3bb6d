"""Number formats in lists: the clerk gets what she sees, or is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
import xlwt

from core.cells import CellError
from core.sandbox.sheets.number_formats import shown
from households.models import Household
from surveys.definition.items import Item
from tests.factories import make_unit, make_village
from tests.importing import check, errors, family, load, outcomes, whys
from tests.sheets.workbooks import saved
from units.models import Cadre

FORMATS = {"WS": '"WS"00000', "组": '"第"0"组"', "%": "0%", "0": "000000"}


def formatted(rows: Sequence[Mapping[str, Any]], *, old: bool = False) -> bytes:
    """A workbook in which (number, format) pairs are numbers with that format."""
    headings = list(dict.fromkeys(name for row in rows for name in row))
    lines = [headings, *([row.get(name) for name in headings] for row in rows)]
    return _old(lines) if old else _new(lines)


def _new(lines: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for row, line in enumerate(lines, start=1):
        for column, value in enumerate(line, start=1):
            number, code = value if isinstance(value, tuple) else (value, "General")
            book.active.cell(row, column, number).number_format = code
    return saved(book)


def _old(lines: list[list[Any]]) -> bytes:
    book = xlwt.Workbook()
    page = book.add_sheet("名单")
    for row, line in enumerate(lines):
        for column, value in enumerate(line):
            number, code = value if isinstance(value, tuple) else (value, "General")
            if number is not None:
                page.write(row, column, number, xlwt.easyxf(num_format_str=code))
    return saved(book)


@pytest.mark.parametrize("old", [False, True])
def test_staff_numbers_keep_the_zeros_that_are_shown(office, old) -> None:
    make_unit(name="县水务局")
    rows = [
        {"姓名": name, "单位": "县水务局", "工号": number, "级别": "一般"}
        for name, number in [
            ("试零甲", (123, "000000")),
            ("试零乙", (4567, "000000")),
            ("试零丙", "000123"),
            ("试零丁", (13, '"WS"00000')),
        ]
    ]
    assert whys(check("cadres", office, formatted(rows, old=old))) == [
        "C2 和第 4 行相同",
        "C4 和第 2 行相同",
    ]
    load("cadres", office, formatted([*rows[:2], rows[3]], old=old))
    assert list(
        Cadre.objects.filter(name__startswith="试零").order_by("staff_no").values_list("staff_no", flat=True)
    ) == [
        "000123",
        "004567",
        "WS00013",
    ]


@pytest.mark.parametrize("old", [False, True])
def test_texts_are_those_that_are_shown(office, old) -> None:
    make_village(name="大庄村")
    row = family(
        **{
            "组(社)": (3, '"第"0"组"'),
            "备注": (0.5, "0%"),
            "家庭人口": (3, '0"人"'),
            "性别": (1, '[=1]"男";[=2]"女"'),
        }
    )
    run = load("households", office, formatted([row], old=old))
    assert whys(run) == []
    household = Household.objects.get()
    assert (household.group, household.note, household.size) == ("第3组", "50%", 3)


def test_what_is_not_certain_names_what_is_stored(office) -> None:
    make_village(name="大庄村")
    rows = [
        family("王甲", 备注=(0.5, "# ?/?"), 识别时人均纯收入=(2100, "0.00E+00")),
        family("王乙", 备注=(3, ";;;")),
        family("王丙", 识别时人均纯收入=(12000, '0.0,"万元"')),
        family("王丁", 备注=(42, '"同上"')),
    ]
    run = check("households", office, formatted(rows))
    assert whys(run) == [
        "G2 存的是 0.5，看不准表里显示成什么",
        "G3 存的是 3，表里什么也不显示",
        "H4 写了“万元”",
        "G5 只写了和上面一样，没有写内容",
    ]
    assert errors(run)[0]["remedy"] == "整列设为“文本”，照看到的重录这一格"


def test_a_total_and_a_heading_are_recognised_by_what_they_show(office) -> None:
    make_village(name="大庄村")
    row = family("王甲")
    headings = [*row, (2014, '"备注"')]
    data = _new([headings, [*row.values(), "好"], [(1, '"共"0"户"')]])
    run = load("households", office, data)
    assert outcomes(run) == ["created"]
    assert Household.objects.get().note == "好"


def test_a_survey_item_in_per_cent_takes_the_points() -> None:
    item = Item(code="A01", label="入学率", type="number", unit="%", min=0, max=100)
    assert item.clean(shown("0%", 0.95)) == 95
    assert replace(item, step=0.1).clean(shown("0.0%", 0.955)) == 95.5
    assert item.clean(shown('0"%"', 95.0)) == 95
    with pytest.raises(CellError, match="“%”"):
        replace(item, unit="元").clean(shown("0%", 0.95))
    assert Item(code="A02", label="说明", type="text").clean(shown("0%", 0.5)) == "50%"


def test_an_id_number_in_a_shown_text_is_refused_where_everybody_reads_it(office) -> None:
    make_village(name="大庄村")
    row = family(备注=(196702111014, '"620524"000000000000'))
    [error] = errors(check("households", office, formatted([row])))
    assert error["why"] == "这里写了身份证号"


def test_dates_and_formulas_in_texts_stay_refused(office) -> None:
    make_village(name="大庄村")
    run = check("households", office, formatted([family(**{"组(社)": (42000, "m-d")})]))
    assert whys(run) == ["B2 Excel 把内容当成了日期"]
    assert outcomes(run) == ["wrong"]
