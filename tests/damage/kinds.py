"""The kinds of damage: each changes a sheet and notes what the clerk knows about it."""

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

from households.choices import Cause
from tests.damage.sheets import Column, Formatted, Line, Sheet
from units.roles import Rank

Damage = Callable[[Sheet, Random], None]
NUMBERS = {
    "家庭人口": ("0", "0.00", '0"人"', "#,##0"),
    "识别时人均纯收入": ("#,##0", "#,##0.00", "¥#,##0", '0"元"'),
}
CODES = {"组(社)": ("第", '"第"0"组"'), "原系统编号": ("GS", '"GS"00000'), "工号": ("", "000000")}
MERGED = ("乡镇", "村", "组(社)", "单位", "主要致贫原因", "干部姓名", "级别")
COUNTED = ("家庭人口", "联系电话", "手机号", "识别时人均纯收入")
WORDS = {
    "贫困户属性": {"低保户": "低保", "五保户": "特困供养户", "一般贫困户": "一般户"},
    "主要致贫原因": {"因病": "疾病", "缺劳力": "缺劳动力", "因学": "上学", "缺技术": "无技术"},
    "性别": {"男": "男性", "女": "女性"},
    "民族": {"汉族": "汉", "回族": "回"},
    "健康状况": {"健康": "良好", "长期慢性病": "慢性病"},
    "级别": {Rank.SECTION.label: "正科", Rank.GENERAL.label: "科员"},
}
UNKNOWN_WORDS = {
    "主要致贫原因": {label: f"{label[-1]}方面有困难" for label in Cause.labels},
    "贫困户属性": {"一般贫困户": "建档户", "低收入农户": "边缘户"},
    "级别": {label: f"{label[0]}等" for label in Rank.labels},
}
PLACES = {"乡镇": ("武山县{0}", "{0}人民政府", "{1}"), "村": ("{0}民委员会", "{1}", "{0}委会")}
"""The whole name, and the name without its last character."""
UNKNOWN_HEADINGS = ("情况甲", "登记栏", "数据项", "内容一", "丙项")
ADDED = ("牲畜存栏", "是否党员", "土地确权证", "审核意见", "上报批次", "农机台数")
GROUPS = ("基本情况", "家庭情况", "其他信息", "登记")
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def some(draw: Random, items: list[Any], most: int) -> list[Any]:
    return draw.sample(items, draw.randrange(1, min(most, len(items)) + 1)) if items else []


def own_places(sheet: Sheet) -> list[int]:
    return [place for place, column in enumerate(sheet.columns) if column.own]


def data(sheet: Sheet) -> list[Line]:
    return [line for line in sheet.lines if line.row is not None]


def text_cells(sheet: Sheet, label: str) -> list[tuple[Line, int]]:
    place = sheet.place(label)
    if place is None:
        return []
    return [(line, place) for line in data(sheet) if isinstance(line.cells[place], str) and line.cells[place]]


def insert(sheet: Sheet, draw: Random, line: Line, *, at_end: bool = False) -> None:
    at = len(sheet.lines) if at_end else draw.randrange(1, len(sheet.lines) + 1)
    line.cells += [""] * (len(sheet.columns) - len(line.cells))
    sheet.lines.insert(at, line)


# --- what stands where ---------------------------------------------------------------------------


def merge_words(sheet: Sheet, draw: Random) -> None:
    for label in some(draw, [label for label in MERGED if sheet.place(label) is not None], 3):
        sheet.columns[sheet.place(label) or 0].merged = True


def merge_numbers(sheet: Sheet, draw: Random) -> None:
    for label in some(draw, [label for label in COUNTED if sheet.place(label) is not None], 1):
        sheet.columns[sheet.place(label) or 0].merged = True


def two_levels(sheet: Sheet, draw: Random) -> None:
    """Put a group above neighbouring columns; 户主情况 over 姓名 is 户主姓名."""
    start = draw.randrange(len(sheet.columns) - 2)
    group = draw.choice(GROUPS)
    for column in sheet.columns[start : start + draw.randrange(2, 5)]:
        column.group = group
    sheet.group_merged = draw.random() < 0.6


def head_group(sheet: Sheet, draw: Random) -> None:
    place = sheet.place("户主姓名")
    if place is not None and not any(column.group for column in sheet.columns):
        for column in sheet.columns[place : place + 2]:
            column.group = "户主情况"
        sheet.columns[place].heading = "姓名"
        sheet.group_merged = draw.random() < 0.6


def other_order(sheet: Sheet, draw: Random) -> None:
    if any(column.group for column in sheet.columns) or any(line.across for line in sheet.lines):
        return
    order = list(range(len(sheet.columns)))
    draw.shuffle(order)
    sheet.columns = [sheet.columns[place] for place in order]
    for line in sheet.lines:
        line.cells = [line.cells[place] for place in order]


