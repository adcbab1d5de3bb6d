"""ID numbers that end with 000: cut off by Excel, until somebody confirms that one number."""

from datetime import date
from typing import Any

import pytest

from core import identity
from core.cells import DoubtfulCell
from core.identity import check_digit
from core.importing import runs
from core.importing.questions import CONFIRMED
from households.importing.people import id_or_mask, id_to_find
from households.models import Household, Member
from tests.admin.rows import page
from tests.factories import (
    make_cadre,
    make_household,
    make_id_number,
    make_member,
    make_response,
    make_survey,
    make_village,
)
from tests.html_forms import posted, values_of
from tests.importing import check, family, load, whys
from tests.pages import client_of

TOLD = "末三位是 000，像是被 Excel 截断"
BOX = "证件上就是这个号码"


def cut_off(born_on: date = date(1958, 3, 1), *, right: bool = True, skip: int = 0) -> str:
    """A number of a woman that ends with 000, which her card may show or, with right=False, cannot."""
    for day in range(skip, skip + 3000):
        first = f"620524{date.fromordinal(born_on.toordinal() + day):%Y%m%d}200"
        if (check_digit(first) == "0") == right:
            return f"{first}0"
    raise AssertionError(born_on)


RIGHT = cut_off()
OTHER = cut_off(date(1970, 1, 1))
WRONG = cut_off(right=False)


def boxes(html: str) -> list[str]:
    """The values of the checkboxes that confirm a number."""
    return [
        value
        for form in posted(html)
        for box in form.xpath(".//input[@type='checkbox'][contains(@name, 'id_number-confirmed')]")
        for value in [box.get("value")]
    ]


# --- forms ----------------------------------------------------------------------------------------


def new_household(village: Any, **more: str) -> dict[str, Any]:
    return {"head_name": "王秋菊", "village": village.pk, "size": "2", "kind": "01", "sex": "2", **more}


def test_a_new_head_is_registered_once_the_box_is_ticked(office) -> None:
    client, typed = client_of(office), new_household(make_village(), id_number=RIGHT)
    html = client.post("/households/new/", typed).content.decode()
    assert TOLD in html
    assert BOX in html
    [box] = boxes(html)
    assert RIGHT not in box
    assert not Household.objects.exists()
    client.post("/households/new/", {**typed, "id_number-confirmed": box})
    assert Member.objects.get().id_number == RIGHT


def test_the_tick_holds_for_that_number_alone(office) -> None:
    client, typed = client_of(office), new_household(make_village(), id_number=RIGHT)
    [box] = boxes(client.post("/households/new/", typed).content.decode())
    answer = client.post("/households/new/", {**typed, "id_number": OTHER, "id_number-confirmed": box})
    assert TOLD in answer.content.decode()
    assert boxes(answer.content.decode()) != [box]
    assert not Household.objects.exists()


@pytest.mark.parametrize("number", [WRONG, "620524195803012000", make_id_number()[:-1]])
def test_a_number_that_no_card_shows_is_not_confirmed(office, number) -> None:
    html = client_of(office).post("/households/new/", new_household(make_village(), id_number=number)).content
    assert boxes(html.decode()) == []
    assert BOX not in html.decode()


def test_the_open_form_has_no_box(office) -> None:
    member = make_member(household=make_household(), relation="02", id_number=RIGHT)
    for url in ("/households/new/", f"/members/{member.pk}/edit/"):
        html = client_of(office).get(url).content.decode()
        assert BOX not in html


def test_the_stored_mask_says_nothing_of_the_end(office) -> None:
    """Who changes another fact of a person sees the same page whatever the hidden number ends with."""
    member = make_member(household=make_household(), relation="02", sex="2", id_number=RIGHT, name="李秋菊")
    form = {"name": "李玉兰", "relation": member.relation, "sex": "2", "ethnicity": "01"}
    form |= {"version": str(member.version), "id_number": member.id_masked}
    assert client_of(office).post(f"/members/{member.pk}/edit/", form).status_code == 302
    member.refresh_from_db()
    assert (member.name, member.id_number) == ("李玉兰", RIGHT)


def test_a_member_of_a_survey_is_confirmed_on_the_phone(office, cadre) -> None:
    household = make_household()
    member = make_member(household=household, relation="02", sex="2", name="李秋菊")
    filling = make_response(
        survey=make_survey(), cadre=cadre, household=household, status="draft", entered_by=office
    )
    url = f"/responses/{filling.pk}/members/{member.pk}/"
    client = client_of(office)
    [form] = [f for f in posted(client.get(url).content.decode()) if f.xpath(".//input[@name='id_number']")]
    typed = {**{name: sent[0] for name, sent in values_of(form).items() if sent}, "id_number": RIGHT}
    typed |= {"sex": "2", "born_on": "", "education": "01", "schooling": "01", "health": "01", "labour": "01"}
    typed["medical_insurance"] = "true"
    [box] = boxes(client.post(url, typed).content.decode())
    answer = client.post(url, {**typed, "id_number-confirmed": box})
    assert answer.status_code == 302, answer.context["form"].errors
    member.refresh_from_db()
    assert member.id_number == RIGHT


