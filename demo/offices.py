"""The units of the demo county: typical names of a county, with a weight for their size."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from units.models import Unit

Level = Unit.Level


@dataclass(frozen=True)
class Style:
    """The posts in one kind of unit: head, deputies, others."""

    head: str
    deputies: tuple[str, ...]
    others: tuple[str, ...]


OFFICE = Style("主任", ("副主任", "纪检组长"), ("科员", "秘书", "办事员"))
BUREAU = Style("局长", ("副局长", "纪检组长", "副局长"), ("科员", "股长", "办事员", "技术员"))
DEPARTMENT = Style("部长", ("副部长",), ("科员", "干事"))
COURT = Style("院长", ("副院长", "庭长"), ("法官助理", "书记员", "科员"))
PROCURATORATE = Style("检察长", ("副检察长",), ("检察官助理", "书记员", "科员"))
SCHOOL = Style("校长", ("副校长", "工会主席"), ("教师", "教师", "班主任", "教研组长"))
HOSPITAL = Style("院长", ("副院长",), ("医师", "护士", "药师", "检验师"))
COMPANY = Style("经理", ("副经理",), ("职员", "客户经理", "班长"))
BANK = Style("行长", ("副行长",), ("信贷员", "柜员", "职员"))
TOWN = Style(
    "党委书记", ("镇长", "人大主席", "副镇长", "纪委书记", "武装部长", "副书记"), ("干事", "科员", "包村干部")
)
SECTION = Style("站长", ("副站长",), ("技术员", "办事员"))


@dataclass(frozen=True)
class Office:
    """A unit; `size` is the weight for its number of cadres; `county` and `section` count cadres of these ranks."""

    name: str
    short: str
    level: Level
    place: str
    style: Style
    size: float
    county: float = 0
    section: float = 1.5
    in_sample: bool = False


def _above(name: str, level: Level, style: Style, size: float, *, in_sample: bool = False) -> Office:
    place = {Level.PROVINCE: "62", Level.CITY: "6205"}[level]
    return Office(
        name, name, level, place, style, size, 2.2 if level == Level.PROVINCE else 1.6, 3, in_sample
    )


# Name after 武山县 or 中共武山县, style, size, number of cadres of county rank and of section rank.
COUNTY_OFFICES: tuple[tuple[str, Style, float, float, float], ...] = (
    ("双联办", OFFICE, 14, 0, 3),
    ("委办公室", OFFICE, 34, 9, 6),
    ("人大常委会办公室", OFFICE, 26, 9, 6),
    ("人民政府办公室", OFFICE, 42, 9, 7),
    ("政协办公室", OFFICE, 26, 9, 6),
    ("纪委监察局", OFFICE, 34, 2, 6),
    ("委组织部", DEPARTMENT, 30, 1, 5),
    ("委宣传部", DEPARTMENT, 22, 1, 4),
    ("委统战部", DEPARTMENT, 14, 1, 3),
    ("委政法委", OFFICE, 18, 1, 4),
    ("委党校", SCHOOL, 16, 0, 3),
    ("委老干部局", BUREAU, 12, 0, 2),
    ("机构编制委员会办公室", OFFICE, 12, 0, 2),
    ("直属机关工委", OFFICE, 10, 0, 2),
    ("信访局", BUREAU, 12, 0, 2),
    ("档案局", BUREAU, 14, 0, 2),
    ("总工会", OFFICE, 14, 0, 3),
    ("团委", OFFICE, 10, 0, 2),
    ("妇女联合会", OFFICE, 12, 0, 2),
    ("科学技术协会", OFFICE, 10, 0, 2),
    ("残疾人联合会", OFFICE, 14, 0, 2),
    ("工商业联合会", OFFICE, 9, 0, 2),
    ("人民武装部", DEPARTMENT, 14, 2, 2),
    ("人民法院", COURT, 48, 1, 6),
    ("人民检察院", PROCURATORATE, 40, 1, 6),
    ("发展和改革局", BUREAU, 34, 0, 4),
    ("工业和信息化局", BUREAU, 26, 0, 3),
    ("教育体育局", BUREAU, 56, 0, 5),
    ("科学技术局", BUREAU, 16, 0, 2),
    ("民族宗教事务局", BUREAU, 10, 0, 2),
    ("公安局", BUREAU, 105, 1, 9),
    ("公安局交通警察大队", BUREAU, 46, 0, 3),
    ("森林公安局", BUREAU, 18, 0, 2),
    ("民政局", BUREAU, 36, 0, 4),
    ("司法局", BUREAU, 34, 0, 3),
    ("财政局", BUREAU, 62, 0, 5),
    ("人力资源和社会保障局", BUREAU, 44, 0, 4),
    ("国土资源局", BUREAU, 52, 0, 4),
    ("住房和城乡建设局", BUREAU, 56, 0, 4),
    ("城市管理行政执法局", BUREAU, 40, 0, 2),
    ("房产管理局", BUREAU, 20, 0, 2),
    ("交通运输局", BUREAU, 44, 0, 4),
    ("道路运输管理局", BUREAU, 30, 0, 2),
    ("公路管理段", SECTION, 36, 0, 2),
    ("水务局", BUREAU, 52, 0, 4),
    ("水土保持局", BUREAU, 30, 0, 2),
    ("农业局", BUREAU, 60, 0, 4),
    ("农业技术推广中心", SECTION, 36, 0, 1),
    ("种子管理站", SECTION, 16, 0, 1),
    ("经济作物工作站", SECTION, 18, 0, 1),
    ("蔬菜产业开发办公室", OFFICE, 18, 0, 2),
    ("果业局", BUREAU, 22, 0, 2),
    ("农业机械管理局", BUREAU, 24, 0, 2),
    ("林业局", BUREAU, 48, 0, 3),
    ("畜牧兽医局", BUREAU, 48, 0, 3),
    ("动物疫病预防控制中心", SECTION, 24, 0, 1),
    ("扶贫开发办公室", OFFICE, 28, 0, 3),
    ("农村能源办公室", OFFICE, 12, 0, 1),
    ("商务局", BUREAU, 24, 0, 3),
    ("招商局", BUREAU, 12, 0, 2),
    ("粮食局", BUREAU, 24, 0, 2),
    ("供销合作社联合社", OFFICE, 22, 0, 2),
    ("旅游局", BUREAU, 16, 0, 2),
    ("文化广播影视局", BUREAU, 34, 0, 3),
    ("广播电视台", SECTION, 30, 0, 2),
    ("文化馆", SECTION, 16, 0, 1),
    ("图书馆", SECTION, 12, 0, 1),
    ("博物馆", SECTION, 12, 0, 1),
    ("卫生和计划生育局", BUREAU, 50, 0, 4),
    ("新型农村合作医疗管理局", BUREAU, 18, 0, 1),
    ("人民医院", HOSPITAL, 100, 0, 3),
    ("中医医院", HOSPITAL, 62, 0, 2),
    ("妇幼保健院", HOSPITAL, 36, 0, 1),
    ("疾病预防控制中心", HOSPITAL, 34, 0, 1),
    ("卫生监督所", SECTION, 18, 0, 1),
    ("审计局", BUREAU, 26, 0, 3),
    ("统计局", BUREAU, 22, 0, 2),
    ("环境保护局", BUREAU, 30, 0, 3),
    ("安全生产监督管理局", BUREAU, 18, 0, 2),
    ("食品药品监督管理局", BUREAU, 42, 0, 3),
    ("工商行政管理局", BUREAU, 48, 0, 3),
    ("质量技术监督局", BUREAU, 22, 0, 2),
    ("国家税务局", BUREAU, 44, 0, 3),
    ("地方税务局", BUREAU, 44, 0, 3),
    ("气象局", BUREAU, 12, 0, 1),
    ("地震局", BUREAU, 9, 0, 1),
    ("机关事务管理局", BUREAU, 18, 0, 2),
    ("工业园区管理委员会", OFFICE, 16, 0, 2),
    ("社会保险事业管理局", BUREAU, 24, 0, 1),
    ("就业服务局", BUREAU, 20, 0, 1),
    ("自来水公司", COMPANY, 26, 0, 1),
    ("供电公司", COMPANY, 46, 0, 1),
    ("烟草专卖局", BUREAU, 16, 0, 1),
    ("邮政局", COMPANY, 28, 0, 1),
    ("电信分公司", COMPANY, 22, 0, 1),
    ("移动分公司", COMPANY, 20, 0, 1),
    ("农村信用合作联社", BANK, 52, 0, 1),
    ("农业银行支行", BANK, 26, 0, 1),
    ("建设银行支行", BANK, 18, 0, 1),
    ("邮政储蓄银行支行", BANK, 16, 0, 1),
    ("农业发展银行支行", BANK, 14, 0, 1),
    ("人寿保险支公司", COMPANY, 16, 0, 1),
    ("第一高级中学", SCHOOL, 98, 0, 2),
    ("第二高级中学", SCHOOL, 84, 0, 2),
    ("第三高级中学", SCHOOL, 70, 0, 2),
    ("职业中等专业学校", SCHOOL, 62, 0, 2),
    ("城关第一小学", SCHOOL, 54, 0, 1),
    ("城关第二小学", SCHOOL, 46, 0, 1),
    ("幼儿园", SCHOOL, 30, 0, 1),
)
SAMPLED = {"双联办", "委办公室", "水务局", "农业局", "人民医院", "第一高级中学", "农业银行支行"}

ABOVE = (
    _above("甘肃省农业科学院", Level.PROVINCE, OFFICE, 10, in_sample=True),
    _above("甘肃农业大学", Level.PROVINCE, SCHOOL, 10),
    _above("甘肃省水文水资源局", Level.PROVINCE, BUREAU, 9),
    _above("甘肃省公路管理局", Level.PROVINCE, BUREAU, 9),
    _above("甘肃省电力公司", Level.PROVINCE, COMPANY, 10),
    _above("天水市发展和改革委员会", Level.CITY, OFFICE, 12),
    _above("天水市水务局", Level.CITY, BUREAU, 12, in_sample=True),
    _above("天水市农业局", Level.CITY, BUREAU, 12),
    _above("天水市林业局", Level.CITY, BUREAU, 11),
    _above("天水市交通运输局", Level.CITY, BUREAU, 12),
    _above("天水市卫生和计划生育委员会", Level.CITY, OFFICE, 11),
    _above("天水市环境保护局", Level.CITY, BUREAU, 10),
    _above("天水市统计局", Level.CITY, BUREAU, 10),
    _above("天水市国土资源局", Level.CITY, BUREAU, 11),
    _above("天水市中级人民法院", Level.CITY, COURT, 12),
    _above("天水市人民检察院", Level.CITY, PROCURATORATE, 11),
    _above("天水市供销合作社联合社", Level.CITY, OFFICE, 9),
    _above("天水市广播电视台", Level.CITY, SECTION, 11),
    _above("天水师范学院", Level.CITY, SCHOOL, 14),
    _above("天水市第一人民医院", Level.CITY, HOSPITAL, 14),
    _above("天水市烟草专卖局", Level.CITY, BUREAU, 10),
    _above("天水市果树研究所", Level.CITY, SECTION, 10),
    _above("天水市农业科学研究所", Level.CITY, SECTION, 10),
    _above("天水供电公司", Level.CITY, COMPANY, 12),
    _above("天水市科学技术局", Level.CITY, BUREAU, 9),
)


def _of_county(county: str, code: str) -> Iterator[Office]:
    for name, style, size, county_rank, section in COUNTY_OFFICES:
        full = f"中共{county}{name}" if name.startswith("委") else county + name
        yield Office(
            full, f"县{name}", Level.COUNTY, code, style, size, county_rank, section, name in SAMPLED
        )


def _of_town(town: str, code: str) -> Iterator[Office]:
    yield Office(f"{town}人民政府", f"{town}政府", Level.TOWN, code, TOWN, 66, 0, 11, in_sample=True)
    yield Office(f"{town}学区", f"{town}学区", Level.TOWN, code, SCHOOL, 62, 0, 1)
    yield Office(f"{town}卫生院", f"{town}卫生院", Level.TOWN, code, HOSPITAL, 24, 0, 1)


def catalogue(county: str, code: str, towns: dict[str, str]) -> Sequence[Office]:
    """Return all units that work in the county, ordered by code; `towns` is {code: name}."""
    of_towns = chain.from_iterable(_of_town(name, town) for town, name in towns.items())
    return [*ABOVE, *_of_county(county, code), *of_towns]
