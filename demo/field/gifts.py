"""Gifts: to a household with a difficulty, to all households of a village, or on a visit."""

from random import Random
from typing import NamedTuple

from villages.models import FundSource as Source
from visits.choices import AssistanceKind as Kind


class Gift(NamedTuple):
    """A gift per household: `cash`, `loan`, `price` (元 per unit) and `quantity` of goods."""

    kind: Kind
    content: str
    source: Source = Source.UNIT
    cash: int = 0
    goods: str = ""
    goods_unit: str = ""
    quantity: int = 0
    price: float = 0
    loan: int = 0


COMFORTS = (
    Gift(
        Kind.COMFORT, "春节慰问，每户一袋面、一桶油", goods="米面油", goods_unit="份", quantity=1, price=168.5
    ),
    Gift(Kind.COMFORT, "春节前送去米面和棉被", goods="棉被", goods_unit="床", quantity=1, price=126),
    Gift(Kind.COMFORT, "春节慰问金", Source.PERSON, cash=300),
    Gift(Kind.COMFORT, "年前慰问困难户", Source.TREASURY, cash=500),
    Gift(
        Kind.COMFORT,
        "单位职工捐的冬衣",
        Source.SOCIETY,
        goods="棉衣",
        goods_unit="件",
        quantity=2,
        price=89.9,
    ),
    Gift(
        Kind.SEND_CULTURE,
        "写春联、送年画",
        Source.PERSON,
        goods="春联",
        goods_unit="副",
        quantity=2,
        price=6.5,
    ),
)
"""Before 春节, to many households of a village."""
FOR_SPRING = (
    Gift(
        Kind.GOODS,
        "春耕前每户两袋复合肥",
        goods="复合肥",
        goods_unit="袋",
        quantity=2,
        price=132,
    ),
    Gift(Kind.GOODS, "每户五十株苹果苗", goods="苹果苗", goods_unit="株", quantity=50, price=6.8),
    Gift(
        Kind.GOODS,
        "每户二十只脱温鸡苗",
        goods="鸡苗",
        goods_unit="只",
        quantity=20,
        price=8.5,
    ),
    Gift(
        Kind.GOODS,
        "铺膜玉米用的地膜",
        Source.TREASURY,
        goods="地膜",
        goods_unit="卷",
        quantity=4,
        price=45.5,
    ),
    Gift(
        Kind.SEND_SCIENCE,
        "换洋芋脱毒种薯",
        Source.TREASURY,
        goods="脱毒种薯",
        goods_unit="公斤",
        quantity=60,
        price=1.9,
    ),
    Gift(
        Kind.GOODS,
        "社会爱心人士捐的花椒苗",
        Source.SOCIETY,
        goods="花椒苗",
        goods_unit="株",
        quantity=40,
        price=2.2,
    ),
    Gift(
        Kind.SEND_SCIENCE,
        "航椒种子和栽培明白纸",
        goods="航椒种子",
        goods_unit="袋",
        quantity=3,
        price=15,
    ),
)
"""Before sowing, to many households of a village."""
LOANS = (20_000, 30_000, 30_000, 50_000)
LOAN = Gift(Kind.FUNDS, "双联惠农贷款发放", Source.TREASURY)
BROUGHT: dict[str, Gift] = {
    "送去慰问金三百元": Gift(Kind.COMFORT, "慰问金三百元", Source.PERSON, cash=300),
    "送去一袋面、一桶油": Gift(
        Kind.COMFORT,
        "一袋面、一桶油",
        Source.PERSON,
        goods="米面油",
        goods_unit="份",
        quantity=1,
        price=165,
    ),
    "带了米面和一床棉被": Gift(
        Kind.COMFORT,
        "米面和一床棉被",
        goods="棉被和米面",
        goods_unit="份",
        quantity=1,
        price=238,
    ),
    "拿了些药和牛奶": Gift(
        Kind.COMFORT,
        "药和牛奶",
        Source.PERSON,
        goods="药和牛奶",
        goods_unit="份",
        quantity=1,
        price=96.5,
    ),
    "上次答应的化肥送到了": Gift(
        Kind.GOODS, "送去答应的化肥", goods="复合肥", goods_unit="袋", quantity=2, price=132
    ),
    "给娃娃带了两本书": Gift(
        Kind.SEND_CULTURE,
        "给孩子带了两本书",
        Source.PERSON,
        goods="图书",
        goods_unit="本",
        quantity=2,
        price=18.5,
    ),
}
"""By what the diary of a visit states was brought."""


class Lesson(NamedTuple):
    """A lesson: its subject and the range of its attendance."""

    content: str
    least: int
    most: int


LESSONS = {
    "请县农技中心讲航椒病虫害": Lesson("航椒病虫害防治培训", 41, 48),
    "果树修剪现场课": Lesson("果树修剪现场培训", 16, 40),
    "养牛技术培训": Lesson("养牛技术培训", 18, 45),
    "组织劳务培训报名": Lesson("劳务技能培训", 11, 11),
}
"""By what the diary of a visit to a village states was taught."""
THANKS: dict[Kind, tuple[str, ...]] = {
    Kind.COMFORT: ("说惦记着他们，心里热乎", "拉着手让再坐会儿", "说年过得宽裕些了"),
    Kind.GOODS: ("都用上了，长势不错", "说省了一笔开支", "说正缺这个，来得及时"),
    Kind.SEND_SCIENCE: ("今年比去年多收了两成", "说照着做见效", "还想再学剪枝"),
    Kind.FUNDS: ("钱已到账，按说好的用了", "说解了燃眉之急", "买了牛，养得精心"),
    Kind.SEND_CULTURE: ("娃娃喜欢得很", "贴在门上，红红火火"),
    Kind.TRAINING: ("听得明白，想再办一期",),
    Kind.SEND_PROJECT: ("村里人说盼了好几年", "社员大会上都拍手", "说往后方便多了"),
    Kind.PROJECT: ("用上了，方便多了",),
    Kind.MEDIATION: ("两家都说公道", "说清了，不再提了"),
    Kind.SEND_LAW: ("道理讲明白了，不再争", "说有法可依，心里有底"),
    Kind.SEND_POLICY: ("政策弄明白了", "表填好交上去了"),
    Kind.SEND_INFORMATION: ("去干了一个月，工钱按时发", "说活路不错"),
    Kind.SEND_HEALTH: ("血压稳住了", "说医生讲得细"),
    Kind.SEND_SERVICE: ("跑腿的事有人帮，方便多了",),
}
THANKED = 0.42


def thanks(rng: Random, kind: Kind) -> str:
    """Return the family's comment on it; '' if nobody has asked yet."""
    return rng.choice(THANKS[kind]) if rng.random() < THANKED else ""
