"""Texts of activities: meetings, study, campaigns and training, with attendance and amount of material."""

from typing import NamedTuple

from visits.models import Activity

Kind = Activity.Kind
Range = tuple[int, int]
NONE: Range = (0, 0)


class Meeting(NamedTuple):
    """Ranges of attendance and of material; `months` in which it is held."""

    kind: Kind
    title: str
    text: str
    people: Range = NONE
    months: tuple[int, ...] = tuple(range(1, 13))
    slogans: Range = NONE
    banners: Range = NONE
    boards: Range = NONE
    handbooks: Range = NONE
    letters: Range = NONE


TOLD: dict[str, Meeting] = {
    "定下今年先修通社路": Meeting(
        Kind.COMMITTEES, "今年先办哪几件事", "议定先修通社路，再修水渠，各社出工办法下次定。", (7, 14)
    ),
    "逐户过了一遍贫困户名单": Meeting(
        Kind.COMMITTEES, "核对贫困户名单", "逐户核对，两户补材料，一户人口有变动。", (6, 12)
    ),
    "商量互助资金怎么用": Meeting(
        Kind.ASSEMBLY, "互助资金怎么用", "代表同意每户最多借五千元，逾期的先还后借。", (24, 52)
    ),
    "合作社分红的办法": Meeting(
        Kind.COMMITTEES, "合作社分红办法", "按股和交货量各算一半，下月上社员会。", (6, 13)
    ),
    "低保复核有三户意见不一致": Meeting(
        Kind.COMMITTEES, "低保复核", "三户意见不一致，定了再入户核实，结果张榜。", (8, 16)
    ),
}
"""By what the diary of a visit to a village states."""
TAUGHT = "请人讲了课，发了明白纸，当场答了问。"
IN_VILLAGES = (
    Meeting(
        Kind.PUBLICITY,
        "惠农政策宣传",
        "惠农贷款、低保、合作医疗怎么办，进社讲了一天。",
        (40, 160),
        slogans=(4, 12),
        banners=(1, 3),
        handbooks=(60, 200),
        letters=(60, 220),
    ),
    Meeting(
        Kind.PUBLICITY,
        "合作医疗缴费宣传",
        "讲缴费标准和报销比例，当天收齐两个社。",
        (30, 110),
        (10, 11, 12),
        banners=(1, 2),
        letters=(60, 240),
    ),
    Meeting(
        Kind.PUBLICITY,
        "双联行动主题宣传",
        "在村口和文化广场立了宣传牌，讲双联行动做什么。",
        (50, 180),
        slogans=(6, 20),
        banners=(2, 4),
        boards=(1, 3),
        handbooks=(80, 220),
    ),
    Meeting(
        Kind.PUBLICITY,
        "防火和交通安全宣传",
        "清明、春耕前讲野外用火和三轮车安全。",
        (30, 120),
        (3, 4),
        slogans=(4, 10),
        banners=(1, 2),
        letters=(40, 160),
    ),
    Meeting(
        Kind.PUBLICITY,
        "法律进村",
        "讲土地承包、婚姻赡养和讨工钱的法律，现场答了几件事。",
        (30, 100),
        (4, 8, 12),
        boards=(0, 1),
        handbooks=(50, 180),
    ),
    Meeting(
        Kind.PUBLICITY,
        "致村民的一封信",
        "挨户送到，讲联户干部是谁、电话多少、能办什么。",
        (0, 0),
        letters=(120, 320),
    ),
)
"""Campaigns in villages, some of them yearly."""
ASSEMBLIES = (
    Meeting(
        Kind.ASSEMBLY, "讨论村发展规划", "逐条议了问题和思路，排了今年要办的事。", (26, 60), (3, 4, 5, 9)
    ),
    Meeting(
        Kind.ASSEMBLY, "评议帮扶对象", "名单念了一遍，代表举手评议，张榜公示七天。", (28, 64), (2, 6, 10)
    ),
    Meeting(Kind.ASSEMBLY, "项目占地和出工", "占地按户登记，出工一户两个，签字按手印。", (22, 55), (3, 5, 8)),
)
STARTS = Meeting(
    Kind.MOBILISATION,
    "春耕和双联行动动员会",
    "村民、联户干部一起开，讲今年的安排和每户的打算。",
    (50, 160),
    (2, 3),
)
OF_UNITS = Meeting(
    Kind.MOBILISATION, "双联行动动员大会", "传达全县双联工作会议精神，分了户，讲了走访的纪律。", months=(2, 3)
)
STUDIES = (
    ("学习双联行动文件", "逐条学，对照本单位的村和户讨论。"),
    ("学习惠农政策汇编", "低保、合作医疗、惠农贷款，各讲一段，当场问答。"),
    ("学习走访方法和纪律", "讲怎么问、怎么记，不准的事逐条念。"),
    ("交流民情日记", "五个人念了日记，说了没有办成的事，大家出主意。"),
    ("学习扶贫贷款办法", "请信用社的人讲条件、材料和利息。"),
    ("学习农业实用技术", "请农技员讲航椒、洋芋的常见病，回去好说给户里。"),
)
