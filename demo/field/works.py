"""Kinds of village projects: what is built, its quantity and price, who pays, and typical progress notes."""

from enum import Enum, auto
from typing import NamedTuple

from villages.models import FundSource as Source
from villages.models import Project

Kind = Project.Kind


class Serves(Enum):
    """Who benefits: the whole village; some households, poor or not; poor households only."""

    ALL = auto()
    SOME = auto()
    POOR = auto()


class Goods(NamedTuple):
    """What each household gets from a project; `price` in 元 per unit."""

    name: str
    measure: str
    quantity: int
    price: float
    content: str


class Work(NamedTuple):
    """A kind of project.

    `amount` is a range, or 0 if it follows from the households; `price` is 元 per unit, `months` the time of
    building, `shares` the split of funds by source.
    """

    kind: Kind
    name: str
    content: str
    amount: tuple[int, int]
    price: int
    months: tuple[int, int]
    shares: dict[Source, float]
    stages: tuple[str, ...]
    serves: Serves = Serves.ALL
    goods: Goods | None = None


STATE = {Source.TREASURY: 0.86, Source.UNIT: 0.08, Source.SOCIETY: 0.06}
PROGRAMME = {Source.PROJECT: 0.82, Source.TREASURY: 0.12, Source.UNIT: 0.06}
BY_UNIT = {Source.UNIT: 0.64, Source.TREASURY: 0.36}
GIVEN = {Source.UNIT: 0.55, Source.SOCIETY: 0.37, Source.PERSON: 0.08}

TAPS = Work(
    Kind.WATER,
    "自来水入户工程",
    "铺设主管道和入户支管，新建蓄水池一座，{amount}户接通自来水",
    (0, 0),
    3200,
    (3, 7),
    STATE,
    (
        "和水务上的人一起定了管线，社员大会通过",
        "开工，主管沟挖了一半",
        "蓄水池打好，支管开始入户",
        "通水验收，交村上管护",
    ),
    serves=Serves.SOME,
)
ROAD = Work(
    Kind.ROAD,
    "通社道路硬化",
    "硬化通社道路{amount}公里，路面宽3.5米",
    (1, 5),
    368_000,
    (2, 5),
    STATE,
    (
        "丈量了路段，占地的几户都签了字",
        "路基整平，拉砂石垫层",
        "水泥路面打了一多半",
        "路肩培土完，镇上验收合格",
    ),
    serves=Serves.SOME,
)
HOUSES = Work(
    Kind.HOUSING,
    "危房改造",
    "拆旧建新{amount}户，每户补助一万一千五百元",
    (0, 0),
    11_500,
    (4, 8),
    {Source.TREASURY: 1.0},
    ("逐户鉴定，村上公示七天", "地基都打好了，砖已拉到", "主体封顶，正在粉墙", "入住验收，补助打到卡上"),
    serves=Serves.POOR,
)
FIELD_ROAD = Work(
    Kind.ROAD,
    "产业路砂化",
    "砂化田间产业路{amount}公里",
    (1, 6),
    62_000,
    (1, 3),
    BY_UNIT,
    ("推土机进场，先整急弯陡坡", "路面铺砂压实一半", "三轮车能到地头，验收交工"),
    serves=Serves.SOME,
)
WELLS = Work(
    Kind.WATER,
    "集雨水窖建设",
    "修集雨水窖{amount}眼，配集雨场",
    (12, 40),
    4_300,
    (2, 5),
    PROGRAMME,
    ("窖址逐户看定", "开挖过半，水泥拉到社里", "窖都打成，落雨前能用上"),
    serves=Serves.SOME,
)
POWER = Work(
    Kind.POWER,
    "农网改造",
    "更换变压器{amount}台，接通动力电",
    (1, 2),
    146_000,
    (2, 4),
    {Source.TREASURY: 0.9, Source.UNIT: 0.1},
    ("供电所进村勘线", "立杆架线完成大半", "变压器换好，粉草机带得动了"),
)
CANAL = Work(
    Kind.FARMLAND,
    "灌溉渠道维修",
    "衬砌维修渠道{amount}公里",
    (1, 3),
    94_000,
    (2, 4),
    BY_UNIT,
    ("渠道清淤，定了衬砌段", "衬砌完一半，没有误春灌", "试水不漏，交用水协会"),
    serves=Serves.SOME,
)
TERRACES = Work(
    Kind.FARMLAND,
    "坡地改梯田",
    "机修梯田{amount}亩",
    (150, 600),
    880,
    (2, 5),
    PROGRAMME,
    ("地块按户登记造册", "推土机三台，完成一半", "梯田修完，按原亩数分到户"),
    serves=Serves.SOME,
)
DYKE = Work(
    Kind.FARMLAND,
    "河堤加固",
    "加固河堤{amount}米，清理行洪沟道",
    (200, 800),
    420,
    (2, 4),
    STATE,
    ("测了险段，赶汛前动工", "石笼码放过半", "堤段合龙，汛期前验收"),
)
SCHOOL = Work(
    Kind.SCHOOL,
    "村小学桌凳图书配备",
    "配课桌凳{amount}套，图书一批",
    (60, 150),
    280,
    (1, 2),
    GIVEN,
    ("和校长核了数，单位职工捐了一部分", "桌凳送到，图书上架"),
)
CLINIC = Work(
    Kind.HEALTH,
    "村卫生室改造",
    "改造卫生室{amount}平方米，配常用器械",
    (60, 120),
    1_150,
    (2, 4),
    PROGRAMME,
    ("旧房腾空，开始加固屋面", "隔间、粉刷做完", "器械到位，村医开诊"),
)
SQUARE = Work(
    Kind.CULTURE,
    "文化广场",
    "硬化广场{amount}平方米，配健身器材",
    (600, 1500),
    148,
    (2, 4),
    BY_UNIT,
    ("场地平整，清了三处柴堆", "场面硬化完，等器材", "器材装好，晚上有人跳舞"),
)
LIGHTS = Work(
    Kind.ENVIRONMENT,
    "村容整治",
    "装太阳能路灯{amount}盏，设垃圾收集点",
    (20, 60),
    3_100,
    (1, 3),
    BY_UNIT,
    ("路灯点位定了，清了卫生死角", "灯杆立起来一半", "路灯全亮，垃圾点有人管"),
)
MEETING_HOUSE = Work(
    Kind.OTHER,
    "村级活动场所改造",
    "改造村委会办公用房{amount}平方米",
    (90, 200),
    960,
    (2, 5),
    BY_UNIT,
    ("旧会议室拆了吊顶", "门窗、地面做完", "会议室能开会了，图书室也搬进来"),
)


