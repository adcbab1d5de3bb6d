"""Which row is the heading, which column is what, what a cell means."""

import io
from datetime import date, time

import openpyxl
import pytest

from core.importing import runs
from core.importing.sheet import kind_of
from core.importing.workbooks import template
from core.models import ImportRun
from households.models import Household
from tests.factories import make_household, make_village
from tests.importing import check, errors, load, outcomes, table, whys, workbook
from units.models import Division
from villages.models import Village

Status = ImportRun.Status
HOUSEHOLD = {"村": "石峰村", "组(社)": "三组", "户主姓名": "王有福", "性别": "男", "家庭人口": 3}


@pytest.fixture
def village(db) -> Village:
    return make_village()


def test_columns_in_another_order_below_a_title(office, village) -> None:
    rows = [list(HOUSEHOLD)[::-1], list(HOUSEHOLD.values())[::-1]]
    run = load("households", office, table([["武山县贫困户花名册"], ["填报单位：", "城关镇"], *rows]))
    assert (run.status, run.header_row, outcomes(run)) == (Status.DONE, 3, ["created"])


@pytest.mark.parametrize(
    "heading",
    ["识别时人均纯收入（元）", " 识别时人均\n纯收入", "＊识别时人均纯收入(元)", "*识别时人均纯收入 (必填)"],
)
def test_spellings_of_a_heading(office, village, heading) -> None:
    load("households", office, [{**HOUSEHOLD, heading: 2100.5}])
    assert Household.objects.get().income_when_identified == 2100.5


def test_unknown_headings_are_reported_and_left(office, village) -> None:
    run = check("households", office, [{"序号": 1, **HOUSEHOLD, "备注2": "x"}])
    assert (run.unknown_headings, run.status) == (["备注2"], Status.CHECKED)
    assert "组(社)" in run.known_headings


def test_a_heading_of_two_rows_is_the_first_of_two(office, village) -> None:
    upper = ["村", "组(社)", "户主情况", "", "家庭人口"]
    lower = ["", "", "姓名", "性别", ""]
    people = [["石峰村", "三组", "王有福", "男", 3], ["石峰村", "四组", "张玉莲", "女", 2]]
    again = ["村", "组(社)", "姓名", "性别", "家庭人口"]
    run = check("households", office, table([upper, lower, people[0], again, people[1]]))
    assert (run.header_row, outcomes(run)) == (2, ["created", "created"])
    assert "第 4 行“村”不是数据，已跳过。" in run.notes


def test_a_heading_that_is_printed_again_hides_no_rows(office, village) -> None:
    first = ["村", "组(社)", "户主姓名", "男还是女", "家庭人口"]
    again = ["村", "组(社)", "户主姓名", "性别", "家庭人口"]
    row = ["石峰村", "三组", "王有福", "男", 3]
    run = check("households", office, table([first, row, again, row]))
    assert (run.header_row, run.total_rows) == (1, 2)


def test_a_missing_required_column_refuses_the_file(office, village) -> None:
    run = check("households", office, [{"村": "石峰村", "户主姓名": "王有福"}])
    assert (run.status, run.message) == (
        Status.REFUSED,
        "列名在第 1 行，缺少“家庭人口”列，补上再传；列的先后不限，列名都写在这一行。",
    )
    run = check("households", office, [{"户主姓名": "王有福", "家庭人口": 3}])
    assert (
        run.message
        == "列名在第 1 行，“村”、“村级代码”至少要有一列，补上再传；列的先后不限，列名都写在这一行。"
    )


def test_a_sheet_of_another_kind_is_recognised(office, village) -> None:
    run = check("cadres", office, [HOUSEHOLD])
    assert run.message.endswith("看列名像是“贫困户”的表，是的话请到那一种的导入页上传。")


def test_one_heading_twice_names_both_cells(office, village) -> None:
    run = check("households", office, workbook([{**HOUSEHOLD, "村名": "石峰村"}]))
    assert (run.status, run.message) == (Status.REFUSED, "“村”写了两列：A1 和 F1，只留一列再传。")


