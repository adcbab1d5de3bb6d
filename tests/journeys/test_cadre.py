"""A cadre on a phone: from the slip with the one-time code to visits recorded, entered for a colleague and voided."""

from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import assert_accessible, assert_fits, sign_in
from tests.factories import (
    make_cadre,
    make_household,
    make_id_number,
    make_member,
    make_pairing,
    make_village,
)
from units.accounts import issue_codes
from units.models import Cadre, Session, Word, today
from visits.models import Visit

pytestmark = pytest.mark.django_db(transaction=True)

MOST_TAPS = 8
PASSWORD = "渭河边上的那座桥2"


class Thumb:
    """Counts taps on the phone (typing is free) and checks every page it reaches."""

    def __init__(self, phone: Page) -> None:
        self.phone = phone
        self.taps = 0

    def tap(self, target: Locator) -> None:
        target.tap()
        self.taps += 1

    def link(self, words: str) -> None:
        self.tap(self.phone.get_by_role("link", name=words).first)

    def button(self, words: str) -> None:
        self.tap(self.phone.get_by_role("button", name=words, exact=True))

    def text(self, words: str) -> None:
        """Return a choice or a fold by its text."""
        self.tap(self.phone.get_by_text(words, exact=True))

    def write(self, words: str) -> None:
        field = self.phone.get_by_label("谈了什么、办了什么")
        self.tap(field)
        field.fill(words)

    def save(self) -> None:
        self.button("保存")
        expect(self.phone.get_by_role("heading", name="我的联系户")).to_be_visible()

    def look(self) -> None:
        assert_fits(self.phone)
        assert_accessible(self.phone)


@pytest.fixture
def households(cadre: Cadre):
    """Create three households of one village paired with the cadre, and the office's words."""
    for word in ("有病", "受灾"):
        Word.objects.create(group=Word.Group.VISIT_REASON, text=word)
    village = make_village()
    names = ("王守田", "刘满仓", "马桂英")
    rows = [make_household(head=name, village=village, phone="13993850000", tags="重病") for name in names]
    for row in rows:
        make_pairing(cadre=cadre, household=row)
        make_member(
            household=row,
            name="李秋菊",
            relation="02",
            sex="2",
            id_number=make_id_number(sex="2", area="620525"),
        )
    return rows


@pytest.fixture
def thumb(phone: Page, live_server, cadre: Cadre, households) -> Thumb:
    """Return a thumb on the signed-in cadre's home page."""
    sign_in(phone, live_server, cadre)
    phone.goto("/")
    return Thumb(phone)


def test_from_the_slip_to_the_first_visit(phone: Page, cadre: Cadre, households) -> None:
    [(_, code, _)] = issue_codes([cadre])
    phone.goto("/login/")
    phone.get_by_label("手机号或工号").fill(cadre.phone or "")
    phone.get_by_label("密码").fill(code)
    phone.get_by_role("button", name="登录").tap()
    expect(phone.get_by_role("heading", name="选一个密码")).to_be_visible()
    for field in phone.locator("input[type=password]").all():
        field.fill(PASSWORD)
    phone.get_by_role("button", name="就用这个密码").tap()

    thumb = Thumb(phone)
    expect(phone.get_by_role("heading", name="我的联系户")).to_be_visible()
    expect(phone.get_by_role("link", name="给王守田打电话")).to_have_attribute("href", "tel:13993850000")
    thumb.look()
    thumb.link("王守田")
    expect(phone.get_by_role("heading", name="一户一档")).to_be_visible()
    thumb.look()
    thumb.link("记一次走访")
    expect(phone.get_by_role("heading", name="记走访")).to_be_visible()
    thumb.look()
    thumb.text("有病")
    thumb.write("老伴上月做了手术，合作医疗报了一半。")
    thumb.save()
    assert thumb.taps <= MOST_TAPS

    expect(phone.get_by_role("status").filter(has_text="已记下")).to_be_visible()
    expect(phone.get_by_text("今天，老伴上月做了手术")).to_be_visible()
    visit = Visit.objects.get()
    assert (visit.household, visit.kind, visit.reasons) == (households[0], Visit.Kind.HOME, "有病")
    thumb.look()


def test_several_families_in_one_evening(thumb: Thumb, households) -> None:
    thumb.link("记一次走访")
    thumb.text("王守田，石峰村三组")
    thumb.text("马桂英，石峰村三组")
    thumb.look()
    thumb.write("一起商量苹果套袋。")
    thumb.save()
    assert {visit.household for visit in Visit.objects.all()} == {households[0], households[2]}
    assert thumb.taps <= MOST_TAPS


