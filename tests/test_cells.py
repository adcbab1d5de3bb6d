"""Cleaning one value: what people type, how Excel changes it, and what is refused."""

import datetime as dt
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import cells, dates
from core.cells import CellError

pytestmark = pytest.mark.once

RELATIONS = {"01": "户主", "02": "配偶", "03": "子女", "10": "其他"}
clean_relation = cells.clean_choice(RELATIONS)

anything = st.one_of(
    st.none(),
    st.text(),
    st.text("0123456789.,-年月日元 Ee+*√#，：", max_size=30),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.timedeltas(),
)
CLEANERS = [
    lambda value: cells.clean_text(value, 20),
    cells.clean_words,
    cells.clean_name,
    dates.clean_date,
    lambda value: cells.clean_int(value, 0, 100, "人"),
    lambda value: cells.clean_decimal(value, 12, 2, "元"),
    cells.clean_yes_no,
    cells.clean_phone,
    clean_relation,
]


@pytest.mark.parametrize("clean", CLEANERS)
@given(anything)
def test_any_value_is_cleaned_or_refused_with_a_sentence(clean, value):
    try:
        cleaned = clean(value)
        stable = cleaned in (None, "") or clean(cleaned) == cleaned or isinstance(cleaned, Decimal)
    except CellError as error:
        stable = bool(error.why and error.remedy) and str(error) == f"{error.why}。{error.remedy}。"
    assert stable


@pytest.mark.parametrize("clean", CLEANERS)
@pytest.mark.parametrize("empty", [None, "", "  ", "\u3000\u00a0\n", "\u200b"])
def test_empty_is_nothing(clean, empty):
    assert clean(empty) in (None, "")


def refused(clean, value):
    with pytest.raises(CellError) as caught:
        clean(value)
    return caught.value.why, caught.value.remedy


# --- text ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("王有福", "王有福"),
        (" 王 有福\u3000", "王 有福"),
        ("王\u00a0\u3000\t有福\r\n", "王 有福"),
        ("王\u200b有\ufeff福\u00ad", "王有福"),
        ("王有福_x000D_\n二组", "王有福 二组"),
        ("ＡＢ１２３－４", "AB123-4"),
        ("大庄（一组），东头：３号", "大庄（一组），东头：3号"),
        ("⽤⼾⻓", "用户长"),
        (3.0, "3"),
        (3.5, "3.5"),
        (0.1 + 0.2, "0.3"),
        (13800001234.0, "13800001234"),
        (7, "7"),
        (True, "是"),
        (dt.date(2015, 9, 16), "2015-09-16"),
        (dt.datetime.combine(dt.date(2015, 9, 16), dt.time()), "2015-09-16"),
        (dt.datetime.combine(dt.date(2015, 9, 16), dt.time(8, 30)), "2015-09-16 08:30"),
        ("=1+1", "=1+1"),
    ],
)
def test_text(value, text):
    assert cells.clean_text(value) == text


def test_text_too_long_or_broken_is_refused():
    assert refused(lambda v: cells.clean_text(v, 3), "王有福家") == ("太长，有 4 个字", "最多 3 个字")
    assert refused(cells.clean_text, "王\ufffd福")[0] == "有认不出的字（乱码）"
    assert refused(cells.clean_text, "#N/A")[0] == "是 Excel 的错误值 #N/A"
    assert refused(cells.clean_text, "######")[0] == "是 Excel 的错误值 ######"
    assert refused(cells.clean_text, 6.20524e17)[0] == "Excel 把号码当成了数，后面几位已经丢了"


@given(st.text())
def test_clean_text_is_one_printable_line(text):
    try:
        cleaned = cells.clean_text(text)
    except CellError:
        return
    assert cleaned == " ".join(cleaned.split())
    assert "\n" not in cleaned


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("户主 姓名", "*户主姓名"),
        ("人均纯收入（元）", "人均纯收入(元)"),
        ("Ａ列：", "a列"),
        ("村（必填）", "村"),
    ],
)
def test_two_spellings_of_a_label(one, other):
    assert cells.label_key(one) == cells.label_key(other)


