"""Names of invented people: surnames of the region, given names by sex and generation."""

from itertools import product

from demo.draw import WeightedChoice
from households.choices import Sex

_COMMON = "王李张刘杨陈马康汪令漆包赵郭周魏何宋裴焦丁蒋"
_OTHERS = "车年苟牟孙董卢聂贾石雷侯史邓黄谢郑龚冯高温颉蔡樊余鲍罗付孟任岳骆柴武陆彭常尹管田景"
SURNAMES = set(_COMMON + _OTHERS)
SURNAME = WeightedChoice(
    {**dict.fromkeys(_OTHERS, 1.0), **{char: 6 - i * 0.2 for i, char in enumerate(_COMMON)}}
)

OLD, MIDDLE, YOUNG, CHILD = "old", "middle", "young", "child"


def generation(age: int) -> str:
    if age >= 58:
        return OLD
    if age >= 34:
        return MIDDLE
    return YOUNG if age >= 15 else CHILD


FIRST = {
    (OLD, Sex.MALE): "有进德世永福万满天双喜来守存树志国明廷怀",
    (OLD, Sex.FEMALE): "玉秀桂改引银金菊月兰春冬秋淑巧凤彩润转香",
    (MIDDLE, Sex.MALE): "建国军志俊海小文永维继宏红学新晓双正爱根",
    (MIDDLE, Sex.FEMALE): "秀小彩红晓雪玉亚改秋春月爱淑喜桂芳调巧",
    (YOUNG, Sex.MALE): "志晓亚鹏浩俊文旭小瑞永佳世彦建兴",
    (YOUNG, Sex.FEMALE): "亚晓小丽文雅婷佳娟玉彩娜慧",
    (CHILD, Sex.MALE): "子浩宇俊嘉博鑫梓天文一佳",
    (CHILD, Sex.FEMALE): "梓雨欣思佳梦雅诗婧一可子",
}
SECOND = {
    (OLD, Sex.MALE): "福财才贵仓田存生成全祥义仁林虎山喜堂海玉",
    (OLD, Sex.FEMALE): "兰英花梅香珍莲琴娥芳叶桃霞菊玲女",
    (MIDDLE, Sex.MALE): "平军强明林民义忠华东红生兵云龙雄辉勇",
    (MIDDLE, Sex.FEMALE): "霞红梅琴芳玲丽花燕娟萍英香莉兰巧",
    (YOUNG, Sex.MALE): "鹏伟龙杰强斌飞刚涛辉荣东峰亮军",
    (YOUNG, Sex.FEMALE): "婷娟丽霞芳敏玲红燕艳静倩花莉",
    (CHILD, Sex.MALE): "轩豪涵杰博宇航阳鑫睿泽辰",
    (CHILD, Sex.FEMALE): "涵怡萱琪妍瑶悦彤蕊婷妮",
}
SINGLE = {
    (OLD, Sex.MALE): "发兴旺",
    (OLD, Sex.FEMALE): "英花兰",
    (MIDDLE, Sex.MALE): "军强伟勇斌",
    (MIDDLE, Sex.FEMALE): "霞梅燕娟玲",
    (YOUNG, Sex.MALE): "伟鹏磊涛杰超斌龙飞凯",
    (YOUNG, Sex.FEMALE): "婷娟丽霞敏艳静倩",
    (CHILD, Sex.MALE): "轩睿鑫",
    (CHILD, Sex.FEMALE): "涵怡瑶",
}
GROUPS = ("一组", "二组", "三组", "四组", "五组", "六组", "七组", "八组")
# Combined with a common surname, these would be names of public figures.
AVOIDED = {"小平", "国平", "志军", "晓东", "晓明", "海清", "文军"}
DOUBLE = {
    key: [
        one + two for one, two in product(FIRST[key], SECOND[key]) if one != two and one + two not in AVOIDED
    ]
    for key in FIRST
}
