"""A workbook of generated households with all columns of the kind, as a county would paste them."""

import io
import random
from collections.abc import Iterator
from datetime import date, timedelta

from core import identity
from core.importing.sheet import kind_of
from core.sheets import write_rows
from households.choices import Cause, Education, Health, Kind, Labour, MigrantWork, Schooling
from villages.models import Village

SURNAMES = "王李张刘陈杨马令漆包康汪魏何苟裴焦丁车年山袁孙赵"
GIVEN = "福贵财喜田仓山林平生玉兰英梅霞莲秀芳改银进来存守满立建志海学"


def workbook(rows: int) -> bytes:
    """Return an .xlsx with this many new households, the same at every run."""
    out = io.BytesIO()
    labels = headings()
    write_rows(out, labels, households(rows, labels))
    return out.getvalue()


def headings() -> list[str]:
    return [column.label for column in kind_of("households").columns.values()]


def households(rows: int, labels: list[str]) -> Iterator[list[str]]:
    draw = random.Random(rows)
    villages = list(Village.objects.select_related("division").order_by("code"))
    return (household(draw, villages, number, labels) for number in range(rows))


def household(draw: random.Random, villages: list[Village], number: int, labels: list[str]) -> list[str]:
    village = villages[number % len(villages)]
    born = date(1935, 1, 1) + timedelta(days=number % 18_000)
    sex = draw.choice("12")
    first = f"620524{born:%Y%m%d}{(number // 18_000) * 100 + draw.randrange(1, 50) * 2 + (sex == '1'):03}"
    cells = {
        "乡镇": village.division.name,
        "村": village.name,
        "村级代码": village.code,
        "组(社)": draw.choice("一二三四五六") + "组",
        "住址": f"{draw.randrange(1, 200)}号",
        "联系电话": f"139{draw.randrange(10**8):08}",
        "家庭人口": draw.randrange(1, 8),
        "贫困户属性": draw.choice(Kind.labels),
        "主要致贫原因": draw.choice(Cause.labels),
        "其他致贫原因": draw.choice(["", "缺资金", "因学"]),
        "标记": draw.choice(["", "", "重病", "留守"]),
        "识别日期": draw.choice(["2014-05-12", "2014.5.12", "2014年5月12日"]),
        "识别时人均纯收入": f"{draw.randrange(1000, 2300)}",
        "备注": draw.choice(["", "", "住房老旧"]),
        "户主姓名": draw.choice(SURNAMES) + draw.choice(GIVEN) + draw.choice(GIVEN),
        "身份证号": first + identity.check_digit(first),
        "性别": "男" if sex == "1" else "女",
        "出生日期": f"{born:%Y-%m-%d}",
        "民族": draw.choice(["汉族", "汉族", "回族"]),
        "文化程度": draw.choice(Education.labels[:4]),
        "在校生状况": Schooling.NONE.label,
        "健康状况": draw.choice(Health.labels),
        "劳动能力": draw.choice(Labour.labels),
        "务工情况": draw.choice(MigrantWork.labels),
        "上年务工时间": draw.choice(["", "6", "10"]),
        "参加新型农村合作医疗": "是",
        "参加城乡居民基本养老保险": draw.choice("是否"),
        "原系统编号": f"GS{number:09}",
    }
    return [str(cells.get(label, "")) for label in labels]
