"""Find divisions by the names that sheets give them: with or without ending, office and the places above."""

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Q

from core.places import above, lies_under, under
from units.models import Division


def short(name: str) -> str:
    """Shorten a division's name: 武山县 → 武山, 城关镇 → 城关, 城关镇人民政府 → 城关."""
    name = name.removesuffix("政府").removesuffix("人民")
    for ending in ("街道办事处", "街道", "自治县", "县", "区", "镇", "乡", "市", "省"):
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return name.removesuffix(ending)
    return name


class NamedDivisions:
    """The divisions under an office's place by code or name.

    城关, 城关镇, 武山县城关镇 and 甘肃省天水市武山县城关镇人民政府 are one.
    """

    def __init__(self, place: str) -> None:
        self.by_code: dict[str, Division] = {}
        self.by_name: dict[str, list[Division]] = defaultdict(list)
        self.above_towns: list[tuple[str, str]] = []
        """(name, code) of everything above a township, the longest name first."""
        for division in Division.objects.filter(under(place, "code") | Q(code__in=above(place))):
            names = {division.name, short(division.name)}
            if lies_under(division.code, place):
                self.by_code[division.code] = division
                for name in names:
                    self.by_name[name].append(division)
            if division.level != Division.Level.TOWN:
                self.above_towns += [(name, division.code) for name in names]
        self.above_towns.sort(key=lambda pair: (-len(pair[0]), pair))

    def fitting(self, text: str) -> list[Division]:
        """Return the divisions that a cell may mean; several when they share the name."""
        if text in self.by_code:
            return [self.by_code[text]]
        for name, code in self.without_places(text):
            found = self.by_name.get(name) or self.by_name.get(short(name), [])
            if inside := [division for division in found if lies_under(division.code, code)]:
                return inside
        return []

    def without_places(self, text: str, inside: str = "") -> Iterator[tuple[str, str]]:
        """Yield the text, then what remains of it without the places in front, each with their code."""
        yield text, inside
        for name, code in self.above_towns:
            if text.startswith(name) and text != name and lies_under(code, inside):
                yield from self.without_places(text[len(name) :], code)
