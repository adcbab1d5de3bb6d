"""The whole data set of a form, as workbook and CSV, from its page and from the command line."""

import csv
import io
import tracemalloc
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from core import bulk
from core.models import Download
from surveys.definition.presets import preset
from surveys.exchange.export import DataSet
from surveys.models import Response, Survey
from tests.factories import (
    make_cadre,
    make_division,
    make_household,
    make_id_number,
    make_member,
    make_response,
    make_survey,
    make_unit,
    make_village,
)
from tests.pages import client_of
from units.models import Cadre

pytestmark = pytest.mark.django_db
ANSWERS = {
    "H08": 3,
    "A01": 80.5,
    "A02": "02",
    "A03": "unknown",
    "A04": 0,
    "A08": "unknown",
    "B14": ["01", "04"],
    "B15": 9000,
    "B16": 3000,
    "C01": "01",
    "D09": "=想修路",
}


@pytest.fixture
def survey(office: Cadre) -> Survey:
    return make_survey()


def test_a_long_title_has_room_in_the_log_of_downloads(office: Cadre, survey: Survey):
    survey.title = "贫困户" * 20
    survey.save()
    assert client_of(office).get(f"/surveys/{survey.pk}/data/").status_code == 200
    assert len(Download.objects.get().what) == 60


def respond(survey: Survey, **fields: Any) -> Response:
    household = make_household(head="王有福", phone="13993851111")
    number = make_id_number()
    wife = make_member(household=household, name="李秀英", relation="02", sex="2", id_number=number)
    members = [{"pk": wife.pk, "age": 55, "M02": "2", "M04": "02", "M11": 2.5}]
    return make_response(
        survey=survey,
        cadre=make_cadre(name="康建平"),
        household=household,
        **{"answers": ANSWERS, "members": members, **fields},
    )


