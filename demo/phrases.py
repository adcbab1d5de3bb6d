"""Texts that cadres write after a visit, fitting its kind, its reason, the season and the household."""

from collections.abc import Sequence
from random import Random

from demo.homes import Home
from households.choices import Cause, Sex
from visits.models import Visit

Kind = Visit.Kind

FIELD_WORK = {
    1: ("在家喂牛，羊下了羔", "门口码柴，年货还没办", "拱棚里的韭菜头茬快割了"),
    2: ("正拾掇农具", "牛圈刚起了粪，准备往地里送", "蒜苗地里追了一遍肥"),
    3: ("往地里送粪，准备铺地膜", "正给果树剪枝", "洋芋籽种已经切好", "在地里整埂子"),
    4: ("点种洋芋去了，等到中午才回来", "玉米膜铺了一半", "航椒苗刚移栽", "党参苗还差一亩没栽"),
    5: ("架豆刚搭架", "在地里拔草", "给韭菜浇水", "油菜花落了，长势不错"),
    6: ("航椒开始挂果", "正收油菜", "冬麦快黄了，等着收", "架豆头茬刚上市"),
    7: ("正晒麦子", "麦子收完了，亩产比去年好些", "蒜苗准备倒茬", "架豆每斤卖到两块多"),
    8: ("正翻麦茬地", "苹果套袋已完", "航椒一天能摘百十斤", "秋白菜刚下种"),
    9: ("准备种冬麦", "开始挖洋芋", "花椒摘完了", "玉米还要半个月才掰"),
    10: ("正挖洋芋，亩产三千来斤", "玉米掰完了，秸秆喂牛", "苹果下树，等人来收", "党参刚挖出来，在院里晾"),
    11: ("白菜已经窖好", "洋芋卖了一半，价钱不高", "正给果树刷白", "给牛铡草"),
    12: ("架上的牛膘情不错", "在家剥玉米", "编了几个背篓，等集上卖", "拱棚刚盖上草帘"),
}  # fmt: skip

NEEDS: dict[Cause, tuple[tuple[str, str], ...]] = {
    Cause.ILLNESS: (
        ("药费每月要三四百", "讲了大病救助怎么申请，把发票理了一遍"),
        ("合作医疗报了一半，剩下的还欠着亲戚", "帮着填了医疗救助申请表"),
        ("慢性病本子还没办下来", "记下病历号，回去问卫生院"),
        ("老毛病又犯了，夜里睡不好", "联系了卫生院的医生来量血压"),
        ("手术做了，正在家养着", "说好下次陪去复查"),
    ),
    Cause.DISABILITY: (
        ("残疾证快到期了", "约好换证时用车送一趟"),
        ("想要一辆轮椅", "报给县残联排队"),
        ("腿脚不便，重活靠邻居", "请组长给安排了代耕"),
    ),
    Cause.SCHOOLING: (
        ("孩子学费还差两千", "讲了助学贷款和雨露计划，留了办理地点的电话"),
        ("娃娃在县城上学，租房一年三千", "帮着开了家庭情况证明"),
        ("大学通知书到了，高兴也发愁", "当天就把生源地贷款的材料备齐"),
        ("孩子住校，周末才回", "给班主任打了电话，问了学习"),
    ),
    Cause.DISASTER: (
        ("去年的暴洪冲了半亩地", "量了地埂，报给镇上"),
        ("房子后墙有裂缝", "拍了照，危房改造今年能报上"),
        ("冻害以后花椒减了产", "把农业保险的理赔单子对了一遍"),
    ),
    Cause.LAND: (
        ("人多地少，每口人不到一亩", "商量把邻居撂荒的三亩地租过来"),
        ("坡地多，种啥都广种薄收", "讲了退耕还林的补助标准"),
    ),
    Cause.WATER: (
        ("水窖见底了，要到沟里拉水", "联系水务上的人看管道，说月底前接通"),
        ("自来水三天来一次", "记下管护员电话，当面问了原因"),
        ("浇不上水，菜地改种了洋芋", "把小水窖的项目给讲了"),
    ),
    Cause.SKILL: (
        ("想学果树修剪", "报上了镇里的培训班"),
        ("架豆种了两年，病害不会治", "请农技站的人到地头看了一回"),
        ("想养牛，怕养不好", "约好一起去看村里的养殖户"),
        ("娃娃没手艺，工地上挣得少", "介绍了县上的电焊培训"),
        ("羊死了两只，不知道啥病", "当场给兽医站打了电话"),
        ("党参价好，想种又没种过", "介绍了邻村的大户，约好去看"),
        ("航椒苗年年黄叶", "把叶子带回去请人看，回头告诉用啥药"),
    ),
    Cause.LABOUR: (
        ("家里没有硬劳力，地荒了一块", "商量把地流转给合作社"),
        ("收种都靠亲戚", "和组长说好农忙时安排帮工"),
        ("一个人里外忙不过来", "帮着问了低保复核的事"),
    ),
    Cause.FUNDS: (
        ("想再添两头牛，缺一万块", "讲了小额贷款怎么贷，约好送表"),
        ("想搭个拱棚，钱不凑手", "算了一笔账，互助社能借五千"),
        ("双联贷款批下来了，买了羊", "数了一遍，十二只都好"),
        ("化肥涨价，一直没舍得买", "帮着联系了两袋复合肥"),
        ("盖房欠着三万，手头紧", "把能享受的补助一样样算给听"),
        ("想贷款买辆三轮跑运输", "讲了贴息贷款的条件，约好问信用社"),
        ("打工的钱年底才结", "记下工地名字，说好帮着问"),
    ),
    Cause.TRANSPORT: (
        ("路不好走，菜拉不出去", "和村上商量先把那段路垫平"),
        ("下雨天三轮车上不来", "把通社路列进明年的项目"),
    ),
    Cause.MOTIVATION: (
        ("地种得马虎，爱打牌", "拉了半天家常，说定先养十只鸡"),
        ("不愿出门打工", "带着看了邻居家的菜棚，有点动心"),
    ),
    Cause.OTHER: (("家里情况和上次差不多", "把惠农政策又讲了一遍"),),
}