@pytest.mark.parametrize(
    "value", ["五保、重病", "五保，重病", "五保,重病；五保", " 五保  重病 ", "五保;重病、"]
)
def test_words(value):
    assert cells.clean_words(value) == "五保、重病"


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (" 王 有\u3000福", "王有福"),
        ("县 水务局", "县水务局"),
        ("买买提·艾力", "买买提·艾力"),
        ("买买提 • 艾力", "买买提·艾力"),
        ("买买提．艾力", "买买提·艾力"),
        ("Anna Li", "Anna Li"),
        ("第 1 中学", "第1中学"),
        ("王有福（大）", "王有福（大）"),
        ("王有福 (大)", "王有福（大）"),
        ("县发改局(物价局)", "县发改局（物价局）"),
    ],
)
def test_names(value, name):
    assert cells.clean_name(value, 20) == name


@pytest.mark.parametrize(
    "value", [3.0, True, dt.date(2012, 3, 5), "1", "/", "无", "不详", "13800001234", "王有福13800001234"]
)
def test_names_that_are_none(value):
    assert refused(cells.clean_name, value)[0] in {"不是名字", "名字里写了号码"}


@pytest.mark.parametrize("value", ["王*福", "王＊＊", "王?福", "王○福", "王××", "王□福"])
def test_names_that_are_masked_or_have_lost_a_letter(value):
    assert refused(cells.clean_name, value)[0].endswith("不是完整的名字")


@pytest.mark.parametrize("value", ["王三、李四", "王三/李四", "王三，李四", "王三；李四"])
def test_two_people_are_no_name(value):
    assert refused(cells.clean_person, value)[0] == "像是不止一个人"
    assert cells.clean_name("县纪委、监察局") == "县纪委、监察局"


# --- dates --------------------------------------------------------------------------------------

SEPARATED = [
    "{0}.{1}.{2}",
    "{0}-{1}-{2}",
    "{0}/{1}/{2}",
    "{0}年{1}月{2}日",
    "{0}年{1}月{2}号",
    " {0} . {1} . {2} ",
]
DAYS = st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31))


@given(
    DAYS,
    st.sampled_from(
        [*SEPARATED, "{0}{1:02}{2:02}", "{0}-{1:02}-{2:02} 08:30:00", "{0}年{1:02}月{2:02}日 星期三"]
    ),
)
def test_dates_as_people_write_them(day, form):
    written = form.format(day.year, day.month, day.day)
    wide = "".join(chr(ord(char) + 0xFEE0) if char.isdigit() else char for char in written)
    assert dates.clean_date(written) == dates.clean_date(wide) == day


@given(DAYS)
def test_dates_as_excel_gives_them(day):
    assert dates.clean_date(day) == day
    assert dates.clean_date(dt.datetime.combine(day, dt.time(8, 30))) == day
    assert dates.clean_date(float(f"{day:%Y%m%d}")) == day


def test_day_numbers_of_excel():
    assert dates.clean_date(42263.0) == dt.date(2015, 9, 16)
    assert dates.clean_date(42263.354) == dt.date(2015, 9, 16)


