"""Bad input in any form: a message beside the field, the input kept, nothing written."""

import re

import pytest
from django.test import Client

from core.models import Change
from tests.admin.rows import page
from tests.factories import TOWN, make_division, make_household, make_id_number, make_member
from tests.pages import client_of
from tests.test_access import rules
from units.models import Requirement
from villages.models import Village

pytestmark = pytest.mark.django_db

NUMBER = "62052419600501123X"


@pytest.mark.parametrize(
    ("url", "field"),
    [
        ("/households/{household}/edit/", "note"),
        ("/households/{household}/members/new/", "name"),
        ("/households/new/", "head_name"),
        ("/cadres/new/", "post"),
        ("/units/new/", "name"),
        ("/villages/new/", "name"),
    ],
)
def test_an_id_number_stands_in_no_text(office, url, field):
    household = make_household()
    Change.objects.all().delete()
    response = client_of(office).post(url.format(household=household.pk), {field: f"号码{NUMBER}"})
    assert response.status_code == 200
    assert "这里写了身份证号" in response.content.decode()
    assert not Change.objects.exists()


def test_an_id_number_stands_in_no_text_of_the_admin(office, leader):
    text = client_of(office).post(page("units.unit", "change", leader.unit), {"contact": NUMBER})
    assert "这里写了身份证号" in text.content.decode()


@pytest.mark.parametrize(
    ("name", "sentence"), [("13993850000", "不是名字"), ("😀", "不是名字"), ("#", "不是名字")]
)
def test_what_is_no_name_is_told(office, name, sentence):
    household = make_household()
    for url, field in (("/units/new/", "name"), (f"/households/{household.pk}/members/new/", "name")):
        html = client_of(office).post(url, {field: name}).content.decode()
        assert sentence in html
        assert name in html


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"indicator": "problem_days", "maximum": "2000000000"}, "最长 366 个工作日"),
        ({"indicator": "visit_days", "minimum": "10", "maximum": "4"}, "上限不能小于下限"),
    ],
)
def test_a_requirement_that_cannot_be_is_told(office, typed, sentence):
    url = page("units.requirement", "add")
    html = client_of(office).post(url, {"year": "2015", "place": office.place, **typed}).content.decode()
    assert sentence in html
    assert not Requirement.objects.exists()


def test_a_name_is_kept_without_the_space_within(office, leader):
    url = page("units.unit", "change", leader.unit)
    form = {"name": "县 水务局 ", "level": "county", "version": leader.unit.version}
    client_of(office).post(url, form)
    leader.unit.refresh_from_db()
    assert leader.unit.name == "县水务局"


def test_a_code_typed_in_full_width_is_the_same_code(office):
    town = make_division(code=TOWN, name="城关镇")
    form = {"code": "６２０５24100201", "name": "石峰村", "division": town.pk, "kind": "village"}
    client_of(office).post("/villages/new/", form)
    assert Village.objects.get().place == "620524100201"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [({}, "没有身份证号的，请选性别"), ({"id_number": "620524196005011210", "sex": "2"}, "第 17 位说的是男")],
)
def test_the_sex_of_a_new_head_is_not_guessed(office, typed, sentence):
    html = client_of(office).post("/households/new/", {"head_name": "王有福", **typed}).content.decode()
    assert sentence in html


@pytest.mark.parametrize("url", ["/responses/?cadre={0}", "/responses/?household={0}", "/visits/?cadre={0}"])
def test_a_key_beyond_the_databases_range_finds_nobody(office, url):
    assert client_of(office).get(url.format(10**20)).status_code == 200


@pytest.mark.parametrize(
    "rule", [rule for rule in rules() if "<" in rule.path and "?" not in rule.path], ids=str
)
def test_an_address_with_a_key_beyond_the_databases_range_is_none(office, rule):
    client, path = client_of(office), re.sub(r"<\w+>", str(10**20), rule.path)
    assert (client.post(path) if rule.method == "POST" else client.get(path)).status_code == 404


GARBLED = [
    "[1e999,1]",
    "[1,1e999]",
    "[NaN,1]",
    "[null,1]",
    '["\\u0000",1]',
    '["\\ud800",1]',
    "[1,99999999999999999999999]",
    "[99999999999999999999999,1]",
    "[" * 2000,
]


@pytest.mark.parametrize("sort", ["name", "-pk", "household_count", "-at"])
@pytest.mark.parametrize("cursor", GARBLED, ids=range(len(GARBLED)))
def test_a_list_goes_on_from_a_garbled_cursor_at_its_beginning(office, leader, cursor, sort):
    url = "/downloads/" if sort == "-at" else "/units/"
    for way in ("after", "before"):
        assert (
            client_of(office).get(url, {"sort": sort.replace("name", "pinyin"), way: cursor}).status_code
            == 200
        )


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded; charset=gbk", b"note=1"),
        ("multipart/form-data", b"x"),
        ("application/x-www-form-urlencoded", b"&".join(b"a=1" for _ in range(5001))),
    ],
)
def test_a_body_that_cannot_be_read_is_told_on_a_page(office, kind, body):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(office)
    client.get("/households/new/")
    answer = client.post("/households/new/", body, content_type=kind)
    assert answer.status_code == 400
    assert "看不懂这个请求" in answer.content.decode()
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"id_number": "{taken}"}, "id_number", "已经是本县另一名家庭成员的"),
        ({"relation": "01"}, "relation", "这户已有户主"),
        ({"born_on": "2090-04-01"}, "born_on", "出生日期不能晚于今天"),
    ],
)
def test_a_member_who_cannot_be_is_told_beside_the_field(office, typed, field, sentence):
    household, taken = make_household(), make_id_number()
    make_member(household=make_household(head=""), id_number=taken)
    form = {"name": "王二", "relation": "99", "sex": "1", "ethnicity": "01", "version": "0"}
    form |= {name: value.format(taken=taken) for name, value in typed.items()}
    page = client_of(office).post(f"/households/{household.pk}/members/new/", form)
    assert sentence in str(page.context["form"].errors[field])


def test_a_household_is_not_identified_ahead_of_time(office):
    household = make_household()
    form = {"size": "3", "kind": "01", "version": "1", "identified_on": "2099-01-01"}
    html = client_of(office).post(f"/households/{household.pk}/edit/", form).content.decode()
    assert "识别日期不能晚于今天" in html