REASONS: dict[str, tuple[str, ...]] = {
    "有病": (
        "听说{who}住院了，到医院看了一趟。",
        "{who}病了几天，去看看人。",
        "家里有人病着，专门去看了一回。",
    ),
    "受灾": (
        "前天下了冰雹，去看地里的损失。",
        "夜里雨大，一早去看房子和水路。",
        "霜冻以后去看了花椒和果树。",
    ),
    "突发事": (
        "接到电话就去了，灶房失了火，人都没事。",
        "三轮车翻在沟里，帮着叫人拉了上来。",
        "孩子走丢了半天，和村上一起找回来了。",
    ),
    "有纠纷": (
        "和邻居为地埂吵了架，叫到一起说开了。",
        "兄弟间为老人看病的钱有意见，坐下来算清楚了。",
        "为浇水先后起了争执，和组长一起定了次序。",
    ),
    "红白事": ("家里娶媳妇，去贺了喜，帮着招呼人。", "老人去世，去吊唁，帮着料理。", "孩子满月，去坐了坐。"),
}

OPENINGS = (
    "到{who}家坐了一阵。",
    "去看{who}。",
    "上午到{who}家。",
    "傍晚到{who}家，一家人都在。",
    "路过{who}家，进去问了问。",
    "",
    "",
)
CLOSINGS = (
    "",
    "",
    "",
    "",
    "留了电话，有事随时打。",
    "说好过半个月再来。",
    "连心卡换了新的。",
    "一家人情绪不错。",
    "政策明白纸贴在门背后了。",
)
CHILD_LINES = ("娃娃放学回来，看了作业。", "问了孩子念书的事。", "给娃娃带了两本书。")

