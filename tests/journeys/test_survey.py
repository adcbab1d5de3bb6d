"""A cadre surveys a household on a phone: fills in the form with an interruption half-way, and again next year."""

from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from surveys.models import Response, Survey
from tests.browser import assert_accessible, assert_fits, follow, sign_in
from tests.factories import make_response, make_survey, make_village_pairing
from tests.surveys.filled import HOUSEHOLD, VILLAGE, clean, make_surveyed, step_of
from units.models import Cadre, Session, today

pytestmark = pytest.mark.django_db(transaction=True)


class Pen:
    """Answers questions by code on a phone and checks every page it reaches."""

    def __init__(self, phone: Page) -> None:
        self.phone = phone

    def part(self, code: str) -> Locator:
        return self.phone.locator(f'[data-item="{code}"]')

    def answer(self, code: str, value: Any) -> None:
        """Type a text, or tap a code or a list of codes; skip an answer that is already selected."""
        part = self.part(code)
        if part.locator("input[type=radio], input[type=checkbox]").count() and value != "":
            for choice in value if isinstance(value, list) else [value]:
                option = part.locator(f'input[value="{choice}"]')
                if option.count() and not option.is_checked():
                    part.locator(f'label[for="{option.get_attribute("id")}"]').tap()
                    expect(option).to_be_checked()
                elif not option.count():
                    self._type(part, choice)
        else:
            self._type(part, value)

    def _type(self, part: Locator, text: str) -> None:
        part.locator("input[type=text], textarea").first.fill(text)

    def fill(self, answers: dict[str, Any]) -> None:
        for code, value in answers.items():
            self.answer(code, value)

    def go_on(self, title: str) -> None:
        """Tap 下一步 and check the title of the next step."""
        self.phone.get_by_role("button", name="下一步").last.tap()
        expect(self.phone).to_have_title(f"{title} · {self._survey} · 联村联户")
        self.look()

    @property
    def _survey(self) -> str:
        return self.phone.get_by_role("heading", level=1).inner_text()

    def look(self) -> None:
        assert_fits(self.phone)
        assert_accessible(self.phone)


@pytest.fixture
def household(cadre: Cadre) -> Any:
    make_survey()
    return make_surveyed(cadre=cadre, head="王守田")


def test_a_household_is_surveyed_lost_half_way_and_handed_in(
    phone: Page, live_server, cadre: Cadre, household
) -> None:
    sign_in(phone, live_server, cadre)
    phone.goto("/")
    expect(phone.get_by_text("贫困户调查表：今年还没有填")).to_be_visible()
    phone.get_by_role("link", name="王守田").first.tap()
    phone.get_by_role("button", name="填调查表").tap()
    pen = Pen(phone)
    expect(phone.get_by_text("第 1 步，共 6 步")).to_be_visible()
    pen.look()
    phone.get_by_role("link", name="李秋菊").tap()
    phone.get_by_label("健康状况").select_option("患有大病")
    pen.look()
    phone.get_by_role("button", name="保存").tap()
    pen.go_on("住房条件")

    expect(pen.part("A05")).to_be_hidden()
    pen.fill(step_of(HOUSEHOLD, "A"))
    expect(pen.part("A05")).to_be_visible()
    pen.answer("A01", "八十")
    expect(pen.part("A05")).to_be_hidden()
    pen.go_on("住房条件")
    expect(pen.part("A01").get_by_text("不是数")).to_be_visible()
    pen.answer("A01", "80")
    expect(pen.part("A05").locator('input[value="3"]')).to_be_checked()
    pen.go_on("生产条件")
    pen.fill({"B01": "6.5", "B02": "60"})
    expect(pen.part("B02").get_by_text("有效灌溉面积不能大于耕地面积")).to_be_visible()

    # The page is closed half-way: saved answers are still there, unsaved ones are asked again.
    context = phone.context
    phone.close()
    phone = context.new_page()
    pen = Pen(phone)
    phone.goto("/")
    expect(phone.get_by_text("贫困户调查表：填到第 3 步，共 6 步")).to_be_visible()
    phone.get_by_role("link", name="王守田").first.tap()
    phone.get_by_role("button", name="继续填").tap()
    expect(phone.get_by_text("第 3 步，共 6 步")).to_be_visible()
    pen.fill(step_of(HOUSEHOLD, "B"))
    expect(pen.part("B16").get_by_text("4,800")).to_be_visible()
    pen.go_on("受扶持情况")

    # The session ends: typed text is restored after login.
    pen.fill({**step_of(HOUSEHOLD, "C"), "C05": "12000"})
    expect(pen.part("C05").get_by_text("转移性收入大于家庭纯收入")).to_be_visible()
    Session.objects.all().delete()
    phone.get_by_role("button", name="下一步").last.tap()
    phone.get_by_label("手机号或工号").fill(cadre.phone or "")
    phone.get_by_label("密码").fill("石峰村九月")
    phone.get_by_role("button", name="登录").tap()
    expect(pen.part("C05").locator("input[type=text]")).to_have_value("12000")
    pen.go_on("农户需求")
    pen.fill(step_of(HOUSEHOLD, "D"))
    pen.go_on("核对提交")

    phone.get_by_role("button", name="提交").tap()
    expect(phone.get_by_text("核对一下；没有错就写几个字说明").first).to_be_visible()
    pen.look()
    phone.get_by_label("转移性收入大于家庭纯收入").fill("今年羊死了")
    sign(phone)
    phone.get_by_role("button", name="提交").tap()
    expect(phone.get_by_text("已交，等单位负责人复核")).to_be_visible()
    expect(phone.get_by_alt_text("被调查人签字 1")).to_be_visible()
    pen.look()

    response = Response.objects.get()
    assert (response.status, response.signed) == ("submitted", True)
    assert response.confirmed == {"X16": "今年羊死了"}
    assert len([item for item in response.survey.form.items if item.code in response.answers]) == 46
    assert (response.answers["B16"], response.answers["A05"], response.members[1]["M08"]) == (4800, "3", "03")