def test_the_admin_asks_the_same(office) -> None:
    head = {"name": "王秋菊", "relation": "01", "sex": "2", "id_number": RIGHT, "ethnicity": "01"}
    data = {"village": make_village().pk, "size": 3, "kind": "01"}
    data |= {"members-TOTAL_FORMS": 1, "members-INITIAL_FORMS": 0}
    data |= {f"members-0-{name}": value for name, value in head.items()}
    client, url = client_of(office), page("households.household", "add")
    html = client.post(url, data).content.decode()
    assert TOLD in html
    [box] = boxes(html)
    client.post(url, {**data, "members-0-id_number-confirmed": box})
    assert Member.objects.get().id_number == RIGHT


# --- imports --------------------------------------------------------------------------------------


def test_an_import_refuses_each_and_names_it_before_its_double(office) -> None:
    make_village(name="大庄村")
    numbers = [RIGHT, RIGHT, WRONG, WRONG]
    rows = [
        family(name, number, 性别="女")
        for name, number in zip(["王甲", "王乙", "王丙", "王丁"], numbers, strict=True)
    ]
    run = check("households", office, rows)
    assert whys(run) == [f"F{row} {TOLD}" for row in (2, 3, 4, 5)]


def test_lost_digits_are_named_before_the_double(office) -> None:
    make_village(name="大庄村")
    rows = [family(name, float(WRONG), 性别="女") for name in ("王甲", "王乙")]
    assert whys(check("households", office, rows)) == [
        f"F{row} Excel 把号码当成了数，后面几位已经丢了" for row in (2, 3)
    ]


def test_a_refused_cell_carries_the_number_to_confirm() -> None:
    with pytest.raises(DoubtfulCell) as doubt:
        id_or_mask(f" {RIGHT[:6]} {RIGHT[6:]}")
    assert doubt.value.value == RIGHT


def test_a_stored_head_is_found_by_the_number_that_was_confirmed(office) -> None:
    household = make_household(head="王秋菊")
    head = household.members.get()
    head.id_number, head.sex, head.born_on = RIGHT, "2", identity.birth_date(RIGHT)
    head.save()
    row = {"户主身份证号": RIGHT, "姓名": "王小军", "与户主关系": "之子", "性别": "男"}
    assert whys(load("members", office, [row])) == []
    assert household.members.count() == 2
    assert id_to_find(RIGHT) == RIGHT


def test_a_number_that_was_confirmed_before_is_not_asked_about_again(office) -> None:
    village = make_village(name="大庄村")
    household = make_household(village=village, head="王秋菊")
    head = household.members.get()
    head.id_number, head.sex, head.born_on = RIGHT, "2", identity.birth_date(RIGHT)
    head.save()
    rows = [family("王秋菊", RIGHT, 性别="女"), family("何秀兰", OTHER, 性别="女")]
    assert whys(check("households", office, rows)) == [f"F3 {TOLD}"]


def test_only_the_uploader_reads_what_is_wrong_with_a_number(office) -> None:
    make_village(name="大庄村")
    run = check(
        "households", office, [family("王甲", RIGHT, 性别="女"), family("王乙", make_id_number()[:-1])]
    )
    own = client_of(office).get(f"/imports/runs/{run.pk}/").content.decode()
    assert TOLD in own
    assert "17 位" in own
    colleague = make_cadre(name="赵明", unit=office.unit, role="office")
    answer = client_of(colleague).get(f"/imports/runs/{run.pk}/")
    seen = answer.content.decode()
    assert answer.context["asked"] == 0
    assert "号码要核对" in seen
    assert "000" not in seen.split("<main", 1)[1].replace("2,000", "")
    assert "17 位" not in seen


def test_each_number_is_confirmed_by_itself_in_an_import(office) -> None:
    """Of two doubtful numbers the confirmed one is taken; nothing in the rows tells which it was."""
    make_village(name="大庄村")
    rows = [family("王秋菊", RIGHT, 性别="女"), family("何秀兰", OTHER, 性别="女")]
    run = check("households", office, rows)
    run.answers = {CONFIRMED: ["F2"]}
    run.status = run.Status.QUEUED
    run.save()
    runs.check(run)
    assert whys(run) == [f"F3 {TOLD}"]
    runs.apply(run, partial=True)
    assert Member.objects.get().id_number == RIGHT
    assert not run.rows.get(number=2).errors
    assert not run.rows.get(number=2).warnings
