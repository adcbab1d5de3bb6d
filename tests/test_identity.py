"""ID numbers, their encryption and hashes; search by pinyin."""

import datetime as dt
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import crypto, identity, pinyin
from core.cells import CellError, DoubtfulCell

pytestmark = pytest.mark.once

OLD_KEY, NEW_KEY = b"o" * 32, b"n" * 32


@pytest.fixture
def two_keys(settings):
    settings.DATA_KEYS = {"k2": NEW_KEY, "k1": OLD_KEY}
    return settings


def number_of(born: dt.date, sequence: int, region: str = "620524") -> str:
    first17 = f"{region}{born:%Y%m%d}{sequence:03d}"
    return first17 + identity.check_digit(first17)


births = st.dates(dt.date(1900, 1, 1), dt.date(2024, 12, 31))
numbers = st.builds(number_of, births, st.integers(1, 999)).filter(lambda number: number[-3:] != "000")


def refusal(value: Any) -> CellError:
    with pytest.raises(CellError) as caught:
        identity.clean_id_number(value)
    return caught.value


# --- ID numbers ---------------------------------------------------------------------------------


def test_check_digit_of_the_standard_s_example():
    assert identity.check_digit("11010519491231002") == "X"


@given(births, st.integers(1, 999).filter(lambda sequence: sequence % 100))
def test_birth_date_and_sex_are_read_back(born, sequence):
    number = number_of(born, sequence)
    assert identity.clean_id_number(number) == number
    assert identity.birth_date(number) == born
    assert identity.sex(number) == ("1" if sequence % 2 else "2")


@given(numbers, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_never_passes(number, place, shift):
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert refusal(wrong)


@given(numbers, st.integers(0, 15))
def test_two_swapped_neighbours_never_pass(number, place):
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert swapped == number or refusal(swapped)


@given(numbers)
def test_written_by_many_hands(number):
    wide = "".join(chr(ord(char) + 0xFEE0) for char in number)
    apart = f"{number[:6]} {number[6:14]}-{number[14:]}"
    for written in (wide, f" {number}\u3000", apart, f"'{number}", number.lower()):
        assert identity.clean_id_number(written) == number


@given(numbers)
def test_a_number_cell_has_lost_its_end(number):
    for damaged in (float(int(number[:15]) * 1000), int(number[:17]) * 10, f"{float(number[:17]) * 10:.5E}"):
        error = refusal(damaged)
        assert error.why == "Excel 把号码当成了数，后面几位已经丢了"
        assert error.remedy == "整列设为“文本”，照证件重录这一格"


@pytest.mark.parametrize("written", ["6.20524E+17", "6.20524e17", "６.20524E+17"])
def test_scientific_notation(written):
    assert refusal(written).why == "Excel 把号码当成了数，后面几位已经丢了"


@given(numbers)
def test_zeroes_at_the_end_are_damage_until_confirmed(number):
    zeroed = number[:15] + "000"
    error = refusal(zeroed)
    assert (error.why, error.remedy) == ("末三位是 000，像是被 Excel 截断", "照证件核对，不要补零")
    may_be_right = identity.check_digit(zeroed[:17]) == "0"
    assert isinstance(error, DoubtfulCell) == may_be_right
    assert identity.doubted_number(f" {zeroed} ") == (zeroed if may_be_right else "")


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("620524199001011231", "校验码不对，18 位里有写错的"),
        ("620524900101123", "是 15 位的旧号码"),
        (620524900101123.0, "是 15 位的旧号码"),
        ("62052419900101123", "是 17 位，身份证号是 18 位"),
        ("620524********1234", "号码中间是星号"),
        ("62052419900101l23X", "里面有“L”，不是身份证号"),
        ("62052419900101X234", "X 只能在第 18 位"),
        ("005224199001011231", "前两位 00 不是哪个省的代码"),
        ("100524199001011231", "前两位 10 不是哪个省的代码"),
        (number_of(dt.date(1990, 1, 1), 12, "990524"), "前两位 99 不是哪个省的代码"),
        (number_of(dt.date(1990, 1, 1), 12, "160000"), "前两位 16 不是哪个省的代码"),
        ("无", "不是身份证号"),
        ("/", "不是身份证号"),
        (
            number_of(dt.date(1900, 1, 1), 12).replace("19000101", "18990101"),
            "第 7 到 14 位的出生年份 1899 太早",
        ),
        ("620524199002301239", "第 7 到 14 位的出生日期 19900230 不存在"),
        (number_of(dt.date(2999, 1, 1), 12), "第 7 到 14 位的出生日期 29990101 还没有到"),
    ],
)
def test_refusals_say_what_is_wrong(written, why):
    error = refusal(written)
    assert error.why == why
    assert str(error) == f"{error.why}。{error.remedy}。"


