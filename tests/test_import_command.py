"""import_sheet and template: exit statuses, and an import killed at any moment."""

import random
import time
from pathlib import Path
from subprocess import Popen
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from core.models import ImportRun
from households.models import Household, Member
from tests.factories import make_cadre, make_unit, make_village
from tests.importing import family, workbook
from tests.processes import kill, manage, start
from units.models import Cadre
from units.roles import Role
from villages.models import Village

Row = dict[str, object]
ROWS = 1500
KILLS = 10


@pytest.fixture
def village(db) -> Village:
    return make_village(name="大庄村")


def write(folder: Path, rows: list[Row], name: str = "贫困户.xlsx") -> str:
    path = folder / name
    path.write_bytes(workbook(rows))
    return str(path)


def refusal(*arguments: str) -> tuple[int, str]:
    """(exit status, sentence) of a command that does not end well."""
    with pytest.raises(CommandError) as raised:
        call_command("import_sheet", *arguments)
    return raised.value.returncode, str(raised.value)


def test_all_rows_are_good(office, village, tmp_path, capsys) -> None:
    call_command("import_sheet", "households", write(tmp_path, [family(标记="不认得")]))
    said = capsys.readouterr().out
    assert "新增 1 行，更新 0 行，无变化 0 行，要改 0 行。" in said
    assert "提醒：第 2 行 G2 标记“不认得”：“不认得”不在标记用词里。想按它查找就先在用词里添加。" in said
    assert (Household.objects.count(), ImportRun.objects.get().by) == (1, office)


def test_a_row_is_wrong(office, village, tmp_path, capsys) -> None:
    path = write(tmp_path, [family(), family("李建国", "123")])
    assert refusal("households", path) == (1, "有 1 行要改，什么都没有导入。")
    assert (
        "第 3 行 F3 身份证号“***”：是 3 位，身份证号是 18 位。照证件逐位核对，没有就空着。"
        in capsys.readouterr().out
    )
    assert not Household.objects.exists()
    assert refusal("households", path, "--partial") == (1, "有 1 行要改，没有导入。")
    assert Household.objects.count() == 1


def test_a_check_writes_nothing(office, village, tmp_path) -> None:
    call_command("import_sheet", "households", write(tmp_path, [family()]), "--check")
    assert not Household.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nothing", "x.xlsx"], "没有“nothing”这种表，可以是：divisions、units"),
        (["households", "/no/such/file.xlsx"], "打不开 /no/such/file.xlsx："),
    ],
)
def test_it_cannot_run(office, arguments, sentence) -> None:
    code, said = refusal(*arguments)
    assert (code, said.startswith(sentence)) == (2, True)


def test_a_file_that_cannot_be_read(office, village, tmp_path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"%PDF-1.4")
    code, sentence = refusal("households", str(path))
    assert (code, sentence.startswith("这是PDF 文件")) == (2, True)


def test_without_an_office_account(village, tmp_path) -> None:
    code, sentence = refusal("households", write(tmp_path, [family()]))
    assert (code, sentence) == (2, "还没有县双联办账号，先运行 manage.py start，或用 --as 指定。")


def test_as_another_office(office, village, tmp_path) -> None:
    other = make_cadre(role=Role.OFFICE, unit=make_unit())
    call_command("import_sheet", "households", write(tmp_path, [family()]), "--as", other.phone)
    assert ImportRun.objects.get().by == other
    code, sentence = refusal("households", write(tmp_path, [family()]), "--as", "13000000000")
    assert (code, sentence) == (2, "没有手机号或工号是 13000000000 的双联办账号。")


def test_template(db, tmp_path) -> None:
    path = tmp_path / "空白.xlsx"
    call_command("template", "households", str(path))
    assert openpyxl.load_workbook(path).worksheets[0].cell(1, 1).value == "户编号"
    with pytest.raises(CommandError) as raised:
        call_command("template", "nothing", str(path))
    assert raised.value.returncode == 2


# --- killed ---


@pytest.fixture
def sheet(transactional_db, tmp_path: Path) -> tuple[Cadre, str]:
    office = make_cadre(role=Role.OFFICE, unit=make_unit(name="县双联办"))
    make_village(name="大庄村")
    names = [f"王{chr(0x4E00 + n)}" for n in range(ROWS)]
    return office, write(tmp_path, [family(name, 联系电话=f"138{n:08}") for n, name in enumerate(names)])


def final_rows() -> list[tuple[Any, ...]]:
    households = Household.objects.order_by("no").values_list("no", "phone", "size", "place")
    heads = Member.objects.order_by("household__no").values_list("household__no", "name", "pinyin", "sex")
    return [*households, *heads]


def wipe() -> None:
    for model in (Member, Household):
        model.objects.all()._raw_delete("default")
    Village.objects.update(last_serial=0)


def begin(path: str) -> Popen[str]:
    """An import that has just begun to work: its progress bar is there."""
    process = start("import_sheet", "households", path)
    assert process.stderr
    process.stderr.read(1)
    return process


@pytest.mark.slow
def test_killed_at_ten_moments_and_run_again(sheet) -> None:
    _office, path = sheet
    process = begin(path)
    began = time.monotonic()
    process.communicate()
    took, expected = time.monotonic() - began, final_rows()
    assert len(expected) == 2 * ROWS
    wipe()
    moments = random.Random(20150916)
    for _ in range(KILLS):
        process = begin(path)
        time.sleep(took * moments.random())
        kill(process)
        assert Household.objects.count() == Member.objects.count()
        assert Household.objects.count() in {0, ROWS}
        if Household.objects.exists():
            assert final_rows() == expected
            wipe()
    assert manage("import_sheet", "households", path)[0] == 0
    assert final_rows() == expected