def sign(phone: Page) -> None:
    """Draw a stroke across the signature box."""
    canvas = phone.locator("canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    phone.mouse.move(box["x"] + 30, box["y"] + 30)
    phone.mouse.down()
    phone.mouse.move(box["x"] + 150, box["y"] + 60)
    phone.mouse.move(box["x"] + 60, box["y"] + 90)
    phone.mouse.up()
    expect(phone.get_by_text("已签，随表一起交")).to_be_visible()


def test_next_year_only_what_differs_is_asked_again(
    phone: Page, live_server, cadre: Cadre, household
) -> None:
    survey = Survey.objects.get()
    make_response(
        survey=survey,
        cadre=cadre,
        household=household,
        surveyed_on=date(today().year - 1, 9, 1),
        answers={**clean(survey, HOUSEHOLD), "B16": 4800},
    )
    sign_in(phone, live_server, cadre)
    phone.goto(f"/households/{household.pk}/")
    phone.get_by_role("button", name="填调查表").tap()
    pen = Pen(phone)
    pen.go_on("住房条件")
    expect(pen.part("A01").locator("input")).to_have_value("80")
    chip = pen.part("A02").get_by_text("和上次不同")
    expect(chip).to_be_hidden()
    pen.answer("A02", "02")
    expect(chip).to_be_visible()
    pen.go_on("生产条件")
    pen.fill({"B07": "0", "B15": "12000"})
    pen.go_on("受扶持情况")
    pen.go_on("农户需求")
    pen.go_on("核对提交")
    phone.get_by_role("button", name="提交").tap()
    expect(phone.get_by_text("变好 3 项，变差 1 项").first).to_be_visible()
    pen.look()
    phone.goto(f"/households/{household.pk}/#surveys")
    expect(phone.get_by_text("↘ 变差")).to_be_visible()
    expect(phone.get_by_role("cell", name="6,000")).to_be_visible()
    pen.look()


def test_a_village_is_surveyed(phone: Page, live_server, cadre: Cadre) -> None:
    make_survey(subject="village")
    village = make_village_pairing(unit=cadre.unit).village
    sign_in(phone, live_server, cadre)
    phone.goto("/")
    phone.get_by_role("link", name="联系村调查表：今年还没有填").tap()
    expect(phone.get_by_role("heading", name=village.name)).to_be_visible()
    phone.get_by_role("button", name="填调查表").tap()
    expect(phone.get_by_text("第 1 步，共 7 步")).to_be_visible()
    pen = Pen(phone)
    pen.look()
    titles = ["基本情况", "基础设施状况", "发展状况", "生产生活条件", "教育和卫生公共事业情况", "核对提交"]
    for start, title in zip(["VH", "V1", "V2", "V3", "V4", "V5"], titles, strict=True):
        pen.fill(step_of(VILLAGE, start))
        pen.go_on(title)
    phone.get_by_role("button", name="提交").tap()
    expect(phone.get_by_text("已交，等单位负责人复核")).to_be_visible()
    response = Response.objects.counted().get()
    assert (response.village, response.household, response.answers["V312"]) == (
        village,
        None,
        "修路，种药材。",
    )


def test_a_leader_gives_back_and_the_surveyor_goes_on(
    desk: Page, phone: Page, live_server, cadre: Cadre, leader: Cadre, household
) -> None:
    survey = Survey.objects.get()
    answers = {**clean(survey, HOUSEHOLD), "B16": 4800}
    make_response(survey=survey, cadre=cadre, household=household, surveyed_on=today(), answers=answers)
    sign_in(desk, live_server, leader)
    desk.goto("/admin/")
    desk.locator(".fig").filter(has_text="待复核").get_by_role("link").click()
    follow(desk.get_by_role("link", name="王守田"))
    assert_accessible(desk)
    follow(desk.get_by_role("link", name="去复核"))
    assert_accessible(desk)
    desk.get_by_role("button", name="退回").click()
    desk.get_by_label("为什么退回").fill("收入要再问")
    assert_accessible(desk)
    desk.get_by_role("button", name="退回 1 份答卷").click()
    expect(desk.get_by_text("已退回 1 份")).to_be_visible()

    sign_in(phone, live_server, cadre)
    phone.goto("/")
    expect(phone.get_by_text("贫困户调查表：退回：收入要再问")).to_be_visible()
    phone.get_by_role("link", name="王守田").first.tap()
    phone.get_by_role("button", name="继续填").tap()
    expect(phone.get_by_text("退回：收入要再问")).to_be_visible()
    Pen(phone).look()