def test_a_stay_of_three_days_entered_a_week_later(thumb: Thumb) -> None:
    first = today() - timedelta(days=9)
    thumb.link("记一次走访")
    thumb.text("刘满仓，石峰村三组")
    thumb.text("选日期")
    thumb.phone.get_by_label("哪一天").fill(first.isoformat())
    thumb.text("住户")
    thumb.write("同吃同住，帮着收了洋芋。")
    thumb.text("多住几天")
    thumb.phone.get_by_label("住到哪天").fill((first + timedelta(days=2)).isoformat())
    thumb.look()
    thumb.save()
    expect(thumb.phone.get_by_role("status").filter(has_text="（补录）")).to_be_visible()
    visits = Visit.objects.order_by("visited_on")
    assert [(visit.nights, visit.is_late) for visit in visits] == [(1, True), (1, True), (0, True)]
    assert thumb.taps <= MOST_TAPS


def test_a_wrong_date_is_told_and_all_that_was_typed_is_there(thumb: Thumb) -> None:
    phone = thumb.phone
    thumb.link("记一次走访")
    thumb.text("刘满仓，石峰村三组")
    thumb.text("选日期")
    phone.get_by_label("哪一天").fill((today() + timedelta(days=1)).isoformat())
    thumb.write("约好的事还没有发生。")
    thumb.button("保存")
    expect(phone.get_by_text("走访日期不能晚于今天").first).to_be_visible()
    expect(phone.get_by_label("谈了什么、办了什么")).to_have_value("约好的事还没有发生。")
    expect(phone.get_by_label("刘满仓，石峰村三组")).to_be_checked()
    thumb.look()
    thumb.text(f"今天 {today().day}日")
    thumb.save()
    assert Visit.objects.get().visited_on == today()


def test_what_was_typed_is_there_after_the_session_has_ended(thumb: Thumb, cadre: Cadre, households) -> None:
    phone = thumb.phone
    thumb.link("记一次走访")
    thumb.text("刘满仓，石峰村三组")
    thumb.tap(phone.locator("#id_kind").get_by_text("慰问"))
    thumb.write("送了棉被，腿脚还是疼。")
    Session.objects.all().delete()
    thumb.button("保存")
    phone.get_by_label("手机号或工号").fill(cadre.phone or "")
    phone.get_by_label("密码").fill("石峰村九月")
    phone.get_by_role("button", name="登录").tap()
    expect(phone.get_by_label("谈了什么、办了什么")).to_have_value("送了棉被，腿脚还是疼。")
    thumb.save()
    assert list(Visit.objects.values_list("kind", "household")) == [(Visit.Kind.COMFORT, households[1].pk)]


def test_a_colleague_enters_it_for_an_older_cadre(thumb: Thumb, cadre: Cadre, live_server) -> None:
    phone = thumb.phone
    older = make_cadre(name="陈立新", unit=cadre.unit)
    make_pairing(cadre=older, household=make_household(head="赵存福"))
    thumb.link("记一次走访")
    thumb.write("先写好的字。")
    thumb.text("同去的人、替同事记")
    thumb.text("替同事记")
    thumb.button("陈立新")
    expect(phone.get_by_text("两个人的名字都会留下")).to_be_visible()
    expect(phone.get_by_label("谈了什么、办了什么")).to_have_value("先写好的字。")
    thumb.look()
    thumb.text("赵存福，石峰村三组")
    thumb.save()
    assert thumb.taps <= MOST_TAPS
    thumb.link("看一看")
    expect(phone.get_by_text("李建业代录")).to_be_visible()
    expect(phone.get_by_text("陈立新，县水务局")).to_be_visible()
    thumb.look()
    phone.goto("/visits/new/")
    expect(phone.get_by_label("谈了什么、办了什么")).to_have_value("")


def test_a_mistyped_visit_is_taken_back(thumb: Thumb) -> None:
    phone = thumb.phone
    thumb.link("记一次走访")
    thumb.text("王守田，石峰村三组")
    thumb.text("马桂英，石峰村三组")
    thumb.write("记错了人家。")
    thumb.save()
    thumb.link("作废")
    phone.get_by_label("为什么作废").fill("去的不是这两家")
    thumb.text("同一趟一起记的另外 1 条也作废")
    thumb.look()
    thumb.button("作废")
    expect(phone.locator("del").first).to_have_text("记错了人家。")
    thumb.look()
    assert not Visit.objects.counted().exists()
    phone.goto("/")
    expect(phone.get_by_text("还没有走访过")).to_have_count(3)
    phone.goto("/visits/")
    expect(phone.get_by_text("作废", exact=True)).to_have_count(2)
    thumb.look()
