"""Write docs/excel-columns.md from the declared kinds of sheet: `python tools/excel_columns.py`."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "excel-columns.md"
FORMATS = {"text": "文字", "date": "日期", "number": "数字"}


def document() -> str:
    """Return the document: the columns of every kind, in the order in which a county fills them."""
    from core.importing.sheet import all_kinds

    parts = [
        "# 导入表格的列",
        "由代码生成（`.venv/bin/python tools/excel_columns.py`），和页面上的空白表格一致。"
        "列的次序不要紧；空着的格子不动原有内容，要清空写“-”。",
    ]
    for sheet in all_kinds():
        parts.append(f"## {sheet.label}（{sheet.key}）")
        if sheet.intro:
            parts.append(sheet.intro)
        rows = ["| 列 | 必填 | 格式 | 可填 | 说明 |", "| --- | --- | --- | --- | --- |"]
        for column in sheet.columns.values():
            choices = "、".join(column.choices)
            required = "是" if column.required else ""
            rows.append(
                f"| {column.label} | {required} | {FORMATS[column.format]} | {choices} | {column.help} |"
            )
        parts.append("\n".join(rows))
    return "\n\n".join(parts) + "\n"


def main() -> None:
    import django

    os.environ.setdefault("DEBUG", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianhu.settings")
    sys.path.insert(0, str(ROOT))
    django.setup()
    TARGET.write_text(document(), encoding="utf-8")
    print(f"写好了 {TARGET.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
