"""The formats and the table rows of `{% load look %}`."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.messages import SUCCESS
from django.contrib.messages.storage.base import Message
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.html import format_html

from core.lists import Heading, Row
from core.templatetags import look

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("written", "value", "shown"),
    [
        ("num", 16880, "16,880"),
        ("num", None, ""),
        ("num", "1000+", "1000+"),
        ("money", Decimal("480"), "480.00"),
        ("money", None, ""),
        ("yuan", 4126000, "412.6 万元"),
        ("yuan", 100_000, "10.0 万元"),
        ("yuan", 10_500, "10,500 元"),
        ("yuan", 500, "500 元"),
        ("yuan", Decimal("0.40"), "0.40 元"),
        ("yuan", 0, "0 元"),
        ("yuan", None, ""),
        ("date_cn", date(2012, 3, 5), "2012年3月5日"),
        ("date_short", date(2015, 9, 16), "9月16日 周三"),
        ("date_short", None, ""),
        ("time_cn", datetime(2015, 9, 16, 2, 42, tzinfo=UTC), "2015年9月16日 10:42"),
        ("date_cn", datetime(2015, 9, 16, 23, 0, tzinfo=UTC), "2015年9月17日"),
        ("minutes", timedelta(minutes=30), "30 分钟"),
        ("minutes", timedelta(hours=2), "2 小时"),
    ],
)
def test_formats(written: str, value: object, shown: str) -> None:
    assert Template("{% load look %}{{ value|" + written + " }}").render(Context({"value": value})) == shown


def rows_html(cells: list[object], *, ticks: bool = False, href: str = "/h/7/", css: str = "") -> str:
    columns = [Heading("户主", ""), *(Heading("列", "num") for _ in cells[1:])]
    return look.table_rows(columns, [Row(7, href, cells, css)], ticks)


def test_cells_are_escaped_and_safe_ones_are_not() -> None:
    html = rows_html(["<b>王</b>", "<i>", format_html('<span class="chip">{}</span>', "补录")])
    assert "&lt;b&gt;王&lt;/b&gt;" in html
    assert '<td class="num">&lt;i&gt;</td>' in html
    assert '<td class="num"><span class="chip">补录</span></td>' in html


def test_cells_by_type() -> None:
    html = rows_html(["王", 0, 16880, None, date(2015, 9, 16), datetime(2015, 9, 16, 2, 42, tzinfo=UTC)])
    assert '<span class="quiet">0</span>' in html
    assert ">16,880</td>" in html
    assert '<td class="num"></td>' in html
    assert ">2015-09-16</td>" in html
    assert ">2015-09-16 10:42</td>" in html


def test_first_cell_is_the_link_and_a_ticked_row_says_whose() -> None:
    html = rows_html(["王有福"], ticks=True, href="/h/7/?a=1&b=2", css="void")
    assert '<tr class="void">' in html
    assert '<th scope="row"><a href="/h/7/?a=1&amp;b=2">王有福</a></th>' in html
    assert 'name="pk" value="7"' in html
    assert "选 王有福" in html


def test_navigation_marks_the_page_it_is_on() -> None:
    context = Context({"request": RequestFactory().get("/households/12/")})
    drawn = Template('{% load look %}{% nav "贫困户" "households" %}{% nav "总览" "home" %}').render(context)
    assert '<a href="/households/" aria-current="page">贫困户</a>' in drawn
    assert '<a href="/">总览</a>' in drawn


def test_undo_is_read_from_the_message() -> None:
    assert (
        look.undo_url(Message(SUCCESS, "已结对", extra_tags="undo:/pairings/12/reopen/"))
        == "/pairings/12/reopen/"
    )
    assert look.undo_url(Message(SUCCESS, "已结对")) == ""