def add_column(sheet: Sheet, draw: Random, heading: str, cells: Callable[[int], str]) -> None:
    at = draw.randrange(len(sheet.columns) + 1)
    around = {column.group for column in sheet.columns[max(0, at - 1) : at + 1]}
    group = around.pop() if len(around) == 1 else ""
    sheet.columns.insert(at, Column(heading, group=group))
    for number, line in enumerate(sheet.lines):
        # A merged line and a repeated heading stay what they are.
        line.cells.insert(
            at if not line.across else len(line.cells), cells(number) if line.row is not None else ""
        )


def unknown_column(sheet: Sheet, draw: Random) -> None:
    words = draw.choice([("是", "否"), ("好", "一般"), ("3", "12"), ("同意", "")])
    add_column(sheet, draw, draw.choice(ADDED), lambda number: words[number % 2])


def bare_column(sheet: Sheet, draw: Random) -> None:
    add_column(sheet, draw, "", lambda number: "已核" if number % 3 == 0 else "")


def blank_column(sheet: Sheet, draw: Random) -> None:
    add_column(sheet, draw, "", lambda number: "")


def numbered(sheet: Sheet, draw: Random) -> None:
    add_column(sheet, draw, draw.choice(["序号", "编号"]), lambda number: str(number + 1))


def titles(sheet: Sheet, draw: Random) -> None:
    width = len(sheet.columns)
    for text in some(draw, ["武山县2015年花名册", "填报单位：洛门镇人民政府", "2015年9月16日", ""], 3):
        across = width if text and draw.random() < 0.5 else 0
        sheet.titles.append(Line([text, *[""] * (width - 1)], across=across))


# --- rows that are no data -----------------------------------------------------------------------


def totals(sheet: Sheet, draw: Random) -> None:
    words = draw.choice(["合计", "小计", "总 计", "共 12 户", "洛门镇小计", "本页合计", "累计"])
    line = Line([words, *[""] * (len(sheet.columns) - 1)], named=True)
    place = sheet.place("家庭人口")
    if place:
        line.cells[place] = "31"
    if draw.random() < 0.4 and place != 1:
        line.across = 2
    insert(sheet, draw, line, at_end=draw.random() < 0.5)


def note_rows(sheet: Sheet, draw: Random) -> None:
    text = draw.choice(
        [
            "注：本表一式两份",
            "填表说明：1. 由村委会填写。",
            "备注：数据截至9月底",
            "1、人口以户口簿为准",
            "以下空白",
        ]
    )
    across = len(sheet.columns) if draw.random() < 0.5 else 0
    insert(sheet, draw, Line([text], named=True, across=across), at_end=True)


def signatures(sheet: Sheet, draw: Random) -> None:
    line = Line(["填表人：张三", *[""] * (len(sheet.columns) - 1)], named=True)
    line.cells[draw.randrange(1, len(sheet.columns))] = "审核人：李四"
    insert(sheet, draw, line, at_end=True)


def repeated_heading(sheet: Sheet, draw: Random) -> None:
    insert(sheet, draw, Line([], named=True, is_heading=True))


def blank_rows(sheet: Sheet, draw: Random) -> None:
    for _ in range(draw.randrange(1, 4)):
        insert(sheet, draw, Line([draw.choice(["", " ", "　"])]))


def hidden_rows(sheet: Sheet, draw: Random) -> None:
    for line in some(draw, data(sheet), 4):
        line.hidden = True


# --- what the cells and headings say --------------------------------------------------------------


def formats(sheet: Sheet, draw: Random) -> None:
    for label, codes in NUMBERS.items():
        code = draw.choice(codes)
        for line, place in text_cells(sheet, label):
            if line.cells[place].isdecimal():
                line.cells[place] = Formatted(int(line.cells[place]), code)


def code_formats(sheet: Sheet, draw: Random) -> None:
    """Write codes as numbers that only their format shows whole."""
    for label, prefix, code in (
        ("组(社)", "第", '"第"0"组"'),
        ("原系统编号", "GS", '"GS"00000'),
        ("工号", "", "000000"),
    ):
        for line, place in text_cells(sheet, label):
            digits = line.cells[place].removeprefix(prefix).removesuffix("组")
            if digits.isascii() and digits.isdecimal():
                line.cells[place] = Formatted(int(digits), code)


def phones_as_numbers(sheet: Sheet, draw: Random) -> None:
    for label in ("联系电话", "手机号"):
        for line, place in text_cells(sheet, label):
            if line.cells[place].isascii() and line.cells[place].isdecimal():
                line.cells[place] = Formatted(int(line.cells[place]), draw.choice(["0", "General"]))


