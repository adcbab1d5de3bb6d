"""A draft as a workbook: one row per item, downloaded, edited in Excel and uploaded again.

Sheets 题目 (header, member and numbered items), 核对规则, 部分 and 表. The upload gives a document that
`definition.load` checks as a whole; `differences` lists the changes.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO, NamedTuple

from core import sheets
from core.cells import Cell, CellError, clean_decimal, clean_text, clean_yes_no, label_key
from surveys.definition.document import ERROR, HEADER, MEMBER, WARN, Definition, DefinitionError, load
from surveys.definition.items import TYPES

ITEMS, RULES, SECTIONS, FORM = "题目", "核对规则", "部分", "表"
LEVELS = {ERROR: "错误", WARN: "提醒"}
BETTER = {"more": "越多越好", "less": "越少越好"}
SUBJECTS = {"household": "贫困户", "village": "村"}
FORM_KEYS = {"code": "代码", "version": "版本", "title": "名称", "subject": "调查对象", "note": "说明"}
RULE_KEYS = {"code": "编号", "level": "程度", "rule": "规则", "msg": "提示", "server_only": "只在服务器核对"}
SECTION_KEYS = {"code": "代码", "label": "名称"}
ITEM_KEYS = {
    "code": "题号",
    "section": "部分",
    "label": "题目",
    "type": "题型",
    "unit": "单位",
    "options": "选项",
    "required": "必填",
    "min": "最小",
    "max": "最大",
    "step": "步长",
    "max_select": "最多选",
    "unknown_allowed": "可填不详",
    "show_if": "显示条件",
    "calc": "计算",
    "help": "说明",
    "basis": "依据",
    "bind": "档案资料",
    "continues": "续上一版的题",
    "better": "好坏",
    "problem": "可生成诉求",
}
YES_NO = {"required", "unknown_allowed", "problem", "server_only"}
NUMBERS = {"min", "max", "step", "max_select"}


class Edit(NamedTuple):
    """One difference between a draft and the version it is compared with."""

    what: str
    field: str
    before: str
    after: str


# --- out ------------------------------------------------------------------------------------------


def write_draft(out: BinaryIO, document: Mapping[str, Any]) -> None:
    """Write the document as a workbook to edit."""
    rules = document.get("cross_rules") or []
    parts = [
        item_sheet(document),
        _sheet(RULES, RULE_KEYS, rules, [8, 8, 60, 44, 14]),
        _sheet(SECTIONS, SECTION_KEYS, document["sections"], [9, 24]),
        _sheet(FORM, FORM_KEYS, [document], [16, 12, 24, 12, 60]),
    ]
    sheets.write_sheets(out, parts)


def item_sheet(document: Mapping[str, Any]) -> sheets.PlainSheet:
    """Return a sheet with one row per item: question, options and limits."""
    widths = [8, 9, 36, 7, 9, 44, 6, 8, 8, 8, 8, 9, 18, 14, 40, 30, 20, 14, 14, 14]
    return _sheet(ITEMS, ITEM_KEYS, all_items(document), widths)


def _sheet(
    name: str, keys: Mapping[str, str], rows: Sequence[Mapping[str, Any]], widths: Sequence[float]
) -> sheets.PlainSheet:
    cells = ([_shown(key, row.get(key)) for key in keys] for row in rows)
    return sheets.PlainSheet(name, list(keys.values()), cells, widths)


def all_items(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return header, member and numbered items in the order of the sheet."""
    return [item for key in ("header", "members", "items") for item in document.get(key) or []]


def _shown(key: str, value: Any) -> str | float | None:
    """Return a value of the document as its cell shows it."""
    if value is None or value == "" or value is False:
        return None
    if key in YES_NO:
        return "是"
    if key == "type":
        return TYPES[value]
    if key == "level":
        return str(LEVELS.get(value, value))
    if key == "subject":
        return str(SUBJECTS.get(value, value))
    if key == "options":
        return "\n".join(f"{option['code']} {option['label']}" for option in value)
    if key == "better":
        return " > ".join(value) if isinstance(value, list) else BETTER[value]
    cell: str | float = value
    return cell


# --- in -------------------------------------------------------------------------------------------


def read_draft(data: bytes, filename: str) -> dict[str, Any]:
    """Return the document of an uploaded workbook. Raises SheetError, or DefinitionError with all problems."""
    book = {sheet.name: sheet.rows for sheet in sheets.read(data, filename, sheets.ON_PAGE).sheets}
    problems: list[str] = []
    found = {
        name: list(_rows(name, book.get(name), keys, problems))
        for name, keys in (
            (ITEMS, ITEM_KEYS),
            (RULES, RULE_KEYS),
            (SECTIONS, SECTION_KEYS),
            (FORM, FORM_KEYS),
        )
    }
    if len(found[FORM]) != 1:
        problems.append(f"工作表“{FORM}”应当正好有一行")
    if problems:
        raise DefinitionError(problems)
    document = {
        **found[FORM][0],
        "sections": found[SECTIONS],
        "header": [item for item in found[ITEMS] if item.get("section") == HEADER],
        "members": [item for item in found[ITEMS] if item.get("section") == MEMBER],
        "items": [item for item in found[ITEMS] if item.get("section") not in {HEADER, MEMBER}],
        "cross_rules": found[RULES],
    }
    load(document)
    return document


