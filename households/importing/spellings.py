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
    "kind": {"低保": "低保户", "五保": "五保户"},
    "main_cause": {f"{label}致贫": label for label in Cause.labels if label.startswith("因")},
}
