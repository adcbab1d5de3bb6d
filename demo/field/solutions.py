"""Texts of problems: how they are described on a visit, what is done, how they end."""

from typing import NamedTuple

from demo.field.gifts import Gift
from villages.models import FundSource as Source
from visits.choices import AssistanceKind as Kind
from visits.choices import Category
from visits.models import ProblemStatus


class Solution(NamedTuple):
    """How a problem was solved, and the help this took."""

    word: str
    gift: Gift | None = None


TOLD: dict[str, Category] = {
    "药费每月要三四百": Category.MEDICINE,
    "合作医疗报了一半，剩下的还欠着亲戚": Category.MEDICINE,
    "慢性病本子还没办下来": Category.MEDICINE,
    "残疾证快到期了": Category.POLICY,
    "想要一辆轮椅": Category.OTHER,
    "孩子学费还差两千": Category.SCHOOL,
    "娃娃在县城上学，租房一年三千": Category.SCHOOL,
    "房子后墙有裂缝": Category.HOUSING,
    "水窖见底了，要到沟里拉水": Category.WATER,
    "自来水三天来一次": Category.WATER,
    "想学果树修剪": Category.SKILL,
    "架豆种了两年，病害不会治": Category.SKILL,
    "航椒苗年年黄叶": Category.SKILL,
    "娃娃没手艺，工地上挣得少": Category.WORK,
    "打工的钱年底才结": Category.WORK,
    "想再添两头牛，缺一万块": Category.FUNDS,
    "想搭个拱棚，钱不凑手": Category.FUNDS,
    "想贷款买辆三轮跑运输": Category.FUNDS,
    "化肥涨价，一直没舍得买": Category.SUPPLIES,
    "路不好走，菜拉不出去": Category.ROAD,
    "下雨天三轮车上不来": Category.ROAD,
    "和邻居为地埂吵了架": Category.DISPUTE,
    "为浇水先后起了争执": Category.DISPUTE,
}
"""Texts in the diary of a visit to a household, with the problem that they describe."""
SEEN: dict[str, Category] = {
    "看了村里的水源和管网，有两个社供水不足": Category.WATER,
    "沿通社路走了一遍，塌方处都拍了照": Category.ROAD,
    "到卫生室和小学看了看，缺桌凳和常用药": Category.SCHOOL,
}
"""Texts in the diary of a visit to a village, with the problem that they describe."""
HANDLED: dict[Category, tuple[str, ...]] = {
    Category.WATER: ("联系水管所去看管道", "和村上去看了水源"),
    Category.ROAD: ("和村上丈量了路段", "问了交通部门今年的计划"),
    Category.POWER: ("报给供电所排查线路", "请电工到户里看了"),
    Category.SCHOOL: ("和学校联系资助的事", "把助学材料备齐了"),
    Category.MEDICINE: ("收齐发票，问医疗救助", "联系卫生院，约好复查"),
    Category.HOUSING: ("拍照填表，报危房改造", "请镇上的人来看了房子"),
    Category.WORK: ("问了劳务公司有没有合适的活", "联系县上的技能培训"),
    Category.FUNDS: ("填了贷款申请表，送信用社", "问了互助社的条件"),
    Category.SKILL: ("约农技员到地头看", "报了镇里的培训班"),
    Category.SUPPLIES: ("和单位商量买些化肥", "问了供销社的价"),
    Category.SALES: ("联系收购的客商", "问了合作社收不收"),
    Category.DISPUTE: ("约两家和村调委会坐下来谈", "先分头听了两家的说法"),
    Category.POLICY: ("问了镇民政办的条件", "帮着备材料"),
    Category.OTHER: ("问了相关部门", "先和村上商量"),
}
RAISED_UP: dict[ProblemStatus, tuple[str, ...]] = {
    ProblemStatus.TO_UNIT: ("个人办不了，请单位出面", "要花钱，报单位研究"),
    ProblemStatus.TO_TOWN: ("请镇上纳入安排", "涉及全村，请镇政府牵头"),
    ProblemStatus.TO_OFFICE: ("要几个部门一起办，请双联办协调", "请县上列入项目"),
}
RETURNED = ("已协调好，请继续跟着办", "钱和人已落实，请联系户里")
SOLUTIONS: dict[Category, tuple[Solution, ...]] = {
    Category.WATER: (
        Solution("管道修好，水通到院里"),
        Solution(
            "单位出钱修了水窖",
            Gift(
                Kind.GOODS,
                "修水窖的水泥",
                goods="水泥",
                goods_unit="袋",
                quantity=20,
                price=19.5,
            ),
        ),
        Solution("调整了供水时间，天天有水", Gift(Kind.MEDIATION, "和水管所协调供水时间", Source.UNIT)),
    ),
    Category.ROAD: (
        Solution("门前的路垫了砂，三轮能上来"),
        Solution(
            "单位拉来砂石，和村民一起垫了路",
            Gift(Kind.GOODS, "垫路的砂石", goods="砂石", goods_unit="方", quantity=12, price=65),
        ),
    ),
    Category.POWER: (Solution("换了线，电压够了"), Solution("动力电接到了圈舍")),
    Category.SCHOOL: (
        Solution("生源地贷款办下来了"),
        Solution("单位职工捐的学费交上了", Gift(Kind.FUNDS, "单位职工捐助学费", cash=2000)),
        Solution(
            "教育资助批了，打到卡上",
            Gift(Kind.FUNDS, "教育资助", Source.TREASURY, cash=1500),
        ),
    ),
    Category.MEDICINE: (
        Solution("慢性病本子办好了", Gift(Kind.SEND_SERVICE, "代办慢性病本子", Source.PERSON)),
        Solution("医疗救助批了，打到卡上", Gift(Kind.FUNDS, "医疗救助", Source.TREASURY, cash=3000)),
        Solution("陪着到县医院复查，药也配了", Gift(Kind.SEND_HEALTH, "陪同复查，联系医生", Source.PERSON)),
    ),
    Category.HOUSING: (
        Solution("列入危房改造，墙已砌起来"),
        Solution(
            "危房改造补助到了，已经动工",
            Gift(Kind.FUNDS, "危房改造补助", Source.TREASURY, cash=11500),
        ),
    ),
    Category.WORK: (
        Solution("介绍到县城工地，干上了", Gift(Kind.SEND_INFORMATION, "介绍务工岗位", Source.PERSON)),
        Solution("学了电焊，跟着老乡出去了", Gift(Kind.SEND_INFORMATION, "联系电焊培训", Source.UNIT)),
    ),
    Category.FUNDS: (
        Solution(
            "双联惠农贷款批下来了",
            Gift(Kind.FUNDS, "双联惠农贷款", Source.TREASURY, loan=30_000),
        ),
        Solution("互助社借了五千，够周转", Gift(Kind.FUNDS, "村互助资金借款", Source.SOCIETY, loan=5000)),
        Solution("双联惠农贷款批了五万", Gift(Kind.FUNDS, "双联惠农贷款", Source.TREASURY, loan=50_000)),
    ),
    Category.SKILL: (
        Solution("农技员到地头教了两回", Gift(Kind.SEND_SCIENCE, "请农技员到地头指导", Source.UNIT)),
        Solution("参加了镇里的培训班，结业了"),
    ),
    Category.SUPPLIES: (
        Solution(
            "化肥送到了户里",
            Gift(
                Kind.GOODS,
                "送去复合肥",
                goods="复合肥",
                goods_unit="袋",
                quantity=3,
                price=132,
            ),
        ),
        Solution(
            "种子和地膜都送到了",
            Gift(
                Kind.GOODS, "送去地膜", Source.PERSON, goods="地膜", goods_unit="卷", quantity=3, price=45.5
            ),
        ),
    ),
    Category.SALES: (
        Solution("联系的客商收走了洋芋", Gift(Kind.SEND_INFORMATION, "联系客商收洋芋", Source.PERSON)),
        Solution("合作社按保底价收了"),
    ),
    Category.DISPUTE: (
        Solution("两家当面说开，立了字据", Gift(Kind.MEDIATION, "和村调委会一起调解", Source.PERSON)),
        Solution("定了次序，都认了", Gift(Kind.SEND_LAW, "讲清法律规定，调解到位", Source.PERSON)),
    ),
    Category.POLICY: (
        Solution("低保复核通过，补发了", Gift(Kind.SEND_POLICY, "讲政策、代办低保材料", Source.PERSON)),
        Solution("证换好了，送到户里", Gift(Kind.SEND_SERVICE, "代办换证", Source.PERSON)),
    ),
    Category.OTHER: (Solution("已按户里的意思办妥"), Solution("请镇上给解决了")),
}
OF_VILLAGE: dict[Category, str] = {
    Category.WATER: "管网修了一遍，供水正常",
    Category.ROAD: "塌方处清了，路通了",
    Category.SCHOOL: "单位送去课桌凳和常用药",
}
"""How a problem of a whole village is solved."""
SHELVED: dict[Category, tuple[str, ...]] = {
    Category.WATER: ("水源在邻乡，要等明年的工程",),
    Category.ROAD: ("今年没有项目，列入明年计划",),
    Category.SCHOOL: ("不在资助范围，已向户里说明",),
    Category.MEDICINE: ("药不在报销目录，已说明",),
    Category.HOUSING: ("今年危改名额已满，排在明年",),
    Category.FUNDS: ("有旧贷未还，信用社暂不批",),
    Category.SALES: ("市价低，客商暂不来收",),
    Category.POLICY: ("收入超过标准，评议没有通过",),
}
"""Why some categories cannot be solved for now; the others always can."""
CONFIRMED = ("户里说办好了，满意", "看了，确实办成了", "户主说没有意见", "电话里问过，已用上")
REOPENED = "户里说没有办到底，接着办"
CLOSED = ("", "", "按回访销号")
FROSTY = {11, 12, 1, 2, 3}
BY_TELEPHONE = {
    True: "打电话说门前的水管冻裂了，吃水要到邻家提",
    False: "打电话说门前的水管漏水，吃水要到邻家提",
}
"""By whether it freezes."""
