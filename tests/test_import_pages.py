"""The page of a check: what is wrong, what is worth a look, and what the import would change."""

import pytest

from core.importing import faults
from tests.factories import make_household, make_id_number, make_member, make_village
from tests.importing import check, work_off, workbook
from tests.pages import client_of, part, words_of
from units import import_pages
from units.import_answers import AnswersForm

pytestmark = pytest.mark.django_db


def test_what_an_import_would_overwrite_is_told_before(office) -> None:
    """A list of last year, loaded again, takes back what cadres have put right since."""
    number = make_id_number()
    household = make_household(head="", phone="13800000001", size=3, kind="01")
    make_member(household=household, id_number="")
    row = {"户编号": household.no, "联系电话": "13900000002", "家庭人口": 3, "身份证号": number}
    page = client_of(office).get(f"/imports/runs/{check('households', office, [row]).pk}/")
    told = part(page, "要更新的内容")
    assert "13800000001" in told
    assert "13900000002" in told
    assert "家庭人口" not in told
    assert number not in told
    assert f"{number[:6]}************" in told


def test_of_many_changes_and_reminders_the_first_are_told(office, monkeypatch) -> None:
    monkeypatch.setattr(import_pages, "CHANGES_SHOWN", 2)
    monkeypatch.setattr(import_pages, "ERRORS_SHOWN", 3)
    homes = [make_household() for _ in range(5)]
    rows = [{"户编号": home.no, "标记": "没有的词"} for home in homes]
    words = words_of(client_of(office).get(f"/imports/runs/{check('households', office, rows).pk}/"))
    assert "还有 3 行没有列出，标注后的原表里写着“更新”" in words
    assert "还有 2 行没有列出，标注后的原表里都写着" in words


def test_nothing_is_told_of_an_import_that_is_done_or_changes_nothing(office) -> None:
    home = make_household()
    run = check("households", office, [{"户编号": home.no, "家庭人口": home.size}])
    assert "要更新的内容" not in words_of(client_of(office).get(f"/imports/runs/{run.pk}/"))


def test_wrong_rows_and_columns_that_nobody_reads_to_the_end(office, monkeypatch) -> None:
    monkeypatch.setattr(faults, "LISTED", 3)
    make_village(name="石峰村")
    row = {"村": "石峰村", "户主姓名": "王有福", "家庭人口": "三", **{f"附{n}": n for n in range(40)}}
    run = check("households", office, workbook([row] * 5))
    words = words_of(client_of(office).get(f"/imports/runs/{run.pk}/"))
    assert "只列出前 3 格，标注后的原表里都有" in words
    assert "“附7” 等 40 列不认得，没有导入。" in words


def test_answers_that_cannot_be_read_are_refused_or_dropped(office) -> None:
    make_village(name="石峰村")
    row = {"村": "石峰村", "户主姓名": "王有福", "性别": "男", "家庭人口": 3, "附一": "x", "附二": "y"}
    run = check("households", office, [row])
    client, address = client_of(office), f"/imports/runs/{run.pk}"
    names = {question["name"]: f"q{number}" for number, question in enumerate(run.questions)}
    asked = AnswersForm(run, is_uploader=True)["asked"].initial
    twice = {names["附一"]: "备注", names["附二"]: "备注", "then": "check", "asked": asked}
    words = words_of(client.post(f"{address}/answer/", twice, follow=True))
    assert "没有收下：“备注”选了两列，只能选一列。" in words
    other = {**dict.fromkeys(names.values(), "不导入"), "heading_row": 9}
    words = words_of(client.post(f"{address}/answer/", {**other, "asked": "of before"}, follow=True))
    assert "这张表刚又检查过一次，问题变了" in words
    client.post(f"{address}/answer/", {**other, "asked": asked})
    work_off()
    assert "不用这些答案，重新检查" in words_of(client.get(f"{address}/"))
    client.post(f"{address}/forget/")
    work_off()
    run.refresh_from_db()
    assert (run.status, run.answers) == ("checked", {})