@given(numbers, st.sampled_from(sorted(identity.PROVINCES)), st.integers(0, 9999))
def test_any_county_of_a_province_is_taken(number, province, county):
    """Any county code of the province is accepted: county codes changed often, and a number keeps that of birth."""
    first = f"{province}{county:04}{number[6:17]}"
    number = first + identity.check_digit(first)
    assert number.endswith("000") or identity.clean_id_number(number) == number


@pytest.mark.parametrize("empty", ["", None, "  ", "\u3000"])
def test_empty_is_empty(empty):
    assert identity.clean_id_number(empty) == ""


@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.dates(), st.times()))
def test_any_value_is_a_number_or_a_sentence(value):
    try:
        outcome = len(identity.clean_id_number(value)) in {0, 18, 20}
    except CellError as error:
        outcome = bool(error.why and error.remedy)
    assert outcome


@given(numbers, st.sampled_from("1234567"), st.sampled_from("1234"))
def test_a_disability_card_is_the_same_person(number, kind, level):
    card = number + kind + level
    assert identity.clean_id_number(card) == card
    assert identity.id_hash(card) == identity.id_hash(number)
    assert identity.mask(card) == identity.mask(number)


@given(numbers)
def test_a_disability_card_of_no_kind_is_refused(number):
    assert refusal(number + "84").why.startswith("残疾人证末两位不对")


@given(numbers)
def test_a_mask_leaves_the_region_and_is_known_again(number):
    mask = identity.mask(number)
    assert mask == f"{number[:6]}************"
    assert identity.looks_masked(mask)
    assert not identity.looks_masked(number)


@given(
    numbers, st.sampled_from(["{}", "身份证{}号", "(13800001234，{})", "2015-09-16 {}41"]), st.integers(1, 17)
)
def test_a_number_in_a_text_is_found_and_hidden(number, text, gap):
    for written in (number, f"{number[:gap]} {number[gap:]}", f"{number[:6]}-{number[6:14]}-{number[14:]}"):
        assert identity.holds_number(text.format(written))
        hidden = identity.hide_numbers(text.format(written))
        assert number[6:14] not in hidden.replace("-", "").replace(" ", "")
        assert f"{number[:6]}************" in hidden
        assert not re.search(r"\*\d", hidden)
        assert not identity.holds_number(hidden)


@pytest.mark.parametrize("text", ["620524６００５01１２３", "６２０５２４１９６００５０１１２３ｘ"])
def test_old_and_full_width_numbers_are_found(text):
    assert identity.holds_number(text)


@pytest.mark.parametrize("length", [16, 17])
def test_a_number_that_lacks_a_digit_or_two_is_found_and_hidden(length):
    """A number that lacks one or two digits is found and hidden, since the last digit follows from the others."""
    text = f"身份证 {number_of(dt.date(1957, 3, 5), 739)[:length]}，尾数看不清"
    assert identity.holds_number(text)
    assert identity.hide_numbers(text) == "身份证 620524************，尾数看不清"


