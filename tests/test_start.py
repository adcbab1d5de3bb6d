"""Starting a real county on an empty database."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client

from core.models import Change, Installation
from households.models import Household
from surveys.models import Survey
from tests.factories import make_member, make_unit
from tests.importing import load
from tests.pages import client_of, words_of
from units.models import Cadre, Division, Requirement, Unit, Word, today
from units.roles import Rank, Role
from villages.county import read_county
from villages.models import Village
from villages.naming import kind_of, short_name

HEADINGS = "省,市,县,乡镇,村,村级代码"
GANSU = Path(settings.BASE_DIR) / "data" / "gansu_villages.csv"
ROW = "陕西省,宝鸡市,凤县,双石铺镇,双石铺村民委员会,610330100201"


def start(code: str = "620524", phone: str = "13812345678", **options: Path) -> str:
    out = StringIO()
    call_command("start", code, office_phone=phone, stdout=out, **options)
    return out.getvalue()


def refusal(*arguments: str, **options: Path) -> str:
    with pytest.raises(CommandError) as refused:
        start(*arguments, **options)
    assert refused.value.returncode == 2
    assert not Installation.objects.filter(is_demo=False, code="620524").exists()
    return str(refused.value)


@pytest.fixture
def villages(tmp_path: Path):
    def write(*rows: str, headings: str = HEADINGS, encoding: str = "utf-8") -> Path:
        path = tmp_path / "villages.csv"
        path.write_bytes("\r\n".join([headings, *rows]).encode(encoding))
        return path

    return write


@pytest.mark.parametrize(
    ("official", "name", "kind"),
    [
        ("刘湾村民委员会", "刘湾村", "village"),
        ("双石铺村村委会", "双石铺村", "village"),
        ("东关社区居民委员会", "东关社区", "community"),
        ("畅家巷社区居委会", "畅家巷社区", "community"),
        ("韦庄居民委员会", "韦庄居委会", "community"),
        ("桥头社区", "桥头社区", "community"),
        ("九墩村", "九墩村", "village"),
        ("东城嘉园村（居）委会", "东城嘉园村", "village"),
        ("民勤县瑞霖农林场生活区", "民勤县瑞霖农林场生活区", "village"),
    ],
)
def test_a_name_is_shortened_and_tells_the_kind(official, name, kind):
    assert (short_name(official), kind_of(official)) == (name, kind)


@pytest.mark.slow
@pytest.mark.once
def test_every_county_of_the_province_can_be_read():
    text = GANSU.read_text(encoding="utf-8-sig")
    codes = sorted(set(re.findall(r",(\d{6})\d{6}$", text, re.MULTILINE)))
    counties = [read_county(GANSU, code) for code in codes[::11]]
    assert len(codes) == 88
    assert all(village.name and len(village.name) <= 40 for county in counties for village in county.villages)


def test_a_county_starts_with_its_places_presets_and_office(db):
    printed = start()
    assert (Installation.objects.get().name, Installation.objects.get().is_demo) == ("武山县", False)
    assert Division.objects.count() == 18
    assert set(Division.objects.exclude(level="town").values_list("code", "name")) == {
        ("62", "甘肃省"),
        ("6205", "天水市"),
        ("620524", "武山县"),
    }
    assert (Village.objects.count(), Village.objects.filter(kind="community").count()) == (357, 87)
    assert Village.objects.get(code="620524105203").division.name == "马力镇"
    ceilings = Requirement.objects.filter(year=today().year, indicator="paired_households", place="620524")
    assert dict(ceilings.values_list("rank", "maximum")) == {
        Rank.COUNTY: 10,
        Rank.SECTION: 8,
        Rank.GENERAL: 5,
    }
    assert "五保" in Word.objects.texts(Word.Group.HOUSEHOLD_TAG)
    assert Word.objects.texts(Word.Group.VISIT_REASON)[-1] == "平常走访"
    assert Unit.objects.get().name == "武山县双联办"
    assert "15 个乡镇，357 个村，其中社区 87 个；两张调查表已发布" in printed


@pytest.mark.parametrize(
    ("code", "short_name"), [("621202", "区双联办"), ("622927", "县双联办"), ("620201", "市双联办")]
)
def test_a_district_or_a_city_has_its_office_too(db, code, short_name):
    start(code)
    assert Unit.objects.get().short_name == short_name


def test_a_county_starts_with_both_forms_open_for_its_office(db):
    start()
    office = Cadre.objects.get()
    forms = Survey.objects.visible_to(office).open().order_by("pk")
    assert [(form.code, form.title, len(form.form.items)) for form in forms] == [
        ("HH-SURVEY", "贫困户调查表", 47),
        ("VL-SURVEY", "联系村调查表", 67),
    ]
    assert {form.published_on for form in forms} == {today()}
    assert Change.objects.filter(table="surveys.survey", act="created", source="command").count() == 2


def test_every_row_has_its_change(db):
    start()
    villages = Change.objects.filter(table="villages.village", act="created", source="command")
    assert villages.count() == 357
    unit = Unit.objects.get()
    assert Change.objects.filter(table="units.unit", row=unit.pk).count() == 1


def test_the_office_logs_in_with_the_printed_code_and_chooses_a_password(db):
    code = re.search(r"一次性口令：(\S{9})（", start())[1]
    assert Cadre.objects.get().role == Role.OFFICE
    client = Client()
    client.post("/login/", {"username": "13812345678", "password": code})
    assert client.get("/")["Location"] == "/password/"
    answer = {"new_password1": "渭河边上的那座桥2", "new_password2": "渭河边上的那座桥2"}
    client.post("/password/", answer)
    home = client.get("/").content.decode()
    assert "武山县" in home
    assert "示例数据" not in home


def test_another_county_comes_from_its_own_file(db, villages):
    for_fengxian = villages(
        ROW, "陕西省,宝鸡市,凤县,双石铺镇,桥北社区居委会,610330100001", encoding="gb18030"
    )
    assert "凤县（610330）：1 个乡镇，2 个村，其中社区 1 个" in start("610330", villages=for_fengxian)


@pytest.mark.parametrize("phone", ["1381234567", "电话", "0938-3412345", "23812345678", "1.38E+10", ""])
def test_a_nonsense_phone_is_refused(db, phone):
    assert f"手机号是 1 开头的 11 位数字，不能是“{phone}”" in refusal("620524", phone)


@pytest.mark.parametrize("code", ["6205", "武山县", "62052a", "620524100"])
def test_what_is_no_county_code_is_refused(db, code):
    assert "区划代码是 6 位数字" in refusal(code)


def test_a_code_without_villages_is_refused(db):
    assert "里没有区划代码 620599 的村" in refusal("620599")


@pytest.mark.parametrize(
    ("rows", "headings", "sentence"),
    [
        ([ROW[:-1]], HEADINGS, "第 2 行的村级代码“61033010020”不是 12 位数字"),
        ([ROW, "", ROW], HEADINGS, "第 4 行的村级代码 610330100201 前面已经有了"),
        ([ROW.replace("双石铺镇", "")], HEADINGS, "第 2 行有空着的名称"),
        ([ROW.replace("双石铺镇", "长" * 41)], HEADINGS, "超过 40 个字"),
        ([ROW], "省,市,县,镇,村,代码", "缺少这些列：乡镇、村级代码"),
        ([], "", "缺少这些列：省"),
        (["陕西省,宝鸡市,凤县"], HEADINGS, "第 2 行的村级代码“”不是 12 位数字"),
    ],
)
def test_a_wrong_file_of_villages_is_told(db, villages, rows, headings, sentence):
    assert sentence in refusal("610330", villages=villages(*rows, headings=headings))


def test_a_file_that_is_no_csv_is_told(db, tmp_path):
    assert "打不开村级代码文件" in refusal(villages=tmp_path / "nothing.csv")
    assert "打不开村级代码文件" in refusal(villages=tmp_path)
    (tmp_path / "book.xlsx").write_bytes(b"PK\x03\x04\xff\xfe\xff\x00\x80\xff")
    assert "book.xlsx" in refusal(villages=tmp_path / "book.xlsx")


def test_a_used_database_is_refused(db):
    make_unit()
    assert "数据库不是空的" in refusal()


def test_a_second_start_is_refused(db):
    start()
    with pytest.raises(CommandError, match="数据库里已经是武山县") as refused:
        start("620522")
    assert refused.value.returncode == 2
    assert Village.objects.count() == 357


def test_a_demo_database_is_refused(db):
    Installation.objects.create(pk=1, code="620524", name="武山县", is_demo=True)
    assert "数据库里是示例数据" in refusal()


@pytest.mark.django_db
def test_the_offices_home_says_what_to_import_next_until_households_are_paired():
    start()
    office = Cadre.objects.get(phone="13812345678")
    office.set_password("石峰村九月")
    office.save()
    client, village = client_of(office), Village.objects.first()
    place = {"村级代码": village.code}
    given = [
        ("单位", "units", {"单位全称": "武山县水务局"}),
        ("干部", "cadres", {"姓名": "康学文", "单位": "武山县水务局", "手机号": "13800000001"}),
        ("联村", "village_pairings", {"单位": "武山县水务局", **place}),
        ("贫困户", "households", {**place, "户主姓名": "王有福", "家庭人口": 2, "性别": "男"}),
        ("联户", "household_pairings", {"手机号": "13800000001", "户编号": f"{village.code}-001"}),
    ]
    for label, kind, row in given:
        assert f"下一步：导入{label}。" in words_of(client.get("/"))
        assert load(kind, office, [row]).created_count == 1
        if kind == "households":
            assert "下一步：导入家庭成员。" in words_of(client.get("/"))
            make_member(household=Household.objects.get(), name="李秋菊", relation="02", sex="2")
    assert "武山县总览" in words_of(client.get("/"))
