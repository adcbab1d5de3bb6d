"""本县记住的写法: what checks have learned is listed, can be removed, and taken back at once."""

import pytest
from playwright.sync_api import Page, expect

from core.lists import PER_PAGE
from core.models import Spelling
from tests.browser import assert_accessible, assert_fits, sign_in
from tests.pages import client_of, queries_of, words_of
from units.models import Cadre

pytestmark = pytest.mark.django_db


def learn(by: Cadre, shown: str, meaning: str = "因病", **more: str) -> Spelling:
    where = {"place": by.place, "column": "致贫原因", **more}
    spelling: Spelling = Spelling.objects.create(text=shown, shown=shown, meaning=meaning, by=by, **where)
    return spelling


def test_what_was_learned_is_listed_by_column(office: Cadre) -> None:
    learn(office, "疾病")
    learn(office, "户 类", "属性", column="", kind="households")
    learn(office, "缺劳动力", "缺劳力")
    client = client_of(office)
    assert "本县已记住 3 条写法" in words_of(client.get("/imports/"))
    words = words_of(client.get("/imports/spellings/"))
    assert words.index("贫困户的列名") < words.index("疾病")
    assert "“致贫原因”里的词" in words
    assert "汪玉琪" in words
    only = words_of(client.get("/imports/spellings/", {"within": "|households"}))
    assert "户 类" in only
    assert "疾病" not in only


def test_the_list_is_paged_and_makes_a_constant_number_of_queries(office: Cadre) -> None:
    client = client_of(office)
    learn(office, "疾病")
    few = queries_of(client, "/imports/spellings/")
    for number in range(PER_PAGE):
        learn(office, f"写法{number}")
    assert queries_of(client, "/imports/spellings/") == few
    words = words_of(client.get("/imports/spellings/"))
    assert f"共 {PER_PAGE + 1} 条" in words
    assert words.count("去掉") == PER_PAGE + 1  # once in the sentence above the list


def test_an_empty_list_says_where_spellings_come_from(office: Cadre) -> None:
    assert "还没有记住的写法。检查时回答" in words_of(client_of(office).get("/imports/spellings/"))


def test_one_is_removed_and_taken_back(office: Cadre) -> None:
    client, spelling = client_of(office), learn(office, "疾病")
    removed = client.post(f"/imports/spellings/{spelling.pk}/remove/", follow=True)
    assert "“疾病”不再认作“因病”，下次检查会再问。" in words_of(removed)
    assert not Spelling.objects.exists()
    client.post("/imports/spellings/restore/")
    back = Spelling.objects.get()
    assert (back.text, back.meaning, back.by, back.at) == ("疾病", "因病", office, spelling.at)
    assert client.post("/imports/spellings/restore/").status_code == 404


def test_one_learned_again_meanwhile_stays_as_it_is(office: Cadre) -> None:
    client = client_of(office)
    client.post(f"/imports/spellings/{learn(office, '疾病').pk}/remove/")
    learn(office, "疾病", "因残")
    client.post("/imports/spellings/restore/")
    assert Spelling.objects.get().meaning == "因残"


def test_those_of_the_province_are_read_only_and_others_are_not_there(office: Cadre) -> None:
    client = client_of(office)
    above, elsewhere = learn(office, "疾病", place="62"), learn(office, "重病", place="620502")
    words = words_of(client.get("/imports/spellings/"))
    assert "上级的，只看" in words
    assert "重病" not in words
    assert client.post(f"/imports/spellings/{above.pk}/remove/").status_code == 403
    assert client.post(f"/imports/spellings/{elsewhere.pk}/remove/").status_code == 404
    assert Spelling.objects.count() == 2


def test_a_workbook_of_them_holds_no_buttons(office: Cadre) -> None:
    learn(office, "疾病")
    response = client_of(office).get("/imports/spellings/?print=1")
    assert "疾病" in words_of(response)
    assert "formaction" not in response.content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [360, 1366])
def test_removing_in_the_browser(desk: Page, live_server, office: Cadre, width: int) -> None:
    learn(office, "因患有长期慢性疾病不能劳动", "因病")
    learn(office, "户 类", "属性", column="", kind="households")
    sign_in(desk, live_server, office)
    desk.set_viewport_size({"width": width, "height": 768})
    desk.goto("/imports/spellings/")
    assert_fits(desk)
    assert_accessible(desk)
    desk.get_by_role("button", name="去掉").first.click()
    expect(desk.get_by_text("“户 类”不再认作“属性”")).to_be_visible()
    assert_fits(desk)
    desk.get_by_role("button", name="撤销").click()
    expect(desk.get_by_text("“户 类”仍认作“属性”。")).to_be_visible()