def test_a_file_without_headings(office, village) -> None:
    run = check("households", office, table([["甲", "乙"], [1, 2]]))
    assert run.status == Status.REFUSED
    assert run.message.startswith("没有找到列名：前 20 行里要有“家庭人口”、“户主姓名”这样的列")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [(b"", "文件是空的"), (b"%PDF-1.7", "这是PDF 文件"), (b"PK\x03\x04broken", "")],
)
def test_files_that_are_no_workbook(office, data, sentence) -> None:
    run = check("households", office, data)
    assert (run.status, run.message.startswith(sentence), len(run.message) > 5) == (
        Status.REFUSED,
        True,
        True,
    )


def test_no_rows_below_the_heading(office) -> None:
    run = check("divisions", office, table([["区划代码", "区划名称"], ["合计", ""], ["", ""]]))
    assert run.message == "标题下面没有要导入的行。"


def test_rows_that_are_no_data_are_passed_over(office, village) -> None:
    heads, values = ["序号", *HOUSEHOLD], [1, *HOUSEHOLD.values()]
    others = [
        *([], ["  "], [2], heads, ["合 计", None, None, None, None, 3], ["本页小计："], ["", "合计（户）"]),
        *(
            ["注：本表一式三份。"],
            ["", "2.人口按户口簿。"],
            ["填表人：张三", None, "审核人：李四"],
            ["以下空白"],
            ["", "坪垭藏族乡小计", None, None, None, 3],
            ["合计：12户"],
            ["共 12 户"],
            ["二、坪垭藏族乡"],
        ),
    ]
    run = check("households", office, table([heads, *others, values, *others]))
    assert list(run.rows.values_list("number", "outcome")) == [(len(others) + 2, "created")]


def test_a_row_that_only_looks_like_a_note_is_read(office, village) -> None:
    run = check("households", office, [{"备注": "注：聋哑", **HOUSEHOLD}])
    assert outcomes(run) == ["created"]


def test_other_sheets_with_such_a_list_are_told(office, village) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook([HOUSEHOLD])))
    book.active.title = "城关镇"
    for name, rows in (("洛门镇", [HOUSEHOLD]), ("空白表", [])):
        sheet = book.create_sheet(name)
        for row in [list(HOUSEHOLD), *(list(row.values()) for row in rows)]:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    run = check("households", office, out.getvalue())
    assert (run.total_rows, run.message) == (
        1,
        "只看了“城关镇”这张表。“洛门镇”也有这样的列，没有看，要导入就另存成单独的文件再传。",
    )


def test_the_explanations_of_our_own_workbook_are_no_list(office) -> None:
    book = openpyxl.load_workbook(io.BytesIO(template(kind_of("units"))))
    book.worksheets[0]["A2"] = "县审计局"
    out = io.BytesIO()
    book.save(out)
    run = check("units", office, out.getvalue())
    assert (outcomes(run), run.message) == (["created"], "")


def test_of_many_sheets_the_first_are_named(office, village) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook([HOUSEHOLD])))
    for number in range(50):
        book.copy_worksheet(book.active).title = f"第{number}个民族乡的贫困户花名册"
    out = io.BytesIO()
    book.save(out)
    message = check("households", office, out.getvalue()).message
    assert "“第7个民族乡的贫困户花名册”等 50 张也有这样的列" in message
    assert message.endswith("再传。")


@pytest.mark.parametrize("error", ["", "#REF!"])
def test_rows_that_a_filter_hides_are_told(office, village, error) -> None:
    """An error value makes the sheet be read tag by tag."""
    book = openpyxl.load_workbook(io.BytesIO(workbook([{**HOUSEHOLD, "组(社)": f"{n}组"} for n in range(9)])))
    for number in (3, 5, 99):
        book.active.row_dimensions[number].hidden = True
    book.active["H1"], book.active["H2"] = "别的", error
    out = io.BytesIO()
    book.save(out)
    run = check("households", office, out.getvalue())
    assert (run.created_count, run.message) == (
        9,
        "第 3、5 行在表里隐藏着（多半是筛选），也一起看了，不要的删去再传。",
    )


@pytest.mark.parametrize(
    "written",
    [date(2012, 3, 5), "2012.3.5", "2012年3月5日", "２０１２-０３-０５", " 2012/3/5 ", 40973, "20120305"],
)
def test_dates(office, village, written) -> None:
    load("households", office, [{**HOUSEHOLD, "识别日期": written}])
    assert Household.objects.get().identified_on == date(2012, 3, 5)