def _industry(name: str, content: str, goods: Goods, *done: str) -> Work:
    content += "，配套棚圈、农机和培训"
    stages = ("村民代表会定了参加的户", f"{goods.name}分到户，技术员到场讲了一遍", *done)
    return Work(Kind.INDUSTRY, name, content, (0, 0), 0, (4, 8), PROGRAMME, stages, Serves.POOR, goods)


INDUSTRIES: dict[str, Work] = {
    "01": _industry(
        "蔬菜拱棚建设",
        "搭拱棚{amount}座，配棚膜",
        Goods("拱棚材料", "套", 1, 3_800, "每户一套拱棚骨架和棚膜"),
        "棚都搭起来了，头茬韭菜下种",
        "头茬菜上市，验收合格",
    ),
    "02": _industry(
        "高原夏菜示范",
        "种高原夏菜，育苗{amount}盘",
        Goods("蔬菜种苗", "盘", 40, 16, "每户四十盘航椒、甘蓝种苗"),
        "移栽成活九成以上",
        "客商到地头收菜，账已算清",
    ),
    "03": _industry(
        "果树栽植",
        "新栽苹果、花椒{amount}株",
        Goods("果树苗", "株", 80, 6.8, "每户八十株苹果、花椒苗"),
        "成活率九成，缺的补栽了",
        "越冬前涂白、灌了水，验收合格",
    ),
    "04": _industry(
        "中药材种植示范",
        "种党参、柴胡，分种苗{amount}公斤",
        Goods("药材种苗", "公斤", 30, 24, "每户三十公斤党参种苗"),
        "苗出齐了，拔了两遍草",
        "药商签了收购单，验收合格",
    ),
    "05": _industry(
        "脱毒洋芋扩繁",
        "换脱毒种薯{amount}公斤",
        Goods("脱毒种薯", "公斤", 300, 2.1, "每户三百公斤脱毒种薯"),
        "长势整齐，防了一遍晚疫病",
        "测产一亩多收四百斤",
    ),
    "06": _industry(
        "全膜玉米推广",
        "铺全膜双垄沟，用地膜{amount}卷",
        Goods("地膜", "卷", 8, 62, "每户八卷地膜"),
        "苗全苗旺，没有缺墒",
        "测产一亩多收二百斤",
    ),
    "07": _industry(
        "养牛到户",
        "购基础母牛{amount}头，统一防疫",
        Goods("基础母牛", "头", 1, 7_600, "每户一头基础母牛"),
        "兽医站打了防疫针，耳标上齐",
        "有几户已产犊，验收合格",
    ),
    "08": _industry(
        "养羊到户",
        "购小尾寒羊{amount}只，种草配套",
        Goods("小尾寒羊", "只", 4, 880, "每户四只小尾寒羊"),
        "羊都成活，紫花苜蓿出了苗",
        "繁了一茬羔，验收合格",
    ),
    "09": _industry(
        "养猪到户",
        "购能繁母猪{amount}头",
        Goods("能繁母猪", "头", 1, 2_400, "每户一头能繁母猪"),
        "圈舍消了毒，防疫做完",
        "仔猪已出栏一批，验收合格",
    ),
}
"""By option of V303."""
FOR_LIMITS: dict[str, tuple[Work, ...]] = {
    "01": (ROAD, FIELD_ROAD),
    "02": (CANAL,),
    "03": (TAPS, WELLS),
    "08": (TERRACES,),
    "09": (DYKE, TERRACES),
    "11": (MEETING_HOUSE,),
}
"""By option of V311; the other options are addressed by an industry."""
ANYWHERE = (SCHOOL, CLINIC, SQUARE, LIGHTS, POWER)
WON = ("争取到{name}项目", "跑成{name}项目，资金列入计划", "协调{name}项目立项")
"""送项目 texts about a project brought to the village."""