@pytest.mark.parametrize(
    "text",
    [
        *("2015-09 2015-09-16 10", "6217857600012345"),
        *("620524100201-017", "620524100103005", "620524200103002001", "6217857600012345678"),
        *("13800001234、13900001234", "2015-09-16 2015-09-17", "0938-3412345 13800001234"),
    ],
)
def test_other_numbers_are_none(text):
    assert not identity.holds_number(text)
    assert identity.hide_numbers(text) == text


def test_a_mask_of_anything_shows_no_more_than_a_number_s():
    assert identity.mask("12345") == "*****"
    assert identity.mask("") == ""


# --- encryption and hashes ----------------------------------------------------------------------


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_sealed_text_opens_and_seals_alike(text):
    token = crypto.seal_text(text)
    assert crypto.open_text(token) == text
    assert crypto.seal_text(text) == token


@given(numbers)
def test_a_token_shows_nothing_of_the_number(number):
    token = identity.encrypt(number)
    assert number[:6] not in token
    assert identity.decrypt(token) == number


def test_old_tokens_open_while_keys_rotate(two_keys):
    two_keys.DATA_KEYS = {"k1": OLD_KEY}
    token, found_by, file = crypto.seal_text("王有福"), crypto.keyed_hash("王有福"), crypto.seal_bytes(b"PK")
    two_keys.DATA_KEYS = {"k2": NEW_KEY, "k1": OLD_KEY}
    assert crypto.open_text(token) == "王有福"
    assert crypto.open_bytes(file) == b"PK"
    assert crypto.keyed_hashes("王有福") == [crypto.keyed_hash("王有福"), found_by]
    assert not crypto.is_current(token)
    assert crypto.is_current(crypto.seal_text("王有福"))


@pytest.mark.parametrize("token", ["k9:AAAA", "k2:AAAA", "k2:", "k2:不是", "nonsense", "k1:" + "A" * 64])
def test_a_broken_token_is_told(two_keys, token):
    with pytest.raises(crypto.SealError):
        crypto.open_text(token)


@given(st.binary(max_size=2000))
def test_a_sealed_file_opens(data):
    assert crypto.open_bytes(crypto.seal_bytes(data)) == data


@given(st.binary(max_size=100), st.data())
def test_a_changed_file_never_opens(plain, data):
    sealed = bytearray(crypto.seal_bytes(plain))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(crypto.SealError):
        crypto.open_bytes(bytes(sealed))


@pytest.mark.parametrize("data", [b"", b"\x05", b"PK\x03\x04 not sealed at all"])
def test_what_was_never_sealed_is_told(data):
    with pytest.raises(crypto.SealError):
        crypto.open_bytes(data)


# --- pinyin -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("王有福", ("wangyoufu", "wyf")),
        ("曾秀英", ("zengxiuying", "zxy")),
        ("单 仇", ("shanchou", "sc")),
        ("解放军", ("xiefangjun", "xfj")),
        ("尉迟恭", ("yuchigong", "ycg")),
        ("万俟雪", ("moqixue", "mqx")),
        ("欧阳修", ("ouyangxiu", "oyx")),
        ("吕梁", ("lvliang", "ll")),
        ("买买提·艾力", ("maimaitiaili", "mmtal")),
        ("Anna Li", ("annali", "annali")),
        ("", ("", "")),
    ],
)
def test_names_of_people(name, forms):
    assert pinyin.search_forms(name) == forms
    assert (pinyin.pinyin(name), pinyin.initials(name)) == forms


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("解放村", ("jiefangcun", "jfc")),
        ("单家庄", ("shanjiazhuang", "sjz")),
        ("长咀", ("changzui", "cz")),
        ("武山县农业银行", ("wushanxiannongyeyinhang", "wsxnyyh")),
        ("城关镇第1中学", ("chengguanzhendi1zhongxue", "cgzd1zx")),
    ],
)
def test_names_of_places(name, forms):
    assert pinyin.place_forms(name) == forms


@given(st.text())
def test_pinyin_of_anything_has_one_initial_a_syllable(name):
    whole, first = pinyin.search_forms(name)
    assert len(first) <= len(whole)
