"""Texts about villages: obstacles, aims and notes."""

from demo.draw import WeightedChoice
from villages.models import VillageNote

Kind = VillageNote.Kind
PROBLEMS: dict[str, str] = {
    "01": "通社路多是土路，雨天不通车",
    "02": "渠道年久失修，水浇地年年减少",
    "03": "部分社吃水靠窖水和拉水",
    "04": "发展产业缺本钱，贷款难",
    "05": "种养凭老办法，技术跟不上",
    "06": "青壮年多在外打工，村里劳力少",
    "07": "产业单一，抗不住市场起伏",
    "08": "坡地多、土层薄，广种薄收",
    "09": "旱、雹、霜冻频繁，滑坡地段没有治理",
    "10": "没有稳定的销路，卖难时有发生",
    "11": "村干部年龄偏大，办事力量弱",
    "99": "底子薄，办事的钱少",
}
"""By option of V311."""
INDUSTRIES: dict[str, str] = {
    "01": "设施蔬菜",
    "02": "高原夏菜",
    "03": "苹果、花椒",
    "04": "中药材",
    "05": "马铃薯",
    "06": "全膜玉米",
    "07": "养牛",
    "08": "养羊",
    "09": "养猪",
    "10": "劳务输出",
    "11": "乡村旅游",
    "99": "特色种植",
}
"""By option of V303."""
GOALS: tuple[tuple[str, tuple[int, int]], ...] = (
    ("办农业实用技术培训{n}期", (2, 6)),
    ("组织劳务输出{n}人次", (60, 320)),
    ("合作社新增社员{n}户", (10, 45)),
    ("危房改造报批{n}户", (4, 16)),
    ("低保、五保动态评议{n}次，张榜公示", (1, 2)),
    ("路旁栽行道树{n}株", (300, 900)),
    ("发放双联惠农贷款{n}户", (6, 30)),
    ("合作医疗参合率达到{n}%", (96, 100)),
    ("栽植经济林{n}亩", (60, 260)),
    ("建沼气池、卫生厕所{n}座", (10, 40)),
    ("修村内排水渠{n}米", (200, 900)),
)
"""With the range of the figure in each text."""
SOIL = (
    "取土样{n}个送检：pH 值{ph}，有机质{humus}克/公斤，{lack}。{advice}。",
    "县农技中心测土，{n}个点：有机质{humus}克/公斤，pH 值{ph}，{lack}，{advice}。",
)
LACKS = (
    ("速效磷偏低", "建议增施磷肥，少用尿素"),
    ("速效钾偏低", "建议洋芋、果树补钾肥"),
    ("有机质偏低", "建议多上农家肥，秸秆还田"),
    ("氮磷比偏高", "建议按方配肥，减氮"),
)
LAND = (
    "{n}户流转土地{acres}亩给{whom}，每亩每年{rent}元，合同五年，村上见证。",
    "{whom}租{n}户撂荒地{acres}亩种{crop}，租金每亩{rent}元，一年一付。",
)
TAKERS = ("村合作社", "蔬菜种植大户", "药材公司", "邻村养殖户")
COOPERATIVE = (
    "合作社开社员大会，入社{n}户，选了理事会和监事会。",
    "合作社给{n}户社员分红，每股{rent}元，账目上墙。",
    "合作社和客商签{crop}收购单，按保底价，参加的有{n}户。",
    "合作社买旋耕机一台，给{n}户社员代耕，油钱自付。",
)
DISASTERS: dict[str, tuple[str, tuple[int, ...]]] = {
    "1": ("四十多天没有透雨，{crop}受旱约{acres}亩，和村上统计上报。", (6, 7)),
    "2": ("暴雨，沟道涨水，冲毁农田约{acres}亩，人都安全，当天报了镇上。", (7, 8)),
    "3": ("{crop}起了病害，约{acres}亩，农技站来人指导打药。", (6, 7, 8)),
    "4": ("夜里霜冻，{crop}受冻约{acres}亩，和保险公司的人一起查了。", (4, 5)),
    "5": ("干热风刮了两天，麦子早枯约{acres}亩。", (6,)),
    "6": ("有几户牲口发病，兽医站封锁消毒，补打了防疫针。", (10, 11)),
    "7": ("阴雨后山坡有滑动，住在坡下的几户已搬到安全处，设了警示牌。", (8, 9)),
}
"""By option of V115, with the months in which it occurs."""
OTHERS = (
    "县剧团下乡唱戏一天，来看的有{n}人。",
    "县医院医生义诊一天，看了{n}人，送了常用药。",
    "村民代表会选了水管员、护路员，{n}人参加。",
    "供电所进村查线路，换了{n}户的老旧表箱。",
    "信用社进村评信用户，新评上{n}户。",
)
CROPS = ("洋芋", "玉米", "苹果", "花椒", "航椒", "党参")
NOTES: dict[Kind, tuple[str, ...]] = {
    Kind.SOIL: SOIL,
    Kind.LAND: LAND,
    Kind.COOPERATIVE: COOPERATIVE,
    Kind.OTHER: OTHERS,
}
NUMBERS: dict[Kind, tuple[int, int]] = {
    Kind.SOIL: (3, 12),
    Kind.LAND: (3, 18),
    Kind.COOPERATIVE: (12, 70),
    Kind.OTHER: (15, 90),
}
"""Range of the number in each text."""
KINDS = WeightedChoice({Kind.SOIL: 26, Kind.LAND: 27, Kind.COOPERATIVE: 27, Kind.OTHER: 20})
SEASONS: dict[Kind, tuple[int, ...]] = {
    Kind.SOIL: (3, 4, 9, 10),
    Kind.LAND: (2, 3, 10, 11),
    Kind.COOPERATIVE: (1, 3, 5, 9, 12),
    Kind.OTHER: (1, 4, 6, 8, 11),
}
"""Months of each kind of note."""
