"""The household that a row of members, pairings, visits or answers names."""

from collections.abc import Iterable

from core.cells import CellError
from core.chunked_queries import records_in, rows_in
from core.importing.columns import SheetColumn
from core.importing.table import Table
from core.places import under
from households.importing.finding import number_column, village_problem
from households.importing.people import Identities, id_or_mask
from households.models import Household, Member


class NamedHouseholds:
    """The households named by a sheet of members or pairings: by number, else by the head's ID number."""

    def __init__(self, table: Table, place: str) -> None:
        self.table, self.place = table, place
        households = Household.objects.select_related("village")
        numbers = (value for value in table["no"] if isinstance(value, str))
        self.by_no = {household.no: household for household in records_in(households, "no", numbers)}
        self.identities = Identities(table, "head_id")
        heads = Member.objects.heads().filter(under(place))
        wanted = (value for hashes in self.identities.hashes for value in hashes)
        rows = list(rows_in(heads, "id_hash", wanted, "household_id", "id_hash", "left_on"))
        # If a person has a closed and an open household, use the open one.
        rows.sort(key=lambda row: (row["left_on"] is None, row["left_on"]))
        pks = {row["id_hash"]: row["household_id"] for row in rows}
        by_pk = {household.pk: household for household in records_in(households, "pk", pks.values())}
        self.by_hash = {value: by_pk[pk] for value, pk in pks.items()}
        named_twice = [self.by_no[no].pk for no in self._numbers_beside_heads() if no in self.by_no]
        self.hash_of = {
            r["household_id"]: r["id_hash"]
            for r in rows_in(heads, "household_id", named_twice, "household_id", "id_hash")
        }

    def named(self, index: int) -> bool:
        """Return whether a row names a household at all."""
        return bool(self.table.get("no", index) or self.table.get("head_id", index))

    def find(self, index: int) -> Household | None:
        """Return the household of a row, or None after writing an error."""
        if self.table.unread(index, "no", "head_id"):
            return None
        key, answer = self._answer(index)
        if isinstance(answer, Household):
            answer = village_problem(answer.place, None, self.place) or answer
        if isinstance(answer, CellError):
            self.table.error(index, key, answer.why, answer.remedy)
            return None
        return answer

    def _answer(self, index: int) -> tuple[str, Household | CellError]:
        number = self.table.get("no", index)
        if number:
            return self._by_number(index, number)
        if self.identities.masked[index]:
            return "head_id", CellError("号码中间是星号", "填户编号，或填完整的户主身份证号")
        hashes = self.identities.hashes[index]
        if not hashes:
            return "no", CellError("不知道是哪一户", "填户编号，或填户主身份证号")
        found = next((self.by_hash[value] for value in hashes if value in self.by_hash), None)
        return "head_id", found or CellError("没有户主是这个号码的户", "核对号码，或先导入贫困户")

    def _by_number(self, index: int, number: str) -> tuple[str, Household | CellError]:
        household, hashes = self.by_no.get(number), self.identities.hashes[index]
        if household is None:
            return "no", CellError("没有这个户编号", "核对编号，或先导入贫困户")
        stored = self.hash_of.get(household.pk)
        if hashes and stored and stored not in hashes:
            return "head_id", CellError(f"不是 {number} 这户户主的号码", "核对两格，或只留户编号")
        return "no", household

    def _numbers_beside_heads(self) -> Iterable[str]:
        """Yield the household numbers of rows that name the head too."""
        numbers = (
            self.table.get("no", index) for index, hashes in enumerate(self.identities.hashes) if hashes
        )
        return (number for number in numbers if number)


def naming_columns(*aliases: str) -> list[SheetColumn]:
    """Return the two columns by which a sheet names a household.

    `aliases` are other headings of the ID number, for sheets without a second person's ID number.
    """
    return [
        number_column(help="填这一格，或填户主身份证号"),
        SheetColumn(
            "head_id",
            "户主身份证号",
            id_or_mask,
            help="没有户编号时填",
            aliases=("户主身份证号码", "户主证件号码", "户主身份证", *aliases),
            secret=True,
            clearable=False,
        ),
    ]