@pytest.mark.parametrize(
    ("value", "why", "remedy"),
    [
        ("2015.13.5", "没有 13 月", "写成 2015-03-05 这样"),
        ("2015.2.30", "2 月没有 30 日", "写成 2015-03-05 这样"),
        ("2015年2月29日", "2015 年 2 月没有 29 日", "写成 2015-03-05 这样"),
        ("20120230", "2 月没有 30 日", "写成 2012-03-05 这样"),
        ("12.3.5", "年份没有写满四位，或没写在最前面", "写成 2015-03-05 这样"),
        ("3/5/2012", "年份没有写满四位，或没写在最前面", "写成 2015-03-05 这样"),
        ("2012年3月", "没有写到哪一天", "写成 2012-03-05 这样"),
        (2012.3, "没有写到哪一天", "写成 2012-03-05 这样"),
        (2012.0, "没有写到哪一天", "写成 2012-03-05 这样"),
        ("去年冬天", "看不出是哪一天", "写成 2015-03-05 这样"),
        (5.0, "看不出是哪一天", "写成 2015-03-05 这样"),
        ("42263", "看不出是哪一天", "写成 2015-03-05 这样"),
        ("1899-12-31", "年份 1899 不对", "核对年份，应在 1900 到 2100 之间"),
        (dt.date(2101, 1, 1), "年份 2101 不对", "核对年份，应在 1900 到 2100 之间"),
        (True, "填的是“是”或“否”，不是日期", "写成 2015-03-05 这样"),
        (dt.time(8, 30), "填的是时间，不是日期", "写成 2015-03-05 这样"),
    ],
)
def test_dates_that_are_none(value, why, remedy):
    assert refused(dates.clean_date, value) == (why, remedy)


# --- numbers ------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["12", "１２", "12亩", " 12 亩 ", "12.0", 12, 12.0, "+12", "0012"])
def test_whole_numbers(value):
    assert cells.clean_int(value, 0, 100, "亩") == 12


@pytest.mark.parametrize(
    ("value", "why", "remedy"),
    [
        ("二千一", "不是数", "只填数字，单位元"),
        ("约12", "不是数", "只填数字，单位元"),
        ("1e3", "不是数", "只填数字，单位元"),
        ("12.5", "不是整数", "填整数，单位元"),
        (12.5, "不是整数", "填整数，单位元"),
        ("-3", "不能是负数", "核对这一格，单位元"),
        (-3.0, "不能是负数", "核对这一格，单位元"),
        ("1001", "大于 1000", "核对这一格，单位元"),
        ("12亩", "数字后面写了“亩”", "只填数字，单位元"),
        ("1.2万元", "写了“万元”", "换算成元，只填数字"),
        ("9" * 5000, "数太长", "核对这一格，单位元"),
        (1e300, "数太大", "核对这一格，单位元"),
        (float("nan"), "数太大", "核对这一格，单位元"),
        (dt.date(2015, 3, 5), "填的是日期，不是数", "把格式设为“常规”，再重录这一格"),
        (True, "填的是“是”或“否”，不是数", "把格式设为“常规”，再重录这一格"),
    ],
)
def test_numbers_that_are_none(value, why, remedy):
    assert refused(lambda v: cells.clean_int(v, 0, 1000, "元"), value) == (why, remedy)


@given(st.integers(-(10**14), 10**14))
def test_whole_numbers_in_every_writing(number):
    for written in (
        number,
        float(number),
        str(number),
        f"{number:,}",
        f"{number:,}".replace(",", "，"),
        f"{number}元",
    ):
        assert cells.clean_int(written, None, None, "元") == number


@given(st.decimals(0, 10**9, places=2))
def test_amounts_in_every_writing(amount):
    for written in (str(amount), f"{amount:,}", f"{amount}元", f"￥{amount}", float(amount)):
        assert cells.clean_decimal(written, 12, 2, "元") == amount


def test_amounts_round_only_what_excel_calculated():
    clean = partial(cells.clean_decimal, digits=6, places=2, unit="元")
    assert clean(2345.66667) == Decimal("2345.67")
    assert clean(0.005) == Decimal("0.01")
    assert str(clean("12")) == "12.00"
    assert refused(clean, "2345.667") == ("小数超过 2 位", "最多 2 位小数，单位元")
    assert refused(clean, "12345") == ("数太大", "最多 4 位整数，单位元")
    assert refused(clean, 9999.999) == ("数太大", "最多 4 位整数，单位元")
    assert refused(clean, "1,23") == ("不是数", "只填数字，单位元")
    assert refused(clean, "NaN") == ("不是数", "只填数字，单位元")


