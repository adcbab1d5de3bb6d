"""Other words for the codes of the household form, each of which can mean one thing only."""

from households.choices import Cause, Relation

SPELLINGS: dict[str, dict[str, str]] = {
    "relation": {
        "本人": "户主",
        **dict.fromkeys(["夫", "妻", "丈夫", "妻子", "爱人"], "配偶"),
        **dict.fromkeys(["儿子", "长子", "次子", "三子", "四子"], "之子"),
        **dict.fromkeys(["女儿", "长女", "次女", "三女", "四女"], "之女"),
        **dict.fromkeys(["父", "父亲"], "之父"),
        **dict.fromkeys(["母", "母亲"], "之母"),
        **{label.removeprefix("之"): label for label in Relation.labels if len(label) > 2},
    },
    "sex": {"男性": "男", "女性": "女"},
    "ethnicity": {"汉": "汉族", "回": "回族"},
    "education": {
        **dict.fromkeys(["文盲", "半文盲"], "文盲或半文盲"),
        **dict.fromkeys(["大专", "大学", "本科", "大学本科"], "大专及以上"),
    },
    "health": {"良好": "健康", "慢性病": "长期慢性病", "大病": "患有大病", "残疾人": "残疾"},
    "kind": {"低保": "低保户", "五保": "五保户"},
    "main_cause": {f"{label}致贫": label for label in Cause.labels if label.startswith("因")},
}
