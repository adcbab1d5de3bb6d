"""Files as programs of many ages write them: text with odd bytes, zips with odd names, formulas."""

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from core import sheets
from core.models import ImportRun
from core.sandbox.sheets.text import decode
from households.models import Household
from tests.factories import make_division, make_village
from tests.importing import check, errors, load, outcomes
from tests.sheets.workbooks import WORKSHEET, refusal, rows_of, saved, with_sheet_xml

CASES = Path(__file__).parent / "cases"
LINES = ["村,组(社),家庭人口,户主姓名,性别,备注", "汉坪村,三组,3,王有福,男,"]


@pytest.fixture
def village(db):
    return make_village(
        name="汉坪村", code="620524101200", town=make_division(code="620524101", name="洛门镇")
    )


def take(office, name: str) -> ImportRun:
    return check("households", office, (CASES / name).read_bytes(), filename=name)


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("households_ctrl_z_at_end.csv", 3),
        ("households_tab_text_with_title.xls", 3),
        ("households_workbook22.xlsx", 2),
        ("households_zip_backslash.xlsx", 2),
    ],
)
def test_a_file_that_every_spreadsheet_opens_is_read(office, village, name, count):
    assert outcomes(take(office, name)) == ["created"] * count


def test_bm_is_named_as_an_unknown_column(office, village):
    run = take(office, "households_heading_BM.csv")
    assert (run.unknown_headings, run.total_rows) == (["BM"], 1)


def test_a_control_character_is_the_fault_of_its_cell(office, village):
    run = take(office, "households_one_control_char.csv")
    [found] = errors(run)
    assert (found["cell"], found["why"]) == ("H2", "有看不见的控制字符")


@pytest.mark.parametrize("first", ["BM", "MZ", "GIF8号", "Rar!", "PK", "%PDF", "{\\rtf", "7z", "II*", "RIFF"])
def test_a_heading_that_begins_like_a_magic_number_is_text(first):
    assert rows_of(f"{first},村\n1,大庄".encode("gb18030"), "a.csv")[0] == [first, "村"]


