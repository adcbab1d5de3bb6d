"""Merged cells, headings of two rows, unknown headings and words, gaps: filled, asked about or refused."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from core.importing import answering, runs
from core.models import ImportRun, Spelling
from households.models import Household, HouseholdPairing
from tests.factories import make_cadre, make_division, make_household, make_unit, make_village
from tests.importing import check, load, outcomes, table, whys, workbook
from units.models import Cadre, Unit
from villages.models import Village, VillagePairing

Status = ImportRun.Status
HEADINGS = ["村", "组(社)", "户主姓名", "性别", "家庭人口"]


@pytest.fixture
def village(db) -> Village:
    return make_village(name="石峰村")


def merged(lines: list[list[Any]], *areas: str) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(table(lines)))
    for area in areas:
        book.active.merge_cells(area)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def questions(run: ImportRun, section: str) -> dict[str, dict[str, Any]]:
    return {question["name"]: question for question in run.questions if question["section"] == section}


# --- merged cells and headings of two rows ----------------------------------------------------------


@pytest.mark.parametrize("areas", [("B1:C1", "A1:A2"), ()])
def test_a_heading_of_two_rows(office, areas) -> None:
    lines = [["单位名称", "联络员", None], [None, "姓名", "电话"], ["县林业局", "王建明", "13993850001"]]
    run = load("units", office, merged(lines, *areas))
    unit = Unit.objects.get(name="县林业局")
    assert (run.layout["heading"], unit.contact, unit.contact_phone) == ([1, 2], "王建明", "13993850001")


def test_one_name_below_two_groups(office, village) -> None:
    lines = [
        ["村", "户主", None, "联户干部"],
        [None, "姓名", "人口", "姓名"],
        ["石峰村", "王有福", 3, "李强"],
    ]
    run = check("households", office, merged(lines, "B1:C1"))
    assert run.known_headings[:3] == ["村", "户主姓名", "家庭人口"]
    assert "户主姓名" not in run.unknown_headings


def test_a_group_of_other_things_is_no_part_of_a_heading(office, village) -> None:
    upper = ["村", "户主姓名", "性别", "家庭人口", "其他信息", None]
    lower = [None, None, None, None, "致贫原因", "备注"]
    load("households", office, table([upper, lower, ["石峰村", "王有福", "男", 3, "因病", "住房老旧"]]))
    household = Household.objects.get()
    assert (household.main_cause, household.other_causes, household.note) == ("01", "", "住房老旧")


def test_names_merged_downwards_hold_for_every_row(office, village) -> None:
    rows = [
        ["石峰村", "三组", "王有福", "男", 3],
        [None, None, "李秀英", "女", 2],
        [None, None, "赵强", "男", 4],
    ]
    run = load("households", office, merged([HEADINGS, *rows], "A2:A4", "B2:B3"))
    assert list(Household.objects.order_by("no").values_list("group", "village__name")) == [
        ("三组", "石峰村"),
        ("三组", "石峰村"),
        ("", "石峰村"),
    ]
    assert "“村”有 1 处上下合并的格子，内容填到了每一行。" in run.notes
    assert [3, 0] in run.layout["filled"]


@pytest.mark.parametrize(
    ("answer", "sizes"), [("每行都是", [4, 4]), ("平均分到每行", [2, 2]), ("只算第一行", None)]
)
def test_a_count_merged_over_rows_is_asked_about(office, village, answer, sizes) -> None:
    rows = [["石峰村", "三组", "王有福", "男", 4], ["石峰村", "三组", "李秀英", "女", None]]
    data = merged([HEADINGS, *rows], "E2:E3")
    run = check("households", office, data)
    assert questions(run, "合并")["家庭人口"]["options"] == ["每行都是", "只算第一行", "平均分到每行"]
    runs.apply(run)
    assert (run.message, Household.objects.count()) == ("还有 1 件必答没有回答，没有导入。", 0)
    run = load("households", office, data, answers={"合并": {"家庭人口": answer}})
    if sizes is None:
        assert whys(run) == ["E3 新增要填“家庭人口”"]
    else:
        assert list(Household.objects.order_by("no").values_list("size", flat=True)) == sizes


@pytest.mark.parametrize("value", ["nan", "1e400", "1e999999999", "约4", "四"])
def test_what_is_no_number_cannot_be_shared(office, village, value) -> None:
    rows = [["石峰村", "三组", "王有福", "男", value], ["石峰村", "三组", "李秀英", "女", None]]
    run = check("households", office, merged([HEADINGS, *rows], "E2:E3"))
    assert questions(run, "合并")["家庭人口"]["options"] == ["每行都是", "只算第一行"]
    assert "wrong" in outcomes(run)


def test_a_share_leaves_merges_within_a_row_alone(office, village) -> None:
    headings = ["村", "组(社)", "户主姓名", "性别", "家庭人口", "别的"]
    rows = [
        ["石峰村", "三组", n, "男", size, None] for n, size in (("甲强", 4), ("乙强", None), ("丙强", "四"))
    ]
    run = check(
        "households",
        office,
        merged([headings, *rows], "E2:E3", "E4:F4"),
        answers={"合并": {"家庭人口": "平均分到每行"}},
    )
    assert outcomes(run) == ["created", "created", "wrong"]


@pytest.mark.parametrize("kind", ["members", "household_pairings"])
def test_a_household_number_merged_over_a_family_is_that_of_each(office, kind) -> None:
    household, cadre = make_household(), make_cadre()
    lines = {
        "members": [
            ["户编号", "姓名", "与户主关系", "性别"],
            [household.no, "李秀英", "配偶", "女"],
            [None, "王小强", "之子", "男"],
        ],
        "household_pairings": [["户编号", "手机号"], [household.no, cadre.phone], [None, make_cadre().phone]],
    }
    run = check(kind, office, merged(lines[kind], "A2:A3"))
    if kind == "members":
        assert (questions(run, "合并"), outcomes(run)) == ({}, ["created", "created"])
    else:
        assert questions(run, "合并")["户编号"]["must"]


def test_merges_over_two_columns_are_all_named(office, village) -> None:
    rows = [["石峰村", "三组", name, "男", 4] for name in ("王有福", "李强", "赵强")]
    run = check("households", office, merged([HEADINGS, *rows], "B2:C2", "B4:C4"))
    assert run.status == Status.REFUSED
    assert run.message.startswith("B2:C2、B4:C4 合并了几列，看不出内容是哪一列的。")


def test_a_total_is_judged_by_its_whole_row(office, village) -> None:
    headings = ["备注", *HEADINGS]
    lines = [
        ["共3人外出务工", "石峰村", "三组", "王有福", "男", 3],
        ["马力镇合计：2户", None, None, None, None, 7],
        ["第 1 页小计", "石峰村", None, None, None, 7],
        ["填表人：王建明", None, None, "审核人：李强"],
        headings,
        ["总计花了三小时", "石峰村", "三组", "李强", "男", 4],
    ]
    run = load("households", office, table([headings, *lines]))
    assert list(run.rows.values_list("number", flat=True)) == [2, 7]
    (note,) = [note for note in run.notes if "跳过" in note]
    assert [f"第 {number} 行" in note for number in (3, 4, 5, 6)] == [True] * 4


# --- questions ----------------------------------------------------------------------------------------


def test_an_unknown_heading_with_a_likely_meaning(office, village) -> None:
    rows = [
        {**dict.fromkeys(HEADINGS), "村": "石峰村", "户主姓名": n, "性别": "男", "家庭人口": 3}
        for n in ("甲强", "乙强")
    ]
    for row in rows:
        row.pop("组(社)")
        row |= {"户属性类别": "低保户", "其他": "x"}
    run = load("households", office, rows)
    asked = questions(run, "列")
    assert (asked["户属性类别"]["chosen"], asked["其他"]["chosen"]) == ("贫困户属性", "不导入")
    assert set(Household.objects.values_list("kind", flat=True)) == {"02"}
    run = check("households", office, rows, answers={"列": {"户属性类别": "不导入", "其他": "组(社)"}})
    assert run.unknown_headings == ["户属性类别"]
    assert questions(run, "列")["其他"]["answered"]


def test_a_heading_that_may_be_a_start_is_never_guessed(office) -> None:
    unit, village = make_unit(name="县审计局"), make_village(name="大庄村")
    rows = [{"单位": unit.name, "村": village.name, "时间": "2014-03-05"}]
    run = check("village_pairings", office, rows)
    question = questions(run, "列")["时间"]
    assert (question["must"], question["chosen"], question["options"][0]) == (True, "", "开始日期")
    load("village_pairings", office, rows, answers={"列": {"时间": "开始日期"}})
    assert VillagePairing.objects.get().started_on == date(2014, 3, 5)


def test_a_required_column_behind_an_unknown_heading_is_asked_about(office, village) -> None:
    rows = [{"村": "石峰村", "户主姓名": "王有福", "性别": "男", "口数": 3}]
    run = check("households", office, rows)
    assert (run.status, run.total_rows, outcomes(run)) == (Status.CHECKED, 1, [])
    assert questions(run, "列")["口数"]["must"]
    run = load("households", office, rows, answers={"列": {"口数": "家庭人口"}})
    assert Household.objects.get().size == 3


def test_a_missing_name_may_stand_below_any_heading(office) -> None:
    make_unit(name="县水务局")
    rows = [{"甲栏": name, "单位": "县水务局", "乙栏": phone, "级别": "一般"} for name, phone in
            (("试零甲", "13800001111"), ("试零乙", "13800002222"))]  # fmt: skip
    run = check("cadres", office, rows)
    asked = questions(run, "列")
    assert [question["name"] for question in run.open_questions] == ["甲栏", "乙栏"]
    assert (asked["甲栏"]["options"][0], asked["乙栏"]["options"][0]) == ("姓名", "手机号")
    load("cadres", office, rows, answers={"列": {"甲栏": "姓名", "乙栏": "手机号"}})
    assert sorted(Cadre.objects.filter(name__startswith="试").values_list("phone", flat=True)) == [
        "13800001111",
        "13800002222",
    ]


def test_an_answer_that_names_no_column_is_asked_again(office, village) -> None:
    row = {"村": "石峰村", "户主姓名": "王有福", "性别": "男", "家庭人口": 3, "别的": "x"}
    run = check("households", office, [row], answers={"列": {"别的": "没有的列"}})
    assert questions(run, "列")["别的"]["why"] == "这种表没有“没有的列”这一列"
    assert run.open_questions


def test_a_long_heading_can_be_answered(office, village) -> None:
    long = "该户家庭成员中目前在户口簿上登记的全部常住人口总数合计（含外出务工和在校学生）"
    row = {"村": "石峰村", "户主姓名": "王有福", "性别": "男", long: 3}
    run = check("households", office, [row])
    (name,) = questions(run, "列")
    load("households", office, [row], answers={"列": {name: "家庭人口"}})
    assert Household.objects.get().size == 3


def test_a_word_is_answered_once_for_all_rows(office, village) -> None:
    row = {"村": "石峰村", "性别": "男", "家庭人口": 3, "联系电话": "无"}
    rows = [{**row, "户主姓名": f"王{n}福", "主要致贫原因": "缺少劳动力"} for n in "一二三"]
    run = load(
        "households", office, [*rows, {**row, "户主姓名": "老王", "主要致贫原因": "老病"}], partial=True
    )
    words = questions(run, "词")
    assert (words["缺少劳动力"]["count"], words["缺少劳动力"]["chosen"]) == (3, "缺劳力")
    assert (words["无"]["count"], words["无"]["chosen"]) == (4, "空着")
    assert (words["老病"]["chosen"], outcomes(run)) == ("", ["created"] * 3 + ["wrong"])
    answers = {"词": {"主要致贫原因": {"老病": "因病", "缺少劳动力": "因残"}}}
    run = load("households", office, [{**rows[0], "户主姓名": "新王"}], answers=answers)
    assert Household.objects.order_by("-pk")[0].main_cause == "02"


def test_a_negated_word_is_not_taken_for_its_opposite(office, village) -> None:
    row = {"村": "石峰村", "户主姓名": "王有福", "性别": "男", "家庭人口": 3, "贫困户属性": "非低保户"}
    run = check("households", office, [row])
    assert questions(run, "词")["非低保户"]["chosen"] == ""


def test_a_rank_is_asked_about(office) -> None:
    make_unit(name="县审计局")
    row = {"姓名": "曾明", "单位": "县审计局", "手机号": "13993850001"}
    run = check("cadres", office, [row])
    question = questions(run, "缺列")["级别"]
    assert (question["must"], question["why"]) == (True, "不知道级别，就算不出一人最多联几户")
    run = check("cadres", office, [{**row, "级别": "四级调研员"}])
    assert questions(run, "词")["四级调研员"]["must"]
    assert questions(run, "词")["四级调研员"]["chosen"] == ""
    answers = {"词": {"级别": {"四级调研员": "县级"}}}
    load("cadres", office, [{**row, "级别": "四级调研员"}], answers=answers)
    assert Cadre.objects.get(name="曾明").rank == "county"
    assert not check("cadres", office, [row]).open_questions


def test_the_start_of_new_pairings_is_asked_about(office) -> None:
    cadre, household = make_cadre(), make_household()
    row = {"手机号": cadre.phone, "户编号": household.no}
    run = check("household_pairings", office, [row], answers={"缺列": {"开始日期": "去年"}})
    assert questions(run, "缺列")["开始日期"]["chosen"] == ""
    load("household_pairings", office, [row], answers={"缺列": {"开始日期": "2014年3月5日"}})
    assert HouseholdPairing.objects.get().started_on == date(2014, 3, 5)


@pytest.mark.parametrize(("answer", "day"), [("算第一天", 1), ("算最后一天", 31)])
def test_a_month_without_its_day_is_asked_about(office, answer, day) -> None:
    unit, village = make_unit(name="县审计局"), make_village(name="大庄村")
    rows = [{"单位": unit.name, "村": village.name, "开始日期": "2012年3月"}]
    run = check("village_pairings", office, rows)
    question = questions(run, "没写到日")["开始日期"]
    assert (question["must"], question["count"], outcomes(run)) == (True, 1, ["wrong"])
    load("village_pairings", office, rows, answers={"没写到日": {"开始日期": answer}})
    assert VillagePairing.objects.get().started_on == date(2012, 3, day)


def test_hidden_rows_are_left_out_on_demand(office, village) -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(table([HEADINGS, *(["石峰村", "三组", n, "男", 3] for n in ("甲强", "乙强", "丙强"))]))
    )
    book.active.row_dimensions[3].hidden = True
    out = io.BytesIO()
    book.save(out)
    assert len(outcomes(check("households", office, out.getvalue()))) == 3
    run = check("households", office, out.getvalue(), answers={"隐藏的行": "不导入"})
    assert list(run.rows.values_list("number", flat=True)) == [2, 4]


def test_another_row_is_named_as_the_heading(office, village) -> None:
    lines = [["户主姓名", "家庭人口"], HEADINGS, ["石峰村", "三组", "王有福", "男", 3]]
    run = check("households", office, table(lines), answers={"表头行": 2})
    assert (run.layout["heading"], outcomes(run)) == ([2, 2], ["created"])


def test_a_similar_unit_is_offered_and_never_taken(office) -> None:
    make_unit(name="县农业局")
    rows = [{"姓名": "曾明", "单位": "县农业局机关", "手机号": "13993850001", "级别": "一般"}]
    run = check("cadres", office, rows)
    question = questions(run, "词")["县农业局机关"]
    assert (question["options"][0], question["chosen"], question["must"]) == ("县农业局", "", False)
    assert outcomes(run) == ["wrong"]
    load("cadres", office, rows, answers={"词": {"单位": {"县农业局机关": "县农业局"}}})
    assert Cadre.objects.get(name="曾明").unit.name == "县农业局"


def test_of_two_heads_and_two_cadres_of_one_name_the_clerk_chooses(office) -> None:
    unit, village = make_unit(name="县审计局"), make_village(name="大庄村")
    cadres = [make_cadre(name="王强", unit=unit) for _ in range(2)]
    homes = [make_household(village=village, head="李有福") for _ in range(2)]
    row = {
        "单位": "县审计局",
        "联户干部": "王强",
        "村": "大庄村",
        "户主姓名": "李有福",
        "开始日期": "2014-03-05",
    }
    run = check("household_pairings", office, [row])
    household = questions(run, "词")["大庄村李有福"]
    assert (outcomes(run), household["chosen"]) == (["wrong"], "")
    answers = {"词": {"户主姓名": {"大庄村李有福": household["options"][1]}}}
    run = check("household_pairings", office, [row], answers=answers)
    cadre = questions(run, "词")["县审计局王强"]
    assert (outcomes(run), cadre["chosen"]) == (["wrong"], "")
    answers["词"]["干部姓名"] = {"县审计局王强": cadre["options"][1]}
    load("household_pairings", office, [row], answers=answers)
    pairing = HouseholdPairing.objects.get()
    assert pairing.household.no in household["options"][1]
    assert pairing.household in homes
    assert pairing.cadre in cadres


# --- spellings that stay ------------------------------------------------------------------------------


def test_a_county_remembers_headings_and_words(office, village) -> None:
    row = {"村": "石峰村", "户主姓名": "王有福", "性别": "男", "口数": 3, "主要致贫原因": "老病"}
    run = check("households", office, [row])
    answered = [
        (questions(run, "列")["口数"], "家庭人口"),
        (
            questions(run, "词").get("老病") or {"section": "词", "column": "主要致贫原因", "name": "老病"},
            "因病",
        ),
    ]
    answering.remember(run, answered, office)
    assert Spelling.objects.visible_to(office).count() == 2
    run = load("households", office, [row], answers={})
    assert Household.objects.get().main_cause == "01"
    assert "按本县记住的写法换了：老病→因病。" in run.notes
    elsewhere = make_cadre(
        role="office", unit=make_unit(division=make_division(code="620525", name="张家川县"))
    )
    assert not Spelling.objects.visible_to(elsewhere).exists()


# --- the command --------------------------------------------------------------------------------------


def test_the_command_writes_questions_and_takes_answers(office, village, tmp_path: Path, capsys) -> None:
    make_unit(name="县审计局")
    path = tmp_path / "干部.xlsx"
    path.write_bytes(workbook([{"姓名": "曾明", "单位": "县审计局", "手机号": "13993850001"}]))
    asked = tmp_path / "问题.json"
    with pytest.raises(CommandError, match="还有 1 件必答没有回答，什么都没有导入。") as raised:
        call_command("import_sheet", "cadres", str(path), "--check", "--questions", str(asked))
    assert (raised.value.returncode, Cadre.objects.filter(name="曾明").count()) == (1, 0)
    assert "必答：缺列，“级别”（1 处）" in capsys.readouterr().out
    answers = json.loads(asked.read_text(encoding="utf-8"))
    assert answers["缺列"] == {"级别": ""}
    answers["缺列"]["级别"] = "一般"
    asked.write_text(json.dumps(answers, ensure_ascii=False), encoding="utf-8")
    call_command("import_sheet", "cadres", str(path), "--answers", str(asked))
    assert Cadre.objects.get(name="曾明").rank == "general"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"表头行": -3}', "从 1 数起"),
        ('{"列": {"时间": 5}}', "加引号的文字"),
        ('{"词": {"村": {"大庄村": ["x"]}}}', "加引号的文字"),
        ("[1]", "不是 JSON"),
        ("{", "不是 JSON"),
        ('{"别的": {}}', "没有“别的”这一项"),
        ('{"列": []}', "写法不对"),
    ],
)
def test_a_file_that_holds_no_answers(office, village, tmp_path: Path, text, sentence) -> None:
    path, answers = tmp_path / "户.xlsx", tmp_path / "答案.json"
    path.write_bytes(workbook([{"村": "石峰村", "户主姓名": "王有福", "家庭人口": 3}]))
    answers.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match=sentence) as raised:
        call_command("import_sheet", "households", str(path), "--answers", str(answers))
    assert raised.value.returncode == 2
