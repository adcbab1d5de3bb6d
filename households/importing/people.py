"""A person in a sheet: the columns, and the ID number checked against sex, birth date and the whole county."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from core import identity
from core.cells import Cell, DoubtfulCell, clean_text
from core.chunked_queries import rows_in
from core.importing.columns import SheetColumn, field_column
from core.importing.planning import Plan, values_for_stored
from core.importing.table import Table
from core.pinyin import search_forms
from core.places import COUNTY, lies_under
from households.choices import Sex
from households.importing.spellings import HEADINGS, SPELLINGS
from households.models import Member
from units.models import Cadre

FOLLOWING = ("name", "pinyin", "initials", "id_cipher", "id_hash", "sex", "born_on")
"""Columns of a person derived from name and ID number."""
STORED_A_STEP = 5000
"""Chunk size of the comparison with stored people, to limit memory for a workbook of a county."""
STORED = (
    "id",
    "household_id",
    "name",
    "relation",
    "id_cipher",
    "id_hash",
    "place",
    "left_on",
    "household__no",
)


def id_or_mask(value: Cell) -> str:
    """Clean an ID number, or keep the mask of one that comes from an export (see `refuse_mask`)."""
    if identity.looks_masked(value):
        return clean_text(value).replace(" ", "").upper()
    return identity.clean_id_number(value)


def id_to_find(value: Cell) -> str:
    """Clean a number by which a stored person is looked up: one that ends with 000 is stored or finds nobody."""
    try:
        return id_or_mask(value)
    except DoubtfulCell as doubt:
        return doubt.value


def stored_numbers(numbers: Collection[str]) -> set[str]:
    """Return those of some ID numbers that an open member has."""
    by_hash = {value: number for number in numbers for value in identity.id_hashes(number)}
    found = rows_in(Member.objects.current(), "id_hash", by_hash, "id_hash")
    return {by_hash[member["id_hash"]] for member in found}


def person_columns(*aliases: str) -> list[SheetColumn]:
    helps = {"sex": "填了身份证号可以空着", "born_on": "填了身份证号可以空着"}
    never_empty = {"sex", "ethnicity"}
    return [
        SheetColumn(
            "id_number",
            str(Member._meta.get_field("id_cipher").verbose_name),
            id_or_mask,
            help="18 位，残疾人证 20 位；没有就空着",
            aliases=("身份证号码", "证件号码", "公民身份号码", "公民身份证号", "身份证", *aliases),
            secret=True,
            of_one_row=True,
            find_stored=stored_numbers,
        ),
        *(
            field_column(
                Member,
                name,
                spellings=SPELLINGS.get(name),
                aliases=HEADINGS.get(name, ()),
                **({"help": helps[name]} if name in helps else {}),
                **({"clearable": False} if name in never_empty else {}),
            )
            for name in Member.PERSON
        ),
    ]


class Identities:
    """The ID numbers of a sheet, each with the hashes it may be stored under."""

    def __init__(self, table: Table, key: str = "id_number") -> None:
        self.numbers: list[str] = [value if isinstance(value, str) else "" for value in table[key]]
        self.masked = [identity.looks_masked(number) for number in self.numbers]
        self.hashes: list[list[str]] = [
            identity.id_hashes(number) if number and not masked else []
            for number, masked in zip(self.numbers, self.masked, strict=True)
        ]

    def whole(self, index: int) -> str:
        """Return the number if it is complete, else ''."""
        return "" if self.masked[index] else self.numbers[index]

    def keys(self) -> list[str | None]:
        """Return the keys by which two rows of one person are recognised."""
        return [hashes[0] if hashes else None for hashes in self.hashes]

    def is_of(self, index: int, stored: dict[str, Any]) -> bool:
        """Return whether the row's whole number is the stored person's."""
        return stored["id_hash"] in self.hashes[index]

    def may_be_of(self, index: int, stored: dict[str, Any]) -> bool:
        """Return whether the numbers are compatible: one is missing, or they agree as far as a mask shows."""
        if not self.numbers[index] or not stored["id_hash"]:
            return True
        return self.fits(index, stored) if self.masked[index] else self.is_of(index, stored)

    def fits(self, index: int, stored: dict[str, Any]) -> bool:
        """Return whether the row's mask equals that of the stored number (many numbers share one mask)."""
        return identity.mask(identity.decrypt(stored["id_cipher"])) == self.numbers[index]

    def known(self) -> dict[str, list[dict[str, Any]]]:
        """Return the open members of any county with one of the numbers, by hash."""
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        wanted = (value for hashes in self.hashes for value in hashes)
        columns = (*STORED, "household__village__division__name")
        for member in rows_in(Member.objects.current(), "id_hash", wanted, *columns):
            found[member["id_hash"]].append(member)
        return found


def holders(
    identities: Identities, known: dict[str, list[dict[str, Any]]], index: int, place: str
) -> list[dict[str, Any]]:
    """Return who has the row's number in the county of `place`."""
    people = (member for value in identities.hashes[index] for member in known.get(value, ()))
    return [member for member in people if member["place"][:COUNTY] == place[:COUNTY]]