def _rows(
    name: str, rows: Sequence[Sequence[Cell]] | None, keys: Mapping[str, str], problems: list[str]
) -> Iterator[dict[str, Any]]:
    """Yield the rows of one sheet as entries of the document; add errors to the problems."""
    if not rows:
        problems.append(f"没有工作表“{name}”，或者它是空的")
        return
    headings = [label_key(str(cell)) for cell in rows[0]]
    places = {
        key: headings.index(label_key(label)) for key, label in keys.items() if label_key(label) in headings
    }
    missing = [label for key, label in keys.items() if key not in places]
    if missing:
        problems.append(f"工作表“{name}”缺少这些列：{'、'.join(missing)}")
        return
    for number, row in enumerate(rows[1:], start=2):
        if not any(str(cell).strip() for cell in row):
            continue
        entry: dict[str, Any] = {}
        for key, place in places.items():
            try:
                value = _read(key, row[place])
            except CellError as error:
                problems.append(f"“{name}”第 {number} 行“{keys[key]}”：{error}")
            else:
                if value is not None and value != "" and value is not False:
                    entry[key] = value
        yield entry


def _read(key: str, cell: Cell) -> str | float | bool | list[Any] | None:
    """Convert a cell to a value of the document. Raises CellError."""
    if key in YES_NO:
        return clean_yes_no(cell)
    if key in NUMBERS and not isinstance(cell, str):
        return _number(cell)
    if key == "options":
        return [_option(line) for line in str(cell).replace("；", "\n").splitlines() if line.strip()]
    text = clean_text(cell)
    if key in NUMBERS:
        # A date's minimum is text, all other limits are numbers.
        return text if "-" in text[1:] else _number(text)
    if key == "better":
        return _better(text)
    words = {"type": TYPES, "level": LEVELS, "subject": SUBJECTS}.get(key)
    return _code_of(words, text) if words and text else text


def _number(cell: Cell) -> int | float | None:
    number = clean_decimal(cell, 15, 4, low=None)
    if number is None:
        return None
    return int(number) if number == int(number) else float(number)


def _option(line: str) -> dict[str, str]:
    code, _, label = clean_text(line).partition(" ")
    if not label:
        raise CellError(f"“{line.strip()[:12]}”没有代码", "一行一个选项，写成：01 选项的名称")
    return {"code": code, "label": label.strip()}


def _better(text: str) -> str | list[str]:
    if not text:
        return ""
    if ">" in text:
        return [code.strip() for code in text.split(">") if code.strip()]
    return _code_of(BETTER, text)


def _code_of(words: Mapping[str, str], text: str) -> str:
    codes = {label: code for code, label in words.items()}
    if text not in codes:
        raise CellError(f"没有“{text[:12]}”", f"填{'、'.join(codes)}之一")
    return codes[text]


# --- what it changes ------------------------------------------------------------------------------


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Edit]:
    """Return the differences between two documents: items, rules and sections added, removed or changed."""
    found = [
        Edit("表", label, _text(key, before), _text(key, after))
        for key, label in FORM_KEYS.items()
        if _text(key, before) != _text(key, after)
    ]
    for kind, keys, old, new in (
        ("部分", SECTION_KEYS, before["sections"], after["sections"]),
        ("题", ITEM_KEYS, all_items(before), all_items(after)),
        ("规则", RULE_KEYS, before.get("cross_rules") or [], after.get("cross_rules") or []),
    ):
        found += _of_entries(kind, keys, old, new)
    return found


def _of_entries(
    kind: str, keys: Mapping[str, str], old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]
) -> Iterator[Edit]:
    name = "msg" if kind == "规则" else "label"
    before = {entry["code"]: entry for entry in old}
    after = {entry["code"]: entry for entry in new}
    for code, entry in before.items():
        if code not in after:
            yield Edit(f"{kind} {code}", "删去", entry[name], "")
    for code, entry in after.items():
        if code not in before:
            yield Edit(f"{kind} {code}", "新增", "", entry[name])
            continue
        for key, label in keys.items():
            one, other = _text(key, before[code]), _text(key, entry)
            if one != other:
                yield Edit(f"{kind} {code}", label, one, other)
    kept = [code for code in after if code in before]
    if kept != [code for code in before if code in after]:
        yield Edit(kind, "次序", "", "、".join(kept))


def _text(key: str, entry: Mapping[str, Any]) -> str:
    shown = _shown(key, entry.get(key))
    return "" if shown is None else str(shown)


def next_version(form: Definition, edition: str) -> dict[str, Any]:
    """Return a copy of a definition as the start of the next version; every item continues its predecessor."""
    document: dict[str, Any] = json.loads(json.dumps(form.document))
    document["version"] = edition
    for key in ("header", "members", "items"):
        for item in document.get(key) or []:
            item["continues"] = item["code"]
    return document
