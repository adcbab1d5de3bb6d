"""Family sheets: the household stands on the head's row, the others below it."""

from collections.abc import Sequence

import pytest

from core.models import ImportRun
from households.models import Household, Member
from tests.factories import make_household, make_id_number, make_village
from tests.importing import check, load, outcomes, table, warnings, whys
from villages.models import Village

HEADINGS = ["村", "户主姓名", "成员姓名", "与户主关系", "性别"]
FAMILIES = [
    ["大庄村", "王有福", "王有福", "户主", "男"],
    [None, None, "李秀英", "妻", "女"],
    [None, None, "王小福", "长子", "男"],
    ["大庄村", "赵田", "赵田", "户主", "男"],
    ["大庄村", "陈仓", "陈仓", "户主", "男"],
    [None, None, "杨玉兰", "妻子", "女"],
]


@pytest.fixture
def village() -> Village:
    village = make_village(name="大庄村")
    for head, size in (("王有福", 3), ("赵田", 1), ("陈仓", 2)):
        make_household(head=head, village=village, size=size)
    return village


def families() -> dict[str, list[str]]:
    """Names by head, the head first."""
    found = Household.objects.with_head().order_by("pk")
    return {
        str(household.head_name): list(household.members.order_by("pk").values_list("name", flat=True))
        for household in found
    }


def sheet(rows: Sequence[Sequence[object]]) -> bytes:
    return table([HEADINGS, *rows])


def test_the_rows_below_a_head_are_his(office, village) -> None:
    run = load("members", office, sheet(FAMILIES))
    assert (whys(run), warnings(run)) == ([], [])
    assert outcomes(run) == ["same", "created", "created", "same", "same", "created"]
    assert families() == {
        "王有福": ["王有福", "李秀英", "王小福"],
        "赵田": ["赵田"],
        "陈仓": ["陈仓", "杨玉兰"],
    }
    again = check("members", office, sheet(FAMILIES))
    assert outcomes(again) == ["same"] * 6
    assert "有 3 行没有写是哪一户，归到上面户主的那一户。" in again.notes


def test_repeated_household_cells_are_the_same_family(office, village) -> None:
    filled = [[place or "大庄村", *rest] for place, *rest in FAMILIES]
    filled[1][1] = filled[2][1] = "王有福"
    filled[5][1] = "陈仓"
    assert whys(load("members", office, sheet(filled))) == []
    assert families()["王有福"] == ["王有福", "李秀英", "王小福"]


def test_without_the_heads_column_his_own_row_names_the_household(office, village) -> None:
    rows = [[place, *rest] for place, _, *rest in FAMILIES]
    run = load("members", office, table([["村", "姓名", "与户主关系", "性别"], *rows]))
    assert (whys(run), families()["陈仓"]) == ([], ["陈仓", "杨玉兰"])


def test_by_the_heads_number_alone(office, village) -> None:
    head = Member.objects.get(name="陈仓")
    head.id_number = make_id_number()
    head.save()
    rows = [["陈仓", "户主", None, head.id_number], ["杨玉兰", "配偶", "女", None]]
    run = load("members", office, table([["姓名", "与户主关系", "性别", "身份证号"], *rows]))
    assert (whys(run), families()["陈仓"]) == ([], ["陈仓", "杨玉兰"])


@pytest.mark.parametrize(
    "rows",
    [
        [FAMILIES[1], *FAMILIES[:1]],
        [*FAMILIES[:2], ["大庄村", "赵田", "赵小田", "之子", "男"], [None, None, "赵二田", "之子", "男"]],
        [FAMILIES[0], FAMILIES[1], FAMILIES[5], FAMILIES[3], FAMILIES[4]],
        [FAMILIES[0], ["小庄村", None, "李秀英", "妻", "女"]],
    ],
    ids=["nobody above", "a row that is not the head's names one", "two wives", "another village"],
)
def test_a_sheet_that_is_not_clearly_grouped_says_so(office, village, rows) -> None:
    run = check("members", office, sheet(rows))
    assert "不知道是哪一户" in {why.partition(" ")[2] for why in whys(run)}
    assert "归到上面" not in "".join(run.notes)


def test_a_head_who_is_not_found_takes_his_rows_with_him(office, village) -> None:
    rows = [["大庄村", "王有禄", "王有禄", "户主", "男"], *FAMILIES[1:]]
    run = check("members", office, sheet(rows))
    assert whys(run) == [
        "B2 大庄村没有户主叫王有禄的户",
        "C3 第 2 行的户没有认出来",
        "C4 第 2 行的户没有认出来",
    ]
    assert (run.status, run.created_count) == (ImportRun.Status.CHECKED, 1)


def test_a_family_of_another_size_is_told(office, village) -> None:
    run = check("members", office, sheet([*FAMILIES, [None, None, "陈小仓", "之子", "男"]]))
    assert warnings(run) == ["表里这户 3 人，系统里家庭人口是 2"]