def refuse_other_holder(
    table: Table, index: int, others: Iterable[dict[str, Any]], household: int | None, by: Cadre
) -> bool:
    """Refuse the row if somebody else already has the number; return whether it was refused.

    This duplicate check confirms a number to `by` just as 查看 does, so it counts with the reveals.
    """
    for other in others:
        if other["household_id"] == household:
            why, remedy = f"已是这户的家庭成员{other['name']}的", "核对姓名和身份证号"
        elif not lies_under(other["place"], by.place):
            why, remedy = "已是本县别的乡镇一户的家庭成员", "请县双联办核对，或删去这行"
        else:
            town = other["household__village__division__name"]
            why, remedy = f"已是{town}另一户的家庭成员", "先在系统里把人迁出，或删去这行"
        table.error(index, "id_number", why, remedy)
        table.held.append(str(table.get("id_number", index)))
        return True
    return False


def refuse_mask(
    table: Table, identities: Identities, index: int, stored: dict[str, Any], name_key: str
) -> bool:
    """Refuse a mask that does not clearly mean “unchanged” for the stored person; return whether it was
    refused.

    Half a county may share one mask, so the row must also have the stored name, and 户编号 (by which the
    household was found) or the stored birth date.
    """
    if not identities.masked[index]:
        return False
    if not identities.fits(index, stored):
        why, remedy = "号码中间是星号，和系统里存的对不上", "照证件填 18 位，不改就空着"
    elif table.get(name_key, index) != stored["name"] or not (
        table.get("no", index) or table.get("born_on", index) == stored["born_on"] is not None
    ):
        why, remedy = "只有星号，看不出是不是这个人", "照证件填 18 位，不改就空着"
    else:
        return False
    table.error(index, "id_number", why, remedy)
    return True


def check_against_number(table: Table, index: int, number: str) -> None:
    """Check sex and birth date against the ID number."""
    sex, born_on = table.get("sex", index), table.get("born_on", index)
    if sex and sex != identity.sex(number):
        odd = "单" if int(number[16]) % 2 else "双"
        why = f"身份证号第 17 位是{odd}数，是{Sex(identity.sex(number)).label}"
        table.error(index, "sex", why, "核对性别和身份证号")
    if born_on and born_on != identity.birth_date(number):
        born = identity.birth_date(number)
        table.error(index, "born_on", f"身份证号里是 {born:%Y-%m-%d}", "核对出生日期和身份证号")


def new_person(table: Table, identities: Identities, index: int, name: str) -> dict[str, Any]:
    """Return the columns of a new person derived from name and ID number."""
    number = identities.whole(index)
    pinyin, initials = search_forms(name)
    return {
        "name": name,
        "pinyin": pinyin,
        "initials": initials,
        "id_cipher": identity.encrypt(number),
        "id_hash": identity.id_hash(number),
        "sex": table.get("sex", index) or identity.sex(number),
        "born_on": table.get("born_on", index) or (identity.birth_date(number) if number else None),
    }


def may_be_new(table: Table, identities: Identities, index: int, *needed: str) -> bool:
    """Return whether a row has what a new person needs; add errors for missing values."""
    if identities.masked[index]:
        table.error(index, "id_number", "号码中间是星号，系统里没有这个人", "照证件填 18 位，没有就空着")
        return False
    number = identities.whole(index)
    if number:
        check_against_number(table, index, number)
    elif not table.get("sex", index):
        table.error(index, "sex", "没有性别，也没有身份证号", "填一样就行")
    return table.require(index, *needed) and not table.wrong(index)


def change_person(
    table: Table,
    plan: Plan,
    identities: Identities,
    index: int,
    stored: dict[str, Any],
    name_key: str,
    **more: Any,
) -> bool:
    """Plan the changes of a stored person; return whether there are any."""
    after = {**values_for_stored(Member, table, {field: field for field in Member.PERSON}, index), **more}
    name = table.get(name_key, index)
    if name and name != stored["name"]:
        table.warn(index, name_key, f"系统里是{stored['name']}，会改名", "不是改名就核对号码和名字")
        after["name"] = name
        after["pinyin"], after["initials"] = search_forms(name)
    number = identities.whole(index)
    if number:
        check_against_number(table, index, number)
        if _differs(identities, index, number, stored):
            after["id_cipher"], after["id_hash"] = identity.encrypt(number), identity.id_hash(number)
            after["sex"], after["born_on"] = identity.sex(number), identity.birth_date(number)
    elif stored["id_cipher"] and _says_otherwise(after, stored):
        check_against_number(table, index, identity.decrypt(stored["id_cipher"]))
    return not table.wrong(index) and plan.change(Member, index, stored, after)


def _differs(identities: Identities, index: int, number: str, stored: dict[str, Any]) -> bool:
    if stored["id_hash"] not in identities.hashes[index]:
        return True
    # The same person: a disability card instead of an ID card, or a number encrypted under an older key.
    return identity.encrypt(number) != stored["id_cipher"] and identity.decrypt(stored["id_cipher"]) != number


def _says_otherwise(after: dict[str, Any], stored: dict[str, Any]) -> bool:
    return any(name in after and after[name] != stored[name] for name in ("sex", "born_on"))