@pytest.mark.parametrize("heading", ["识别日期", "出生日期"])
def test_a_day_that_has_not_come(office, village, heading) -> None:
    run = check("households", office, [{**HOUSEHOLD, heading: date(2060, 1, 1)}])
    assert whys(run) == ["F2 这一天还没有到"]


def test_full_width_digits_and_spaces(office, village) -> None:
    load(
        "households",
        office,
        [{**HOUSEHOLD, "家庭人口": "４ ", "联系电话": " 138 0000-1234", "户主姓名": "王 有 福"}],
    )
    household = Household.objects.with_head().get()
    assert (household.size, household.phone, household.head_name) == (4, "13800001234", "王有福")


def test_each_wrong_cell_says_why_and_what_to_do(office, village) -> None:
    rows = [{**HOUSEHOLD, "识别日期": "2015.13.5", "识别时人均纯收入": "二千一", "联系电话": "1380000123"}]
    run = check("households", office, rows)
    assert errors(run)[0] == {
        "column": "识别日期",
        "cell": "F2",
        "value": "2015.13.5",
        "why": "没有 13 月",
        "remedy": "写成 2015-03-05 这样",
    }
    assert whys(run) == ["F2 没有 13 月", "G2 不是数", "H2 手机号少一位"]
    assert not Household.objects.exists()


@pytest.mark.parametrize("mark", ["同上", "〃", "”", " / "])
@pytest.mark.parametrize("heading", ["组(社)", "户主姓名", "住址", "村", "贫困户属性"])
def test_as_above_and_a_stroke_are_no_content(office, village, heading, mark) -> None:
    [error] = errors(check("households", office, [{**HOUSEHOLD, heading: mark}]))
    assert error["why"] in {"只写了和上面一样，没有写内容", "只画了斜线"}


@pytest.mark.parametrize("cell", [date(2026, 3, 5), time(3, 5)])
def test_what_excel_has_made_a_date_of_is_no_text(office, village, cell) -> None:
    run = check("households", office, [{**HOUSEHOLD, "组(社)": cell}])
    assert whys(run) == ["B2 Excel 把内容当成了日期"]


def test_a_cell_that_was_refused_is_not_called_empty(office, village) -> None:
    assert whys(check("households", office, [{**HOUSEHOLD, "村": "石峰村？13800001234"}])) == [
        "A2 名字里写了号码"
    ]
    member = {"户主身份证号": "6.2E+17", "姓名": "李秀英", "与户主关系": "配偶", "性别": "女"}
    assert len(whys(check("members", office, [member]))) == 1


def test_an_empty_cell_keeps_and_a_dash_clears(office, village) -> None:
    stored = make_household(village=village, phone="13800001234", note="旧话", address="1号")
    load("households", office, [{"户编号": stored.no, "联系电话": "-", "备注": None, "住址": "清空"}])
    stored.refresh_from_db()
    assert (stored.phone, stored.note, stored.address) == ("", "旧话", "")


def test_what_must_not_be_empty_cannot_be_cleared(office, village) -> None:
    stored = make_household(village=village)
    run = check("households", office, [{"户编号": stored.no, "家庭人口": "-"}])
    assert whys(run) == ["B2 这一列不能清空"]


@pytest.mark.parametrize("heading", ["备注", "户主姓名", "标记", "村", "识别日期", "贫困户属性", "户编号"])
def test_an_id_number_in_another_column_is_refused(office, village, heading) -> None:
    run = check("households", office, [{**HOUSEHOLD, heading: "62052419600501123４"}])
    assert "这里写了身份证号" in [error["why"] for error in errors(run)]
    assert "19600501" not in str(errors(run))


@pytest.mark.parametrize(
    "written",
    ["62O524l96005011234", "620524.1960.0501.1234", "6,205,241,960,050,110", "620524196005011234。"],
)
def test_a_damaged_id_number_is_shown_masked(office, village, written) -> None:
    [error] = errors(check("households", office, [{**HOUSEHOLD, "身份证号": written}]))
    assert "********" in error["value"]
    assert "96005" not in error["value"]


def test_csv_in_gbk(office) -> None:
    data = "区划代码,区划名称\n620524101,洛门镇\n".encode("gb18030")
    run = check("divisions", office, data, filename="区划.csv")
    runs.apply(run)
    assert Division.objects.get(code="620524101").name == "洛门镇"
