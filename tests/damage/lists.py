"""Clean lists of a small county, and the county that they are about."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from households.choices import Cause, Education, Ethnicity, Health, Kind, Labour
from tests.factories import make_cadre, make_division, make_household, make_unit, make_village
from tests.factories import make_id_number as id_number
from units.models import Cadre
from units.roles import Rank, Role

SURNAMES, GIVEN = "王李张刘陈杨马令漆包", "福贵财喜田仓山林平玉兰英梅霞"
TOWNS = {"洛门镇": ["大庄村", "汉坪村", "东关社区"], "滩歌镇": ["石峰村", "大庄村"]}
"""One name of a village stands for two, as in many counties."""
UNITS = ("县水务局", "县林业局", "县教育体育局")
Cells = dict[str, Any]


@dataclass
class County:
    """The rows that lists of cadres and pairings refer to."""

    office: Cadre
    cadres: list[Cadre]
    households: list[Cells] = field(default_factory=list)


def build() -> County:
    make_division()
    office = make_cadre(name="汪玉琪", unit=make_unit(name="县双联办"), role=Role.OFFICE)
    units = [make_unit(name=name) for name in UNITS]
    cadres = [
        make_cadre(name=f"{SURNAMES[n]}建{GIVEN[n]}", unit=units[n % 3], phone=f"1580000{n:04}")
        for n in range(6)
    ]
    county = County(office, cadres)
    for number, (town, villages) in enumerate(TOWNS.items(), start=1):
        division = make_division(code=f"62052410{number}", name=town)
        for place, name in enumerate(villages):
            village = make_village(name=name, town=division, code=f"{division.code}2{place:02}")
            for _ in range(2):
                head = f"{SURNAMES[len(county.households)]}存{GIVEN[len(county.households)]}"
                household = make_household(head=head, village=village, group="第1组")
                county.households.append(
                    {"户编号": household.no, "户主姓名": head, "乡镇": town, "村": name, "组(社)": "第1组"}
                )
    return county


def households(county: County, draw: Random) -> list[Cells]:
    rows: list[Cells] = []
    for town, villages in TOWNS.items():
        for village in villages:
            rows += [_household(draw, town, village, len(rows) + n) for n in range(draw.randrange(1, 4))]
    return rows


def _household(draw: Random, town: str, village: str, number: int) -> Cells:
    # Neighbours share some cells, which may be merged.
    born = date(1940, 1, 1) + timedelta(days=draw.randrange(15_000))
    sex = draw.choice("12")
    return {
        "乡镇": town,
        "村": village,
        "组(社)": f"第{number // 2 % 3 + 1}组",
        "原系统编号": f"GS{number:05}",
        "住址": f"{draw.randrange(1, 90)}号",
        "联系电话": f"139{draw.randrange(10**8):08}",
        "家庭人口": draw.choice("33425"),
        "贫困户属性": draw.choice(Kind.labels),
        "主要致贫原因": Cause.labels[number // 2 % 8],
        "识别日期": f"{date(2013, 3, 1) + timedelta(days=draw.randrange(700))}",
        "识别时人均纯收入": str(draw.randrange(1000, 2300)),
        "户主姓名": f"{draw.choice(SURNAMES)}{GIVEN[number % len(GIVEN)]}{draw.choice(GIVEN)}",
        "身份证号": id_number(born_on=born, sex=sex),
        "性别": "男" if sex == "1" else "女",
        "民族": draw.choice(Ethnicity.labels[:4]),
        "文化程度": draw.choice(Education.labels[:4]),
        "健康状况": draw.choice(Health.labels),
        "劳动能力": draw.choice(Labour.labels),
        "备注": draw.choice(["", "", "住房老旧", "长子外出务工"]),
    }


def cadres(county: County, draw: Random) -> list[Cells]:
    return [
        {
            "姓名": f"{draw.choice(SURNAMES)}守{GIVEN[n]}",
            "单位": UNITS[n * 3 // 9],
            "手机号": f"137{draw.randrange(10**4):04}{n:04}",
            "工号": f"{draw.randrange(1, 900) * 100 + n:06}",
            "级别": draw.choice([Rank.COUNTY, Rank.SECTION, Rank.GENERAL]).label,
            "职务": draw.choice(["", "股长", "干事"]),
        }
        for n in range(9)
    ]


def pairings(county: County, draw: Random) -> list[Cells]:
    rows = []
    for number, household in enumerate(county.households):
        cadre = county.cadres[number * len(county.cadres) // len(county.households)]
        started = date(2014, 3, 1) + timedelta(days=draw.randrange(600))
        rows.append(
            {
                "单位": cadre.unit.name,
                "干部姓名": cadre.name,
                "手机号": cadre.phone,
                **household,
                "开始日期": f"{started}",
            }
        )
    return rows


LISTS: dict[str, Callable[[County, Random], list[Cells]]] = {
    "households": households,
    "cadres": cadres,
    "household_pairings": pairings,
}