KIND_LINES: dict[str, tuple[str, ...]] = {
    Kind.SURVEY: (
        "逐项核对了人口、耕地和收入，填了走访表。",
        "问了去年的收入，种地、打工、补贴分开记的。",
        "看了住房、水窖和圈舍，情况和档案一致。",
        "核对低保和养老金，都按月到账。",
        "把一年的账算了一遍，种地占四成，打工占六成。",
        "问了一家人的打算，逐条记在本上。",
        "补齐了档案里缺的电话和人口变动。",
    ),
    Kind.RETURN: (
        "回访上次说的事，已经办好了。",
        "上次答应的化肥送到了，问了够不够用。",
        "回访危房改造，墙已砌到一半。",
        "上次反映的水管修好了，试了水。",
        "上次说的培训去了，问学得怎么样。",
        "贷款已经到账，问了怎么用。",
        "上次报的救助批了，让签了字。",
    ),
    Kind.COMFORT: (
        "送去一袋面、一桶油，坐下拉了家常。",
        "带了米面和一床棉被。",
        "送去慰问金三百元，问了家里的难处。",
        "拿了些药和牛奶，陪着说了会话。",
    ),
    Kind.STAY: (
        "住在{who}家，晚上和邻居几个拉家常到十点。",
        "当晚住下，听了几户人说灌溉的事。",
        "住村，一早跟着下地。",
        "住在家里，把今年的打算一项项记下来。",
    ),
    Kind.PHONE: (
        "打电话问了近况，家里都好。",
        "{who}来电话问补助什么时候发，答复了。",
        "电话里说贷款表的填法，下次带过去。",
        "在外打工的家里人来电话，问了孩子入学的手续。",
    ),
}
FIELD_HELP = {
    "winter": ("帮着清圈送粪，干了一上午。", "一起修了院墙和门前的路。", "帮着劈柴，码了半院子。"),
    "spring": (
        "帮着铺了半天地膜。",
        "一起点种洋芋，干到天黑。",
        "帮着剪了二十来棵果树。",
        "清了水渠，浇了头水。",
    ),
    "summer": ("帮着收了半亩麦子。", "帮着摘航椒，装了十几袋。", "一起给架豆搭架。", "帮着拔了半天草。"),
    "autumn": ("和一家人一起挖洋芋，干到天黑。", "帮着掰玉米，拉了三车。", "帮着摘苹果，装了四十箱。"),
}
SEASONS = dict(
    enumerate(("winter", "winter", *["spring"] * 3, *["summer"] * 3, *["autumn"] * 3, "winter"), 1)
)
SEVERAL = (
    "走了{count}户，先问吃水和看病，再问地里的活，{work}。",
    "一晚上走了{count}户，家里都平安，{work}。",
    "到{who}等{count}户看了看，宣传了合作医疗缴费。",
    "连走{count}户，送去政策明白纸，记下各家想办的事。",
    "{count}户都在家，说的多是看病和娃娃上学，{work}。",
    "挨着走了{count}户，{who}家说得最多，想办的事都记下了。",
    "给{count}户讲了低保和养老金的新标准，问了各家的打算。",
    "{count}户的水窖、圈舍都看了，{work}。",
    "和{who}等{count}户核对了今年的收入和补贴。",
)
VILLAGE_LINES: dict[str, tuple[str, ...]] = {
    Kind.COMMITTEES: (
        "与村两委座谈，定下今年先修通社路，再说水渠。",
        "和村干部逐户过了一遍贫困户名单，有两户要补材料。",
        "参加村民代表会，商量互助资金怎么用。",
        "和支书、主任商量合作社分红的办法，下月上会。",
        "听村上汇报，低保复核有三户意见不一致，定了再入户。",
    ),
    Kind.TRAINING: (
        "请县农技中心讲航椒病虫害，来了四十多人。",
        "果树修剪现场课，在地头教了一下午。",
        "养牛技术培训，发了资料，留了兽医电话。",
        "组织劳务培训报名，十一人愿意去。",
    ),
    Kind.SURVEY: (
        "看了村里的水源和管网，有两个社供水不足。",
        "沿通社路走了一遍，塌方处都拍了照。",
        "到卫生室和小学看了看，缺桌凳和常用药。",
        "看了蔬菜拱棚，今年新增二十来亩。",
    ),
    Kind.LABOUR: (
        "和群众一起清渠，干了一天。",
        "单位来了十几人，帮着栽树。",
        "帮村上整修文化广场，搬砖垫土。",
    ),
    Kind.COMFORT: (
        "在村委会给困难户发了米面油。",
        "慰问老党员，开了个小座谈会。",
    ),
}
PROMISES = (
    "送贷款申请表",
    "问清大病救助材料",
    "联系农技员上门",
    "带两袋化肥",
    "陪去县医院复查",
    "问低保复核结果",
    "送果树修剪的书",
    "联系收购洋芋的人",
    "办残疾证换证",
    "送孩子的助学申请表",
    "看水管修好没有",
    "",
)
VOID_REASONS = ("选错了户", "日期记错了，另记了一条", "和同事重复记了", "这次没有去成", "内容写到别家去了")


def address(home: Home) -> str:
    """Return how a cadre addresses the head: 漆大爷, 老王, 令大婶."""
    surname, age, woman = home.head.surname, home.head.age, home.head.sex == Sex.FEMALE
    if age >= 64:
        return surname + ("大娘" if woman else "大爷")
    if woman:
        return surname + ("大婶" if age >= 48 else "嫂子")
    return ("老" if age >= 42 else "小") + surname


def tell(rng: Random, kind: str, reason: str, homes: Sequence[Home], month: int) -> str:
    """Return the text of a visit to one household or several."""
    who = address(homes[0])
    work = rng.choice(FIELD_WORK[month])
    if len(homes) > 1 and kind != Kind.STAY:
        several = rng.choice(SEVERAL).format(count=len(homes), who=who, work=work)
        return _kind_line(rng, kind, who, month) + several if kind != Kind.HOME else several
    if reason in REASONS:
        need, done = rng.choice(NEEDS[homes[0].cause])
        told = rng.choice(REASONS[reason]).format(who=who)
        return told + (
            f"{done}。" if reason == "有病" and homes[0].cause == Cause.ILLNESS else rng.choice(CLOSINGS)
        )
    if kind == Kind.PHONE:
        return _kind_line(rng, kind, who, month)
    need, done = rng.choice(NEEDS[homes[0].cause])
    if kind == Kind.HOME:
        child = rng.choice(CHILD_LINES) if homes[0].has_child and rng.random() < 0.12 else ""
        told = f"{work}。{need}，{done}。" if rng.random() < 0.5 else f"{need}，{done}。"
        return rng.choice(OPENINGS).format(who=who) + told + child + rng.choice(CLOSINGS)
    line = _kind_line(rng, kind, who, month)
    return line + (f"{need}，{done}。" if rng.random() < 0.55 else f"{work}。")


def tell_of_village(rng: Random, kind: str) -> str:
    """Return the text of a visit to a village and no household."""
    return rng.choice(VILLAGE_LINES[kind])


def _kind_line(rng: Random, kind: str, who: str, month: int) -> str:
    if kind == Kind.LABOUR:
        return rng.choice(FIELD_HELP[SEASONS[month]])
    return rng.choice(KIND_LINES[kind]).format(who=who)
