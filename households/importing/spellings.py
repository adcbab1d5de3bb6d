"""Unambiguous synonyms of the headings and codes of the household form."""

from households.choices import Cause, Ethnicity, Relation

HEADINGS: dict[str, tuple[str, ...]] = {
    "schooling": ("在校状况", "在校生情况", "在校情况"),
    "health": ("身体状况",),
    "labour": ("劳动技能",),
    "migrant_work": ("务工状况",),
    "medical_insurance": ("新农合", "是否参加新农合", "是否参加新型农村合作医疗"),
    "pension_insurance": ("养老保险", "是否参加养老保险", "是否参加城乡居民基本养老保险"),
}
"""Other headings of the columns of a person."""

SPELLINGS: dict[str, dict[str, str]] = {
    "relation": {
        "本人": "户主",
        **dict.fromkeys(["夫", "妻", "丈夫", "妻子", "爱人"], "配偶"),
        **dict.fromkeys(["儿子", "长子", "次子", "三子", "四子", "子"], "之子"),
        **dict.fromkeys(["女儿", "长女", "次女", "三女", "四女", "女"], "之女"),
        **dict.fromkeys(["父", "父亲"], "之父"),
        **dict.fromkeys(["母", "母亲"], "之母"),
        **{label.removeprefix("之"): label for label in Relation.labels if len(label) > 2},
    },
    "sex": {"男性": "男", "女性": "女"},
    "ethnicity": {
        **{label.removesuffix("族"): label for label in Ethnicity.labels if label.endswith("族")},
        **{f"{short}民": f"{short}族" for short in ("汉", "回", "藏")},
        **dict.fromkeys(["蒙族", "蒙民", "蒙古人"], "蒙古族"),
        **dict.fromkeys(["维族", "维民", "维吾尔人"], "维吾尔族"),
        "哈族": "哈萨克族",
        "柯族": "柯尔克孜族",
        "鲜族": "朝鲜族",
        "东乡人": "东乡族",
        "未识别民族": "其他",
    },
    "education": {
        **dict.fromkeys(["文盲", "半文盲"], "文盲或半文盲"),
        **dict.fromkeys(["大专", "大学", "本科", "大学本科"], "大专及以上"),
    },
    "health": {"良好": "健康", "慢性病": "长期慢性病", "大病": "患有大病", "残疾人": "残疾"},
    "kind": {
        **dict.fromkeys(["低保", "低保对象", "最低生活保障户"], "低保户"),
        **dict.fromkeys(["五保", "五保供养户", "特困供养户", "特困户", "特困人员", "特困"], "五保户"),
        **dict.fromkeys(["一般户", "一般", "贫困户", "一般贫困"], "一般贫困户"),
        **dict.fromkeys(["低保贫困", "贫困低保户", "低保兼贫困户"], "低保贫困户"),
        **dict.fromkeys(["低收入", "低收入户"], "低收入农户"),
    },
    "main_cause": {
        **{f"{label}致贫": label for label in Cause.labels if label.startswith("因")},
        **dict.fromkeys(["疾病", "生病", "患病", "有病", "大病", "重病", "长期患病"], "因病"),
        **dict.fromkeys(["残疾", "身体残疾"], "因残"),
        **dict.fromkeys(["上学", "就学", "子女上学", "供养学生"], "因学"),
        **dict.fromkeys(["灾害", "自然灾害", "受灾"], "因灾"),
        **dict.fromkeys(["缺劳动力", "劳动力不足", "无劳动力", "无劳力", "缺乏劳动力"], "缺劳力"),
        **dict.fromkeys(["无技术", "缺乏技术"], "缺技术"),
        **dict.fromkeys(["无资金", "资金短缺", "缺乏资金"], "缺资金"),
        **dict.fromkeys(["缺地", "土地少", "缺耕地"], "缺土地"),
        **dict.fromkeys(["交通落后", "交通不便", "交通条件差"], "交通条件落后"),
        **dict.fromkeys(
            ["自身发展力不足", "自身动力不足", "内生动力不足", "发展动力不足"], "自身发展动力不足"
        ),
    },
}
