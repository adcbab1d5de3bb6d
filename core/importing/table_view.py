"""Some rows and columns of a table as a table of their own, for a sheet that holds what several kinds hold."""

from collections.abc import Iterator, Mapping, Sequence

from core.importing.table import Table


class TableView(Table):
    """Rows and columns of `whole` under other keys. What is said of a row is said of it in `whole`.

    Values are copies: a value that is set here stays here.
    """

    def __init__(self, whole: Table, indexes: Sequence[int], keys: Mapping[str, str]) -> None:
        """`keys` gives the key in `whole` of each key here."""
        super().__init__(
            {key: whole.columns[own] for key, own in keys.items()},
            {key: whole.positions[own] for key, own in keys.items() if whole.has(own)},
            [whole.rows[index] for index in indexes],
            [whole.numbers[index] for index in indexes],
            whole.asking,
        )
        self.whole, self.indexes, self.keys = whole, list(indexes), dict(keys)
        self.held = whole.held
        self.values = {key: [whole[own][index] for index in indexes] for key, own in keys.items()}
        self.refused = {
            (place, key)
            for place, index in enumerate(indexes)
            for key, own in keys.items()
            if (index, own) in whole.refused
        }

    def wrong(self, index: int) -> bool:
        return self.whole.wrong(self.indexes[index])

    def sound(self) -> Iterator[int]:
        return (index for index in range(len(self)) if not self.wrong(index))

    def error(self, index: int, key: str, why: str, remedy: str) -> None:
        self.whole.error(self.indexes[index], self.keys[key], why, remedy)

    def warn(self, index: int, key: str, why: str, remedy: str = "") -> None:
        self.whole.warn(self.indexes[index], self.keys[key], why, remedy)