# --- yes and no, phones, choices ----------------------------------------------------------------


@pytest.mark.parametrize("value", ["是", "有", "√", "✓", "1", 1.0, 1, True, "Y", "ｙ", " 是 "])
def test_yes(value):
    assert cells.clean_yes_no(value) is True


@pytest.mark.parametrize("value", ["否", "无", "没有", "×", "0", 0.0, False, "N", "X"])
def test_no(value):
    assert cells.clean_yes_no(value) is False


@pytest.mark.parametrize("value", ["大概", "2", 2.0, "是否"])
def test_neither(value):
    assert refused(cells.clean_yes_no, value) == ("看不出是“是”还是“否”", "填“是”或“否”")


@pytest.mark.parametrize(
    ("value", "phone"),
    [
        ("13800001234", "13800001234"),
        (13800001234.0, "13800001234"),
        ("138 0000 1234", "13800001234"),
        ("138-0000-1234", "13800001234"),
        ("＋86 13800001234", "13800001234"),
        ("8613800001234", "13800001234"),
        ("0938-3412345", "0938-3412345"),
        ("（0938）3412345", "0938-3412345"),
        ("09383412345", "0938-3412345"),
        ("010 62345678", "010-62345678"),
    ],
)
def test_phones(value, phone):
    assert cells.clean_phone(value) == phone


@pytest.mark.parametrize(
    ("value", "why", "remedy"),
    [
        ("1380000123", "手机号少一位", "填满 11 位，没有就空着"),
        (1380000123.0, "手机号少一位", "填满 11 位，没有就空着"),
        ("138000012", "手机号少两位", "填满 11 位，没有就空着"),
        ("138000012345", "手机号多一位", "填满 11 位，没有就空着"),
        ("1.38E+10", "Excel 把号码当成了数，后面几位已经丢了", "整列设为“文本”，重录这一格"),
        ("138****1234", "号码中间有星号", "填满 11 位，没有就空着"),
        ("13800001234/13900001234", "写了不止一个号码", "只留一个，其余写到备注"),
        ("13800001234、13900001234", "写了不止一个号码", "只留一个，其余写到备注"),
        ("3412345", "座机没有写区号", "前面加上区号，如 0938-3412345"),
        ("无", "不是电话号码", "填满 11 位，没有就空着"),
        ("9383412345", "不像手机号，也不像带区号的座机", "照本人说的核对，没有就空着"),
        ("12800001234", "不像手机号，也不像带区号的座机", "照本人说的核对，没有就空着"),
    ],
)
def test_phones_that_are_none(value, why, remedy):
    assert refused(cells.clean_phone, value) == (why, remedy)


@pytest.mark.parametrize(
    "value", ["户主", " 户 主 ", "01", "1", 1.0, 1, "０１", "01户主", "01 户主", "01.户主"]
)
def test_a_choice_by_label_or_code(value):
    assert clean_relation(value) == "01"


def test_a_choice_by_another_word():
    clean = cells.clean_choice(RELATIONS, {"妻 子": "配偶", "其他": "户主"})
    assert (clean("妻子"), clean("其他"), clean("02")) == ("02", "10", "02")


def test_codes_with_and_without_zero():
    assert clean_relation(10.0) == "10"
    assert cells.clean_choice({"1": "一", "01": "零一"})("01") == "01"
    assert cells.clean_choice({"0": "无", "1": "有"})(0.0) == "0"


def test_a_choice_that_is_none_lists_what_may_be():
    assert refused(clean_relation, "邻居") == ("没有“邻居”这一项", "填户主、配偶、子女、其他之一")
    many = cells.clean_choice({str(number): f"第{number}种情形" for number in range(20)})
    _, remedy = refused(many, "别的")
    assert remedy.endswith("等 20 种之一")
    assert len(remedy) < 60