def id_as_number(sheet: Sheet, draw: Random) -> None:
    """As Excel stores a typed ID number: its last digits are lost."""
    for line, place in some(draw, text_cells(sheet, "身份证号"), 2):
        number = line.cells[place]
        if len(number) == 18 and number.isascii() and number.isdecimal() and line.row is not None:
            line.cells[place] = Formatted(float(number[:15] + "000"), draw.choice(["0", "General"]))
            sheet.wrong.add((line.row, "身份证号"))


def dates(sheet: Sheet, draw: Random) -> None:
    written = draw.choice(
        ["{0.year}年{0.month}月{0.day}日", "{0.year}.{0.month}.{0.day}", "{0:%Y%m%d}", "excel"]
    )
    for label in ("识别日期", "开始日期"):
        for line, place in text_cells(sheet, label):
            try:
                day = date.fromisoformat(line.cells[place])
            except ValueError:
                continue
            if written == "excel":
                serial = (day - date(1899, 12, 30)).days
                line.cells[place] = Formatted(
                    serial, draw.choice(["yyyy-mm-dd", 'yyyy"年"m"月"d"日"', "m/d/yy"])
                )
            else:
                line.cells[place] = written.format(day)


def wide_digits(sheet: Sheet, draw: Random) -> None:
    labels = ["联系电话", "手机号", "家庭人口", "身份证号", "识别日期", "户编号", "工号", "组(社)"]
    for label in some(draw, labels, 3):
        for line, place in some(draw, text_cells(sheet, label), 4):
            line.cells[place] = line.cells[place].translate(WIDE)


def spaces(sheet: Sheet, draw: Random) -> None:
    for label in ("户主姓名", "姓名", "干部姓名", "村", "单位", "身份证号"):
        for line, place in some(draw, text_cells(sheet, label), 4):
            text = line.cells[place]
            line.cells[place] = draw.choice(
                [f" {text}", f"{text}　", f"{text[:1]} {text[1:]}", f"{text}\n", f"\t{text}"]
            )


def other_words(sheet: Sheet, draw: Random) -> None:
    for label in some(draw, [label for label in WORDS if sheet.place(label) is not None], 3):
        for line, place in text_cells(sheet, label):
            line.cells[place] = WORDS[label].get(line.cells[place], line.cells[place])


def unknown_words(sheet: Sheet, draw: Random) -> None:
    for label in some(draw, [label for label in UNKNOWN_WORDS if sheet.place(label) is not None], 2):
        for line, place in text_cells(sheet, label):
            word = UNKNOWN_WORDS[label].get(line.cells[place])
            if word:
                sheet.words[label, word] = line.cells[place]
                line.cells[place] = word


def other_headings(sheet: Sheet, draw: Random) -> None:
    for place in some(draw, own_places(sheet), 6):
        column = sheet.columns[place]
        assert column.own
        names = [column.own.label, *column.own.aliases]
        name = draw.choice(names)
        column.heading = draw.choice(
            [
                name,
                f"{name[:1]} {name[1:]}",
                f"*{name}",
                f"{name}（必填）",
                f"{name}\n",
                f"{name}：",
                f" {name} ",
            ]
        )


def unknown_headings(sheet: Sheet, draw: Random) -> None:
    names = list(UNKNOWN_HEADINGS)
    draw.shuffle(names)
    for place in some(draw, own_places(sheet), 3):
        sheet.columns[place].heading = names.pop()


def other_places(sheet: Sheet, draw: Random) -> None:
    """Write towns and villages as their seals and their neighbours do."""
    for label, spellings in PLACES.items():
        spelling = draw.choice(spellings)
        for line, place in text_cells(sheet, label):
            text = line.cells[place]
            if text.endswith(label[-1]):
                line.cells[place] = spelling.format(text, text[:-1])


def error_cells(sheet: Sheet, draw: Random) -> None:
    for line in some(draw, data(sheet), 2):
        place = draw.choice(own_places(sheet))
        own = sheet.columns[place].own
        if line.cells[place] != "" and own and line.row is not None:
            line.cells[place] = draw.choice(["#REF!", "#N/A", "######"])
            sheet.wrong.add((line.row, own.label))


KINDS: dict[str, Damage] = {
    damage.__name__: damage
    for damage in (
        merge_words, merge_numbers, two_levels, head_group, other_order, unknown_column, bare_column,
        blank_column, numbered, titles, totals, note_rows, signatures, repeated_heading, blank_rows,
        hidden_rows, formats, code_formats, phones_as_numbers, id_as_number, dates, wide_digits, spaces,
        other_words, unknown_words, other_headings, unknown_headings, other_places, error_cells,
    )
}  # fmt: skip
WRITINGS = (
    "xlsx",
    *(
        f"{encoding} {separator}"
        for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16")
        for separator in ",\t;"
    ),
)
