"""Several files at once: each becomes a run of the kind that its headings say, or waits until the clerk says it."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from playwright.sync_api import Page, expect

from core.importing import workbooks
from core.importing.guessing import guess_kinds
from core.importing.sheet import all_kinds
from core.models import ImportRun
from tests.browser import assert_accessible, assert_fits, sign_in
from tests.factories import make_survey, make_village
from tests.importing import table, work_off
from tests.pages import client_of, queries_of, words_of
from units.models import Cadre, Unit

pytestmark = pytest.mark.django_db
Status = ImportRun.Status

UNITS = ["单位名称", "级别", "联系人", "联系电话"]
CADRES = ["姓名", "单位", "职务", "手机", "级别"]
FAMILIES = ["乡镇", "村", "组", "户主", "户主身份证号", "家庭人口", "致贫原因"]
PAIRINGS = ["乡镇", "村", "户主姓名", "联户干部", "单位", "开始日期"]
MEMBERS = ["村", "户主姓名", "成员姓名", "与户主关系", "出生日期", "文化程度", "健康状况"]

WHOSE_NAME = ["户编号", "村", "姓名", "电话"]
"""The head's or the cadre's: households and pairings both have such columns."""


def book(headings: list[str], *rows: list[Any]) -> bytes:
    return table([["武山县2015年表"], headings, *(rows or [["某"] * len(headings)])])


def send(client: Client, *files: tuple[str, bytes], to: str = "/imports/") -> Any:
    return client.post(to, {"file": [SimpleUploadedFile(name, data) for name, data in files]})


def kinds_of(data: bytes, name: str = "表.xlsx") -> list[str]:
    return [kind.label for kind in guess_kinds(data, name, "620524")]


def test_each_blank_workbook_is_known_by_its_headings() -> None:
    make_survey(place="620524")
    for kind in all_kinds():
        assert kinds_of(workbooks.template(kind.fitted("620524"))) == [kind.label]


@pytest.mark.parametrize(
    ("headings", "label"),
    [
        (UNITS, "单位"),
        (CADRES, "干部"),
        (FAMILIES, "贫困户"),
        (PAIRINGS, "联户"),
        (MEMBERS, "家庭成员"),
        (["单位", "乡镇", "村"], "联村"),
        (["干部姓名", "走访日期", "户主姓名", "村", "走访内容"], "走访"),
        (["村", "户主姓名", "成员姓名", "与户主关系", "致贫原因", "联户干部", "联户干部手机号"], "花名册"),
    ],
)
def test_lists_as_counties_keep_them(headings: list[str], label: str) -> None:
    assert kinds_of(book(headings)) == [label]


def test_of_two_that_fit_equally_the_file_name_decides_when_it_names_one() -> None:
    data = book(WHOSE_NAME)
    both = kinds_of(data)
    assert both == ["贫困户", "联户"]
    assert kinds_of(data, "全县联户名单.xlsx") == ["联户"]
    assert kinds_of(data, "贫困户联户.xlsx") == both


def test_three_files_at_once_are_sorted_and_checked_in_order(office: Cadre) -> None:
    make_village(name="大庄村")
    client = client_of(office)
    files = [("c.xlsx", book(FAMILIES)), ("b.xlsx", book(CADRES)), ("a.xlsx", book(UNITS))]
    response = send(client, *files)
    assert response["Location"] == "/imports/#files"
    assert list(ImportRun.objects.order_by("pk").values_list("filename", "kind")) == [
        ("a.xlsx", "units"),
        ("b.xlsx", "cadres"),
        ("c.xlsx", "households"),
    ]
    work_off()
    words = words_of(client.get("/imports/"))
    assert "刚传的 3 个文件" in words
    assert words.index("a.xlsx") < words.index("b.xlsx") < words.index("c.xlsx")
    assert not Unit.objects.filter(name="某").exists()


def test_one_file_goes_on_to_its_check(office: Cadre) -> None:
    response = send(client_of(office), ("a.xlsx", book(UNITS)))
    assert response["Location"] == f"/imports/runs/{ImportRun.objects.get().pk}/"


def test_what_fits_no_kind_waits_until_the_clerk_says_it(office: Cadre) -> None:
    client = client_of(office)
    send(client, ("名单.xlsx", book(["甲", "乙"])))
    run = ImportRun.objects.get()
    assert (run.kind, run.status) == ("", Status.UNSORTED)
    words = words_of(client.get("/imports/"))
    assert "列名不像哪一种表。选一种，检查时会逐列问" in words
    assert "要选种类" in words
    client.post(f"/imports/runs/{run.pk}/kind/", {"kind": ""})
    assert "请选“名单.xlsx”是哪一种表。" in words_of(client.get("/imports/"))
    client.post(f"/imports/runs/{run.pk}/kind/", {"kind": "units"})
    work_off()
    run.refresh_from_db()
    assert (run.kind, run.status) == ("units", Status.REFUSED)


def test_what_fits_two_kinds_offers_these_first(office: Cadre) -> None:
    client = client_of(office)
    send(client, ("名单.xlsx", book(WHOSE_NAME)))
    page = client.get("/imports/").content.decode()
    assert "列名像“贫困户”、“联户”，分不出是哪一种，请选一种。" in page
    offered = page.split("<option", 2)[2]
    assert offered.index("贫困户") < offered.index("联户") < offered.index("行政区划")


def test_a_wrong_guess_is_changed_before_the_import(office: Cadre) -> None:
    client = client_of(office)
    send(client, ("a.xlsx", book(UNITS)))
    work_off()
    run = ImportRun.objects.get()
    assert run.status == Status.CHECKED
    ImportRun.objects.update(answers={"列": {"级别": "不导入"}})
    client.post(f"/imports/runs/{run.pk}/kind/", {"kind": "cadres"})
    run.refresh_from_db()
    assert (run.kind, run.status, run.answers, run.created_count) == ("cadres", Status.QUEUED, {}, 0)
    assert not run.rows.exists()
    work_off()
    run.refresh_from_db()
    assert run.kind == "cadres"


@pytest.mark.parametrize(
    "status", [Status.QUEUED, Status.CHECKING, Status.APPLYING, Status.DONE, Status.UNDONE]
)
def test_a_file_that_is_busy_or_imported_keeps_its_kind(office: Cadre, status: str) -> None:
    client = client_of(office)
    send(client, ("a.xlsx", book(UNITS)))
    ImportRun.objects.update(status=status)
    run = ImportRun.objects.get()
    client.post(f"/imports/runs/{run.pk}/kind/", {"kind": "cadres"})
    assert "不能换种类" in words_of(client.get("/imports/"))
    assert ImportRun.objects.get().kind == "units"


def test_bad_files_are_named_and_the_good_ones_taken(office: Cadre) -> None:
    client = client_of(office)
    send(client, ("a.pdf", b"%PDF-1.4"), ("b.xlsx", b""), ("c.xlsx", book(UNITS)), ("d.xlsx", b"PK\x03\x04x"))
    words = words_of(client.get("/imports/"))
    assert "“a.pdf”没有收下：这是PDF 文件" in words
    assert "“b.xlsx”是空的" in words
    assert "“d.xlsx”没有收下" in words
    assert ImportRun.objects.get().filename == "c.xlsx"


def test_nothing_chosen_or_too_many(office: Cadre) -> None:
    client = client_of(office)
    assert "请先选一个文件。" in words_of(client.post("/imports/"))
    files = [(f"{number}.xlsx", b"x") for number in range(31)]
    assert "一次最多传 30 个文件" in words_of(send(client, *files))
    assert not ImportRun.objects.exists()


def test_several_files_of_one_kind(office: Cadre) -> None:
    """Its page takes what the clerk says; the headings are not looked at."""
    client = client_of(office)
    response = send(client, ("a.xlsx", book(UNITS)), ("b.xlsx", book(CADRES)), to="/imports/units/")
    assert response["Location"] == "/imports/#files"
    assert set(ImportRun.objects.values_list("kind", flat=True)) == {"units"}


def test_another_office_sees_no_files_and_changes_none(office: Cadre, leader: Cadre) -> None:
    send(client_of(office), ("a.xlsx", book(["甲", "乙"])))
    run = ImportRun.objects.get()
    assert client_of(leader).post(f"/imports/runs/{run.pk}/kind/", {"kind": "units"}).status_code == 403
    ImportRun.objects.update(place="620502")
    assert client_of(office).post(f"/imports/runs/{run.pk}/kind/", {"kind": "units"}).status_code == 404
    assert "刚传的" not in words_of(client_of(office).get("/imports/"))


def test_the_page_makes_a_constant_number_of_queries(office: Cadre) -> None:
    client = client_of(office)
    send(client, ("a.xlsx", book(UNITS)))
    few = queries_of(client, "/imports/")
    send(client, *((f"{number}.xlsx", book(UNITS)) for number in range(5)))
    assert queries_of(client, "/imports/") == few


# --- in the browser ---------------------------------------------------------------------------------

DROP = """([files]) => {
  const data = new DataTransfer();
  files.forEach(([name, bytes]) => data.items.add(new File([new Uint8Array(bytes)], name)));
  for (const kind of ["dragover", "drop"]) {
    document.querySelector("main").dispatchEvent(
      new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
  }
}"""


def drop(page: Page, *files: tuple[str, bytes]) -> None:
    page.evaluate(DROP, [[[name, list(data)] for name, data in files]])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [360, 1024, 1366])
def test_files_are_dropped_sorted_and_one_is_changed(
    desk: Page, live_server, office: Cadre, tmp_path: Path, width: int
) -> None:
    sign_in(desk, live_server, office)
    desk.set_viewport_size({"width": width, "height": 768})
    desk.goto("/imports/")
    assert_fits(desk)
    assert_accessible(desk)
    path = tmp_path / "1各单位.xlsx"
    path.write_bytes(book(UNITS, ["县水务局", "县直", "王建明", "13993850001"]))
    desk.get_by_label("工作簿").set_input_files(path)
    named = f"武山县{'2015年贫困户' * 8}.xlsx"
    drop(desk, (named, book(FAMILIES)), ("不要的.xlsx", book(UNITS)), ("名单.xlsx", book(["甲", "乙"])))
    expect(desk.get_by_role("status").filter(has_text="已选 4 个文件")).to_be_visible()
    desk.get_by_role("button", name="拿掉 不要的.xlsx").click()
    expect(desk.get_by_role("status").filter(has_text="已选 3 个文件")).to_be_visible()
    assert_fits(desk)
    assert_accessible(desk)
    desk.get_by_role("button", name="上传并检查").click()
    files = desk.locator("#files li")
    expect(files).to_have_count(3)
    expect(files.nth(0)).to_contain_text("排队中")
    work_off()
    expect(files.nth(0)).to_contain_text("1 行可以导入", timeout=15_000)
    expect(files.nth(2)).to_contain_text("列名不像哪一种表")
    assert_fits(desk)
    assert_accessible(desk)
    desk.get_by_label("“名单.xlsx”是哪一种表").select_option("干部")
    desk.get_by_role("button", name="照这一种检查").click()
    expect(desk.get_by_text("“名单.xlsx”照“干部”再检查。")).to_be_visible()
    assert ImportRun.objects.get(filename="名单.xlsx").kind == "cadres"


@pytest.mark.django_db(transaction=True)
def test_a_file_is_dropped_on_the_page_of_one_kind(desk: Page, live_server, office: Cadre) -> None:
    sign_in(desk, live_server, office)
    desk.goto("/imports/units/")
    drop(desk, ("单位.xlsx", book(UNITS)))
    desk.get_by_role("button", name="上传并检查").click()
    expect(desk.get_by_role("heading", name="导入单位")).to_be_visible()
    assert ImportRun.objects.get().kind == "units"