def sheets_of(data: DataSet) -> dict[str, list[dict[str, Any]]]:
    out = io.BytesIO()
    data.write_xlsx(out)
    return {
        sheet.title: [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
        for sheet in openpyxl.load_workbook(io.BytesIO(out.getvalue()))
        if (rows := list(sheet.values))
    }


def csv_of(data: DataSet) -> list[dict[str, str]]:
    out = io.BytesIO()
    data.write_csv(out)
    return list(csv.DictReader(io.StringIO(out.getvalue().decode("utf-8-sig"), newline="")))


def test_a_response_in_codes_and_in_words(survey, office):
    response = respond(survey)
    found = sheets_of(DataSet(survey, office))
    [codes], [words] = found["代码"], found["文字"]
    assert [codes[name] for name in ("no", "year", "edition", "status", "signed")] == [
        response.household.no,
        2015,
        "2012.1",
        "submitted",
        0,
    ]
    assert [codes[code] for code in ANSWERS] == [
        3,
        80.5,
        "02",
        "unknown",
        0,
        "unknown",
        "01;04",
        9000,
        3000,
        "01",
        "=想修路",
    ]
    assert words["状态"] == "待复核"
    assert words["A02 房屋主要结构"] == survey.form.by_code["A02"].labels["02"]
    assert [words["A01 住房面积（平方米）"], words["A03 建房时间（年份）"], words["A04 是否危房"]] == [
        80.5,
        "不详",
        "否",
    ]
    assert words["B14 主要收入来源"].count("；") == 1
    assert found["家庭成员"] == [
        {"no": response.household.no, "village_code": response.village.code, "year": 2015, "edition": "2012.1",
         **dict.fromkeys([f"M{n:02}" for n in (2, *range(4, 14))]), "M02": "2", "M04": "02", "M11": 2.5, "age": 55},
    ]  # fmt: skip
    assert [row["题号"] for row in found["题目"]][-1] == "D09"


def test_a_csv_has_codes_and_words_side_by_side(survey, office):
    respond(survey)
    [row] = csv_of(DataSet(survey, office))
    assert (row["A02"], row["A02_label"]) == ("02", survey.form.by_code["A02"].labels["02"])
    assert (row["A01"], row["A03"], row["D09"]) == ("80.5", "unknown", "'=想修路")
    assert "A01_label" not in row


def test_no_name_number_or_telephone_leaves(survey, office):
    response = respond(survey)
    village = make_survey(subject="village")
    answers = {"VH3": "张村长", "VH5": "13993852222", "VH8": "陈联络", "VH7": "4", "V101": "1"}
    make_response(survey=village, cadre=make_cadre(), village=make_village(), answers=answers)
    for form in (survey, village):
        data = DataSet(form, office)
        told = f"{sheets_of(data)}{csv_of(data)}"
        numbers = [member.id_number for member in response.household.members.all() if member.id_number]
        secrets = ["王有福", "李秀英", "康建平", "张村长", "陈联络", "13993851111", "13993852222", *numbers]
        assert [secret for secret in secrets if secret in told] == []
    assert csv_of(DataSet(village, office))[0]["VH7_label"] == "县"


def test_drafts_and_returned_ones_stay_behind(survey, office):
    for status in ("draft", "returned", "submitted", "accepted"):
        respond(survey, status=status, review_note="重填" if status == "returned" else "")
    assert sorted(row["status"] for row in csv_of(DataSet(survey, office))) == ["accepted", "submitted"]


def test_an_earlier_version_stands_under_the_codes_that_carry_it_on(survey, office):
    respond(survey, surveyed_on=date(2014, 9, 1))
    document = preset("household")
    document["version"] = "2015.1"
    for item in document["items"]:
        item["continues"] = {"A02": "A02", "A01": "A01"}.get(item["code"], "")
    a02 = next(item for item in document["items"] if item["code"] == "A02")
    a02["options"] = [{"code": "02", "label": "砖瓦"}, *(o for o in a02["options"] if o["code"] != "02")]
    a01 = next(item for item in document["items"] if item["code"] == "A01")
    document["items"].insert(0, {**a01, "code": "A13", "label": "其中住人的"})
    Survey.objects.filter(pk=survey.pk).update(status="closed")
    later = make_survey(edition="2015.1", definition=document, based_on=survey)
    respond(later, answers={"A01": 90, "A13": 60, "A02": "02", "A06": "01"})
    before, after = csv_of(DataSet(later, office))
    assert [before[name] for name in ("edition", "A01", "A13", "A02", "A06")] == [
        "2012.1",
        "80.5",
        "80.5",
        "02",
        "",
    ]
    assert before["A02_label"] == survey.form.by_code["A02"].labels["02"]
    assert [after[name] for name in ("edition", "A13", "A02_label")] == ["2015.1", "60", "砖瓦"]
    assert [row["edition"] for row in csv_of(DataSet(survey, office))] == ["2012.1"]


def test_another_county_is_not_in_it(survey, office):
    respond(survey)
    elsewhere = make_unit(division=make_division(code="620502", name="秦州区"))
    other = make_cadre(role="office", unit=elsewhere)
    assert (DataSet(survey, office).count(), DataSet(survey, other).count()) == (1, 0)
    assert client_of(other).get(f"/surveys/{survey.pk}/data/").status_code == 404


def test_both_forms_are_downloaded_and_the_download_is_logged(survey, office):
    respond(survey)
    client = client_of(office)
    for kind, first in (("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf")):
        response = client.get(f"/surveys/{survey.pk}/data/?format={kind}")
        assert b"".join(response.streaming_content).startswith(first)
        assert (
            response["Content-Disposition"].endswith(f'.{kind}"') or kind in response["Content-Disposition"]
        )
    assert b"".join(client.get(f"/surveys/{survey.pk}/xlsform/").streaming_content).startswith(b"PK")
    logged = Download.objects.order_by("pk").values_list("what", "row_count")
    assert list(logged) == [
        ("贫困户调查表（2012.1）全部答卷", 1),
        ("贫困户调查表（2012.1）全部答卷", 1),
        ("贫困户调查表（2012.1）的 XLSForm", 47),
    ]


def test_a_draft_has_no_data_yet(office):
    draft = make_survey(status="draft")
    assert client_of(office).get(f"/surveys/{draft.pk}/data/").status_code == 404
    assert client_of(office).get(f"/surveys/{draft.pk}/xlsform/").status_code == 200


@pytest.mark.slow
def test_many_rows_take_the_memory_of_a_few(survey, office, tmp_path):
    response = respond(survey)
    fields = {field.attname: getattr(response, field.attname) for field in Response._meta.concrete_fields}
    del fields["id"], fields["ref"]

    def peak(count: int) -> int:
        have = Response.objects.count()
        bulk.insert(Response, [{**fields, "year": 3000 + number} for number in range(have, count)])
        tracemalloc.start()
        with (tmp_path / "data.csv").open("wb") as out:
            DataSet(survey, office).write_csv(out)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(6000) < peak(1500) + 2**20


def export(tmp_path: Path, *arguments: str) -> Path:
    path = tmp_path / "out.xlsx"
    call_command("survey_export", arguments[0], path, *arguments[1:])
    return path


def test_the_command_writes_what_the_page_gives(survey, office, tmp_path):
    respond(survey)
    assert export(tmp_path, "HH-SURVEY", "--format=csv").read_bytes().decode("utf-8-sig").count("\r\n") == 2
    book = openpyxl.load_workbook(export(tmp_path, "HH-SURVEY", "--format=xlsx"))
    assert book.sheetnames == ["代码", "文字", "家庭成员", "题目", "说明"]
    book = openpyxl.load_workbook(export(tmp_path, "HH-SURVEY", "--format=xlsform"))
    assert book.sheetnames == ["survey", "choices", "settings"]
    assert Download.objects.filter(by=office).count() == 2


def test_the_command_takes_the_edition_asked_for(survey, office, tmp_path):
    Survey.objects.filter(pk=survey.pk).update(status="closed")
    later = {**preset("household"), "version": "2013.1"}
    make_survey(edition="2013.1", definition=later, based_on=survey)
    book = openpyxl.load_workbook(export(tmp_path, "HH-SURVEY", "--format=xlsform", "--edition=2012.1"))
    assert book["settings"]["C2"].value == "2012.1"
    book = openpyxl.load_workbook(export(tmp_path, "HH-SURVEY", "--format=xlsform"))
    assert book["settings"]["C2"].value == "2013.1"


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["HH-SURVEY", "--format=xlsx"], 1, "还没有交上来的答卷"),
        (["XX-SURVEY", "--format=xlsx"], 2, "没有 XX-SURVEY ，有的是：贫困户调查表（2012.1）"),
        (["HH-SURVEY", "--format=xlsx", "--edition=9"], 2, "没有 HH-SURVEY 9"),
        (["HH-SURVEY", "--format=xlsx", "--as=13900000000"], 2, "没有手机号或工号是 13900000000"),
    ],
)
def test_the_command_says_why_it_cannot(survey, office, tmp_path, arguments, status, said):
    with pytest.raises(CommandError, match=said) as raised:
        export(tmp_path, *arguments)
    assert raised.value.returncode == status


def test_the_command_cannot_write_into_a_folder_that_is_not_there(survey, office, tmp_path):
    with pytest.raises(CommandError, match="写不了") as raised:
        export(tmp_path / "nowhere", "HH-SURVEY", "--format=xlsform")
    assert raised.value.returncode == 2
