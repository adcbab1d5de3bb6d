"""A county's divisions and villages from the statistics codes, and setting up an empty database."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from core import bulk, pinyin
from core.models import Installation
from core.places import CITY, COUNTY, PROVINCE, TOWN
from units.models import LEVEL_OF_LENGTH, Division, Unit
from villages.models import Village
from villages.naming import kind_of, short_name

COLUMNS = ("省", "市", "县", "乡镇", "村", "村级代码")
CODE = re.compile(r"[0-9]{12}", re.ASCII)


class CountyError(CommandError):
    """Why the county cannot be set up, in one sentence. The command exits with status 2."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, returncode=2)


@dataclass(frozen=True)
class Settlement:
    """A village or community in the statistics list."""

    code: str
    name: str
    kind: Village.Kind

    @property
    def town(self) -> str:
        return self.code[:TOWN]


@dataclass(frozen=True)
class County:
    """Names by division code (province, city, county, towns), and the villages, both by code."""

    code: str
    divisions: dict[str, str]
    villages: Sequence[Settlement]

    @property
    def name(self) -> str:
        return self.divisions[self.code]


def read_county(path: Path, code: str) -> County:
    """Read a county's rows from a file laid out like data/gansu_villages.csv. Raises CountyError."""
    if not re.fullmatch(r"[0-9]{6}", code, re.ASCII):
        raise CountyError(f"区划代码是 6 位数字，如 620524，不能是“{code}”。")
    divisions: dict[str, str] = {}
    villages: dict[str, Settlement] = {}
    for number, row in _rows(path):
        village_code = row["村级代码"]
        if not CODE.fullmatch(village_code):
            raise CountyError(
                f"{path.name} 第 {number} 行的村级代码“{village_code}”不是 12 位数字，请改好再来。"
            )
        if not village_code.startswith(code):
            continue
        if village_code in villages:
            raise CountyError(f"{path.name} 第 {number} 行的村级代码 {village_code} 前面已经有了，请核对。")
        if not all(0 < len(row[column]) <= 40 for column in COLUMNS):
            raise CountyError(f"{path.name} 第 {number} 行有空着的名称，或者名称超过 40 个字。")
        villages[village_code] = Settlement(village_code, short_name(row["村"]), kind_of(row["村"]))
        for column, length in zip(COLUMNS, (PROVINCE, CITY, COUNTY, TOWN), strict=False):
            divisions.setdefault(village_code[:length], row[column])
    if not villages:
        raise CountyError(
            f"{path.name} 里没有区划代码 {code} 的村，请核对代码，外省的县用 --villages 指定文件。"
        )
    ordered = [villages[key] for key in sorted(villages)]
    return County(code, {key: divisions[key] for key in sorted(divisions)}, ordered)


def division_rows(county: County) -> list[dict[str, Any]]:
    return [
        {"code": code, "name": name, "level": LEVEL_OF_LENGTH[len(code)]}
        for code, name in county.divisions.items()
    ]


def village_row(village: Settlement, division: int) -> dict[str, Any]:
    spelled, initials = pinyin.place_forms(village.name)
    return {
        "code": village.code,
        "name": village.name,
        "division_id": division,
        "kind": village.kind,
        "place": village.code,
        "pinyin": spelled,
        "initials": initials,
    }


def prepare_empty_database() -> None:
    """Migrate the database after checking that it is empty. Raises CountyError if it is not."""
    if not connection.introspection.table_names():
        call_command("migrate", interactive=False, verbosity=0)
    installed = Installation.objects.first()
    if installed and installed.is_demo:
        raise CountyError("数据库里是示例数据，不能再装别的。请换一个空数据库（改 DATABASE_URL）。")
    if installed:
        raise CountyError(f"数据库里已经是{installed.name}，不能重来。请换一个空数据库（改 DATABASE_URL）。")
    models: tuple[Any, ...] = (get_user_model(), Unit, Village, Division)
    if any(model.objects.exists() for model in models):
        raise CountyError("数据库不是空的，不能在上面建新县。请换一个空数据库（改 DATABASE_URL）。")


def open_county(county: County) -> None:
    """Write a real county: its Installation, divisions and villages."""
    Installation.objects.create(pk=1, code=county.code, name=county.name, is_demo=False)
    bulk.insert(Division, division_rows(county))
    keys = dict(Division.objects.values_list("code", "pk"))
    bulk.insert(Village, [village_row(village, keys[village.town]) for village in county.villages])


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line number, {column: text}) of a CSV in UTF-8 or GB 18030."""
    reader = csv.DictReader(io.StringIO(_text(path)))
    missing = [column for column in COLUMNS if column not in (reader.fieldnames or [])]
    if missing:
        raise CountyError(f"{path.name} 缺少这些列：{'、'.join(missing)}。第一行应是：{'、'.join(COLUMNS)}。")
    try:
        for row in reader:
            yield reader.line_num, {column: (row[column] or "").strip() for column in COLUMNS}
    except csv.Error as error:
        raise CountyError(
            f"{path.name} 第 {reader.line_num} 行不是能读的 CSV，请另存为 CSV 再来。"
        ) from error


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CountyError(f"打不开村级代码文件 {path}（{error.strerror}）。") from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CountyError(f"{path.name} 不是 UTF-8 或 GBK 的文本，请另存为 CSV 再来。")