@pytest.mark.parametrize("data", [b"BM\x36\0\0\0\0\0\0\0\x36\0", b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0"])
def test_a_picture_or_program_is_still_named(data):
    assert "这是" in refusal(data, "a.csv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["", "\x1a", "\0", "\r\n\x1a\r\n", "\0" * 300, "\x1a" + "\0" * 90])
def test_what_old_programs_leave_at_the_end_is_nothing(encoding, end):
    assert rows_of(("\r\n".join(LINES) + end).encode(encoding), "a.csv") == [
        line.split(",") for line in LINES
    ]


def test_a_single_byte_mark_ends_a_utf_16_file():
    assert rows_of("\r\n".join(LINES).encode("utf-16") + b"\x1a", "a.csv") == [
        line.split(",") for line in LINES
    ]


def test_a_broken_character_is_the_fault_of_its_cell(office, village):
    data = "\n".join([*LINES, "汉坪村,四组,2,李秋菊,女,好"]).encode()
    run = check("households", office, data.replace("李".encode(), b"\xe6\x9d"), filename="a.csv")
    assert [found["cell"] for found in errors(run)] == ["D3"]


def test_random_bytes_are_no_text():
    assert "认不出这个文件的内容" in refusal(bytes(range(256)) * 4, "a.csv")


@pytest.mark.parametrize(
    "title", ["武山县贫困户花名册", "花名册,2015年,第一季度,双联办", "\n填报：某某;某某"]
)
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_titles_do_not_hide_the_separator(title, separator):
    lines = [
        ["村", "组(社)", "家庭人口", "户主姓名"],
        *[["汉坪村", "三组", str(n), "王有福"] for n in range(3)],
    ]
    data = "\n".join([title, *(separator.join(line) for line in lines)]).encode("gb18030")
    assert [row[:4] for row in rows_of(data, "a.xls")][-4:] == lines


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
@pytest.mark.parametrize(
    "page",
    ["<html>\n<table><tr><td>村</td></tr></table></html>", "\n <TABLE>\n<tr>", "MIME-Version: 1.0\n<html>"],
)
def test_a_web_page_is_called_one(encoding, page):
    assert "这是网页格式的表" in refusal(page.encode(encoding), "a.xls")


def test_decoding_keeps_what_is_between():
    assert decode("甲\x1a乙".encode()) == "甲\x1a乙"


# --- part names of the zip ---------------------------------------------------------------------------


def renamed(data: bytes, name) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            info = zipfile.ZipInfo(name(entry))
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, old.read(entry))
    return out.getvalue()


def changed(data: bytes, ending: str, old: bytes, new: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as book, zipfile.ZipFile(out, "w") as copy:
        for entry in book.namelist():
            content = book.read(entry)
            copy.writestr(entry, content.replace(old, new) if entry.endswith(ending) else content)
    return out.getvalue()


def plain() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["村", "人数"])
    book.active.append(["大庄", 4])
    return saved(book)


@pytest.mark.parametrize(
    "name",
    [
        str.upper,
        str.lower,
        lambda entry: entry.replace("/", "\\"),
        lambda entry: f"/{entry}",
        lambda entry: f"./{entry}",
        lambda entry: entry.replace("/", "\\").upper(),
        lambda entry: entry.replace("xl/", "XL\\"),
    ],
)
def test_part_names_in_any_writing(name):
    assert rows_of(renamed(plain(), name)) == [["村", "人数"], ["大庄", 4.0]]


@pytest.mark.parametrize("main", ["workbook22", "Workbook1", "book"])
def test_the_main_part_has_any_name(main):
    data = renamed(plain(), lambda entry: entry.replace("xl/workbook.xml", f"xl/{main}.xml"))
    data = renamed(data, lambda entry: entry.replace("workbook.xml.rels", f"{main}.xml.rels"))
    data = changed(data, "_rels/.rels", b"xl/workbook.xml", f"xl/{main}.xml".encode())
    assert rows_of(data) == [["村", "人数"], ["大庄", 4.0]]


@pytest.mark.parametrize(
    "target",
    [
        "worksheets\\sheet1.xml",
        "./worksheets/sheet1.xml",
        "../xl/worksheets/sheet1.xml",
        "\\xl\\worksheets\\sheet1.xml",
    ],
)
def test_targets_in_any_writing(target):
    data = changed(plain(), "workbook.xml.rels", b"/xl/worksheets/sheet1.xml", target.encode())
    assert rows_of(data) == [["村", "人数"], ["大庄", 4.0]]


# --- formulas ------------------------------------------------------------------------------------------


def with_formulas(*people: object) -> bytes:
    """A list whose family sizes are formulas with these stored results; None stores none."""
    lines = "".join(
        f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>汉坪村</t></is></c>'
        f'<c r="B{n}" t="inlineStr"><is><t>{n}组</t></is></c>'
        f'<c r="C{n}"><f>1+{n}</f>{"" if size is None else f"<v>{size}</v>"}</c>'
        f'<c r="D{n}" t="inlineStr"><is><t>王有福</t></is></c>'
        f'<c r="E{n}" t="inlineStr"><is><t>男</t></is></c></row>'
        for n, size in enumerate(people, start=2)
    )
    heads = "".join(
        f'<c r="{letter}1" t="inlineStr"><is><t>{head}</t></is></c>'
        for letter, head in zip("ABCDE", ["村", "组(社)", "家庭人口", "户主姓名", "性别"], strict=True)
    )
    return with_sheet_xml(f'<row r="1">{heads}</row>{lines}', WORKSHEET)


def test_a_formula_is_read_by_its_stored_value_with_a_reminder(office, village):
    run = load("households", office, with_formulas(3, 4))
    assert sorted(Household.objects.values_list("size", flat=True)) == [3, 4]
    assert "C2、C3 是公式，按表里存的结果导入，请核对。" in run.notes


def test_many_formulas_are_counted(office, village):
    run = check("households", office, with_formulas(*[3] * 12))
    assert "C2、C3、C4、C5 等 12 格是公式，按表里存的结果导入，请核对。" in run.notes


def test_a_formula_without_a_stored_value_refuses_its_cell(office, village):
    run = check("households", office, with_formulas(3, None))
    assert outcomes(run) == ["created", "wrong"]
    [found] = errors(run)
    assert (found["cell"], found["why"]) == ("C3", "是公式，没有存算出的结果")


def test_a_formula_in_a_csv_refuses_its_cell(office, village):
    data = "\n".join([*LINES, "汉坪村,四组,=1+1,李秋菊,女,", '汉坪村,五组,"=""4""",张玉莲,女,']).encode()
    run = check("households", office, data, filename="a.csv")
    assert outcomes(run) == ["created", "wrong", "created"]
    [found] = errors(run)
    assert found["cell"] == "C3"


def test_a_formula_beside_the_list_does_no_harm(office, village):
    book = openpyxl.Workbook()
    book.active.append([*LINES[0].split(","), "我的合计"])
    book.active.append(["汉坪村", "三组", 3, "王有福", "男", "", "=C2*2"])
    run = check("households", office, saved(book))
    assert (outcomes(run), [note for note in run.notes if "公式" in note]) == (["created"], [])


def test_rows_of_formulas_without_results_are_named(office, village):
    book = openpyxl.Workbook()
    book.active.append(LINES[0].split(","))
    book.active.append(LINES[1].split(","))
    book.active.append([f"=名册!{letter}3" for letter in "ABCDE"])
    run = check("households", office, saved(book))
    assert "第 3 行只有公式，没有存算出的结果，没有导入。" in run.notes


def test_a_zero_to_be_calculated_on_load_is_no_result():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["村", "人数"])
        page.write_formula(1, 1, "=1+1")
        page.write_formula(2, 1, "=1+1", None, 2)
    [sheet] = sheets.read(out.getvalue(), "a.xlsx").sheets
    assert (sheet.rows, sheet.stored_formulas, sheet.missing_formulas) == (
        [["村", "人数"], ["", ""], ["", 2.0]],
        [(1, 2, 2)],
        [(1, 1, 1)],
    )


@pytest.mark.parametrize(
    ("cell", "value", "is_stored"),
    [
        ('<c r="A2" t="str"><f>B2</f><v>大庄</v></c>', "大庄", True),
        ('<c r="A2" t="str"><f>B2</f><v></v></c>', "", True),
        ('<c r="A2"><f t="shared" si="0"/><v>2</v></c>', 2.0, True),
        ("<c r='A2' t='b'><f>B2</f><v>1</v></c>", True, True),
        ('<c r="A2"><f>B2</f><v/></c>', "", False),
        ('<c r="A2"><f>B2</f></c>', "", False),
        ("<c><f>B2</f>\n <v> </v>\n</c>", "", False),
    ],
)
def test_where_a_result_is_stored(cell, value, is_stored):
    data = with_sheet_xml(
        f'<row r="1"><c r="B1"><v>9</v></c></row><row r="2">{cell}<c r="C2"><v>7</v></c></row>'
    )
    [sheet] = sheets.read(data, "a.xlsx").sheets
    assert sheet.rows[1][0] == value
    assert (len(sheet.stored_formulas), len(sheet.missing_formulas)) == (int(is_stored), int(not is_stored))


def test_a_stored_error_of_a_formula_is_an_error():
    data = with_sheet_xml('<row r="1"><c r="A1" t="e"><f>B2</f><v>#REF!</v></c><c r="B1"><v>1</v></c></row>')
    [sheet] = sheets.read(data, "a.xlsx").sheets
    assert (sheet.rows, sheet.stored_formulas) == ([["#REF!", 1.0]], [])
