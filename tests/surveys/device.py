"""A form as a device handles it: the XForm built by pyxform, filled in and evaluated by XPath.

Relevance, calculations and constraints are evaluated repeatedly until nothing changes, as ODK Collect does.
lxml provides XPath 1.0; the functions added by ODK are here.
"""

import math
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from lxml import etree

XFORMS = "{http://www.w3.org/2002/xforms}"
LONGEST_CHAIN = 10


class Device:
    """One response on a device. `values` holds texts by item code, `members` one such dict for each member."""

    def __init__(self, xform: str, values: Mapping[str, str], members: Sequence[Mapping[str, str]]) -> None:
        model = etree.fromstring(xform.encode()).find(f".//{XFORMS}model")
        self.data = plain_tree(model.find(f"{XFORMS}instance")[0])
        self.binds = {bind.get("nodeset").rpartition("/")[2]: bind for bind in model.iter(f"{XFORMS}bind")}
        self._repeat(members)
        self.nodes = {node.tag: node for node in self.data.iter() if node.getparent() is not None}
        self.typed = dict(values)
        self.hidden: set[str] = set()
        for code, text in values.items():
            self.nodes[code].text = text
        self._settle()

    def _repeat(self, members: Sequence[Mapping[str, str]]) -> None:
        for blank in self.data.findall("members"):
            for member in members:
                node = deepcopy(blank)
                for child in node:
                    child.text = member.get(child.tag, "")
                blank.addprevious(node)
            self.data.remove(blank)

    def _settle(self) -> None:
        for _ in range(LONGEST_CHAIN):
            before = etree.tostring(self.data)
            for name, bind in self.binds.items():
                if name in self.nodes and self.nodes[name].getparent().tag != "members":
                    self._look_at(name, bind)
            if etree.tostring(self.data) == before:
                return
        raise AssertionError("the form does not come to rest")

    def _look_at(self, name: str, bind: Any) -> None:
        shown = self.reckon(name, bind.get("relevant") or "true()")
        (self.hidden.discard if shown else self.hidden.add)(name)
        calculated = bind.get("calculate")
        text = as_text(self.reckon(name, calculated)) if calculated else self.typed.get(name, "")
        self.nodes[name].text = text if shown else ""

    def value(self, name: str) -> str:
        return self.nodes[name].text or ""

    def is_accepted(self, name: str) -> bool:
        """Return whether a given answer meets the constraint of its item."""
        constraint = self.binds[name].get("constraint")
        return not self.value(name) or not constraint or self.reckon(name, constraint)

    def reckon(self, name: str, expression: str) -> Any:
        node = self.nodes[name]
        functions = {**FUNCTIONS, (None, "current"): lambda _context: [node]}
        return node.xpath(expression.replace("round(", "odk-round("), extensions=functions)


def plain_tree(node: Any) -> Any:
    """Return the instance without namespaces and without templates of repeats."""
    plain = etree.Element(etree.QName(node).localname)
    names = set()
    for child in node:
        made = plain_tree(child)
        if made.tag not in names:
            plain.append(made)
        names.add(made.tag)
    return plain


def text_of(value: Any) -> str:
    if isinstance(value, list):
        return (value[0].text or "") if value else ""
    return as_text(value)


def as_text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.0f}" if value == int(value) else repr(value)
    return value if isinstance(value, str) else text_of(value)


def number_of(value: Any) -> float:
    return value if isinstance(value, float) else float(text_of(value) or "nan")


def rounded(_context: Any, value: Any, places: float = 0) -> float:
    number, scale = number_of(value), 10**places
    return math.floor(number * scale + 0.5) / scale if math.isfinite(number) else number


FUNCTIONS = {
    (None, "selected"): lambda _context, chosen, code: text_of(code) in text_of(chosen).split(),
    (None, "count-selected"): lambda _context, chosen: float(len(text_of(chosen).split())),
    (None, "if"): lambda _context, condition, one, other: one if condition else other,
    (None, "odk-round"): rounded,  # XPath's own round() takes no number of places
    (None, "abs"): lambda _context, value: abs(number_of(value)),
}
