"""The office clerk brings in what the county has: a messy workbook, its marks, the right rows, twice, and back."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import Popen

import openpyxl
import pytest
from openpyxl.styles import Font, PatternFill
from playwright.sync_api import Locator, Page, expect

from core.importing.sheet import all_kinds
from core.models import Change, Download, ImportRun
from households.models import Household, Member
from tests.browser import assert_accessible, assert_fits, follow, sign_in
from tests.factories import make_cadre, make_division, make_id_number, make_village, make_visit
from tests.processes import start
from units.models import Cadre
from villages.models import Village

pytestmark = pytest.mark.django_db(transaction=True)

GOOD = [make_id_number(), make_id_number(sex="2")]


@pytest.fixture
def village(db) -> Village:
    return make_village(
        name="榜沙村", town=make_division(code="620524105", name="马力镇"), code="620524105217"
    )


@pytest.fixture
def page(desk: Page, live_server, office: Cadre, village: Village) -> Page:
    sign_in(desk, live_server, office)
    return desk


@pytest.fixture
def worker() -> Iterator[Callable[[], None]]:
    """Begins a background worker when the test says so."""
    begun: list[Popen[str]] = []
    yield lambda: begun.append(start("worker", "--no-reload"))
    for process in begun:
        process.kill()
        process.communicate()


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    """As a township keeps it: a title over the heading, own headings in their own order, own colours, a sum."""
    bad = make_id_number()
    lines = [
        ["马力镇2015年贫困户花名册"],
        [
            "序号",
            "户 主",
            "公民身份号码",
            "所在村",
            "组（社）",
            "人口",
            "性别",
            "联系电话",
            "识别时间",
            "致贫原因",
            "包片领导",
        ],
        [1, "苟进才", GOOD[0], "榜沙村", "三组", "４", "男", "１３９９３８５０００１", "2012.3.5", "因病"],
        [2, " 裴秋霞 ", GOOD[1], "榜沙", "三组", 3, "女", 13993850002, "2012年3月5日", "缺资金"],
        [
            3,
            "焦来喜",
            bad[:-1] + ("0" if bad[-1] != "0" else "1"),
            "榜沙村",
            "四组",
            2,
            "男",
            None,
            None,
            None,
        ],
        [4, "漆改香", float(GOOD[0]) // 1000 * 1000, "榜沙村", "四组", 2, "女", None, None, None],
        [5, "丁俊杰", None, "没有的村", "一组", 5, "男", None, "2030-01-01", None],
        [None, "合计", None, None, None, 16, None, None, None, None],
    ]
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "花名册"
    for line in lines:
        sheet.append(line)
    sheet.merge_cells("A1:J1")
    sheet["A1"].font = Font(size=20, bold=True)
    sheet["B3"].fill = PatternFill("solid", fgColor="FFFF00")
    path = tmp_path / "马力镇花名册.xlsx"
    book.save(path)
    return path


def look(page: Page) -> None:
    assert_fits(page)
    assert_accessible(page)


def download(page: Page, link: Locator) -> openpyxl.Workbook:
    with page.expect_download() as told:
        link.click()
    return openpyxl.load_workbook(io.BytesIO(Path(told.value.path()).read_bytes()))


def upload(page: Page, path: Path) -> None:
    page.goto("/imports/households/")
    page.get_by_label("工作簿").set_input_files(path)
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_role("heading", name="导入贫困户")).to_be_visible()


def checked(page: Page) -> None:
    """The page comes to the result by itself."""
    expect(page.locator(".steps [aria-current=step]")).to_have_text("确认", timeout=30_000)


def job_in_the_bar(page: Page) -> Locator:
    return page.locator(".job").locator("visible=true")


def figures(page: Page) -> dict[str, str]:
    return {
        fig.locator("dt").inner_text(): fig.locator(".val").inner_text().replace("行", "").replace("件", "")
        for fig in page.locator(".fig").all()
    }


def test_a_blank_workbook_for_each_kind(page: Page) -> None:
    page.goto("/imports/")
    look(page)
    for sheet in all_kinds():
        row = page.locator("main tr").filter(has=page.get_by_role("rowheader", name=sheet.label, exact=True))
        book = download(page, row.get_by_role("link", name="下载"))
        assert [cell.value for cell in book.active[1]] == [column.label for column in sheet.columns.values()]
        if sheet.key == "households":
            assert book.active.data_validations.dataValidation


def test_from_a_messy_workbook_to_the_right_rows_and_back(page: Page, worker, messy: Path) -> None:
    page.goto("/imports/households/")
    look(page)
    upload(page, messy)
    expect(page.locator("#job")).to_contain_text("排队中")
    expect(job_in_the_bar(page)).to_have_text("排队中")
    look(page)
    worker()
    checked(page)
    look(page)
    assert {name: figures(page)[name] for name in ("可以导入", "要改", "和系统里一样", "必答")} == {
        "可以导入": "2",
        "要改": "3",
        "和系统里一样": "0",
        "必答": "0",
    }
    expect(page.locator("main")).to_contain_text("K 列“包片领导”不认得，没有导入。")
    for number, cell, column, why in (
        ("5", "C5", "身份证号", "校验码"),
        ("6", "C6", "身份证号", "Excel"),
        ("7", "D7", "村", "没有这个村"),
        ("7", "I7", "识别日期", "这一天还没有到"),
    ):
        fault = page.locator("details.lines").filter(has_text=cell)
        expect(fault.locator("summary")).to_contain_text(f"{column}：")
        expect(fault.locator("summary")).to_contain_text(why)
        expect(fault.locator("summary .quiet")).not_to_be_empty()
        expect(fault.locator("tbody td").first).to_have_text(number)
    assert GOOD[0][6:14] not in page.content()
    assert not Household.objects.exists()

    sheet = download(page, page.get_by_role("link", name="下载标注后的原表")).worksheets[0]
    assert (sheet.title, sheet["A1"].value, sheet["A1"].font.size) == (
        "花名册",
        "马力镇2015年贫困户花名册",
        20,
    )
    assert sheet["B3"].fill.fgColor.rgb.endswith("FFFF00")
    assert "校验码" in sheet["C5"].comment.text
    assert "没有这个村" in sheet["D7"].comment.text
    assert sheet["C3"].comment is None

    page.get_by_role("button", name="导入其余 2 行").click()
    expect(page.get_by_text("已导入：新增 2 行")).to_be_visible(timeout=30_000)
    look(page)
    assert list(Member.objects.order_by("pk").values_list("name", flat=True)) == ["苟进才", "裴秋霞"]
    first = Household.objects.get(no="620524105217-001")
    assert (first.phone, first.size, first.main_cause, str(first.identified_on)) == (
        "13993850001",
        4,
        "01",
        "2012-03-05",
    )

    marked = download(page, page.get_by_role("link", name="下载标注后的原表"))
    sheet = marked.worksheets[0]
    headings = [cell.value for cell in sheet[2]]
    numbers = [sheet.cell(row, headings.index("户编号") + 1).value for row in (3, 4, 5)]
    assert numbers == ["620524105217-001", "620524105217-002", None]
    assert sheet.cell(3, headings.index("导入结果") + 1).value == "已新增"
    assert Download.objects.filter(what__startswith="标注后的原表").count() == 2

    before = Change.objects.count()
    marked.save(messy.with_name("标注.xlsx"))
    for path in (messy, messy.with_name("标注.xlsx")):
        upload(page, path)
        checked(page)
        assert figures(page)["和系统里一样"] == "2"
        assert figures(page)["可以导入"] == "0"
        expect(page.get_by_role("button", name="导入")).to_have_count(0)
    assert Change.objects.count() == before


def test_all_rows_corrected_first_and_the_whole_taken_back(page: Page, worker, messy: Path) -> None:
    book = openpyxl.load_workbook(messy)
    sheet = book.active
    for place in ("C5", "C6"):
        sheet[place] = None
    sheet["D7"], sheet["I7"] = "榜沙村", "2015-01-01"
    book.save(messy)
    worker()
    upload(page, messy)
    page.goto("/")
    job_in_the_bar(page).click()
    checked(page)
    expect(page.get_by_role("heading", name="检查完，没有错")).to_be_visible()
    page.get_by_role("button", name="导入 5 行").click()
    expect(page.get_by_text("已导入：新增 5 行")).to_be_visible(timeout=30_000)
    page.goto("/households/")
    expect(page.locator("main tbody tr")).to_have_count(5)
    expect(job_in_the_bar(page)).to_have_count(0)

    page.goto(f"/imports/runs/{ImportRun.objects.get().pk}/")
    follow(page.get_by_role("link", name="撤销这次导入"))
    look(page)
    expect(page.locator("main")).to_contain_text("这次新增的 5 行会删去")
    page.get_by_role("button", name="撤销 5 行").click()
    expect(page.get_by_text("这次导入已经撤销，数据和导入以前一样。")).to_be_visible(timeout=30_000)
    look(page)
    assert not Household.objects.exists()
    assert not Member.objects.exists()


def test_what_something_is_built_on_is_not_taken_back(page: Page, worker, messy: Path) -> None:
    worker()
    upload(page, messy)
    checked(page)
    page.get_by_role("button", name="导入其余 2 行").click()
    expect(page.get_by_text("已导入：新增 2 行")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("link", name="撤销这次导入")).to_be_visible()
    make_visit(cadre=make_cadre(), household=Household.objects.first())
    page.reload()
    expect(page.get_by_text("不能撤销：第 3 行新增的资料上已经有了走访。")).to_be_visible()
    expect(page.get_by_role("link", name="撤销这次导入")).to_have_count(0)


def test_a_file_that_is_no_workbook(page: Page, worker, tmp_path: Path) -> None:
    path = tmp_path / "花名册.xlsx"
    path.write_bytes(b"%PDF-1.4 not a workbook")
    worker()
    upload(page, path)
    expect(page.get_by_text("这是PDF 文件")).to_be_visible(timeout=30_000)
    look(page)
    page.goto("/imports/households/")
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_text("请先选一个文件。")).to_be_visible()
    look(page)
