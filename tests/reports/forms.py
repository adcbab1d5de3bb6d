"""A small form in two versions with every type of item, and answers to it."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

OPTIONS = [{"code": code, "label": label} for code, label in [("a", "土坯"), ("b", "砖木"), ("c", "砖混")]]
NEW_OPTIONS = [*OPTIONS[:2], {"code": "d", "label": "楼房"}]
CAUSES = [{"code": code, "label": label} for code, label in [("1", "因病"), ("2", "因学"), ("10", "缺水")]]


def item(code: str, kind: str, **parts: Any) -> dict[str, Any]:
    return {"code": code, "label": f"题{code}", "type": kind, "section": "甲", **parts}


def form(version: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    sections = [{"code": "甲", "label": "甲部分"}]
    return {
        "code": "TEST",
        "version": version,
        "title": "试表",
        "subject": "household",
        "sections": sections,
    } | {"items": items}


FIRST = form(
    "1",
    [
        item("N1", "number", min=-50, max=100, step=0.5, unit="亩", unknown_allowed=True),
        item("S1", "single", options=OPTIONS, better=["c", "b", "a"]),
        item("Y1", "yesno"),
        item("M1", "multi", options=CAUSES),
        item("T1", "text"),
        item("D1", "date"),
        item("S2", "single", options=OPTIONS, show_if="S1 == 'a'"),
        item("N2", "number", min=0, max=9, step=1, show_if="N1 > 10 and Y1 == 1"),
        item("X1", "yesno", show_if="previous.S1 == 'a'"),
    ],
)
"""X1 depends on a previous answer, which no stored answer contains."""
SECOND = form(
    "2",
    [
        item("K9", "number", min=-50, max=100, step=0.5, unit="亩", unknown_allowed=True, continues="N1"),
        item("S1", "multi", options=NEW_OPTIONS, continues="S1"),
        item("Y1", "yesno"),
        item("P1", "multi", options=CAUSES, continues="M1"),
        item("P2", "multi", options=CAUSES, continues="M1"),
        item("T1", "number", min=0, max=9, step=1, continues="T1"),
        item("S2", "single", options=OPTIONS, continues="S2", show_if="'a' in S1"),
    ],
)
"""N1 is renamed, S1 becomes multiple, Y1 is asked anew, M1 is split, T1 changes type, the rest is dropped."""

_numbers = st.integers(-100, 200).map(lambda twice: twice // 2 if twice % 2 == 0 else twice / 2)
_causes = st.lists(st.sampled_from(["1", "2", "10"]), min_size=1, max_size=3, unique=True)


def answers(**items: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return answers to some of the items, as a clean response stores them."""
    return st.fixed_dictionaries({}, optional=items)


FIRST_ANSWERS = answers(
    N1=_numbers | st.just("unknown"),
    S1=st.sampled_from("abc"),
    Y1=st.sampled_from([0, 1]),
    M1=_causes,
    T1=st.sampled_from(["想修路", "1", "看病\n贵"]),
    D1=st.dates(date(2010, 1, 1), date(2015, 1, 1)).map(str),
    S2=st.sampled_from("abc"),
    N2=st.integers(0, 9),
    X1=st.sampled_from([0, 1]),
)
SECOND_ANSWERS = answers(
    K9=_numbers | st.just("unknown"),
    S1=st.lists(st.sampled_from("abd"), min_size=1, max_size=3, unique=True),
    Y1=st.sampled_from([0, 1]),
    P1=_causes,
    P2=_causes,
    T1=st.integers(0, 9),
    S2=st.sampled_from("abc"),
)
