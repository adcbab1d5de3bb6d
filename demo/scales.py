"""The sizes of a demo."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Sizes. Empty `towns` and `villages_a_town` mean the whole county; `visits` is approximate, the others are
    exact.
    """

    name: str
    cadres: int
    county_rank: int
    section_rank: int
    households: int
    unpaired: int
    unpaired_together: int
    poor_villages: int
    visits: int
    hand_overs: int
    transfers: int
    village_changes: int
    towns: tuple[str, ...] = ()
    villages_a_town: int = 0

    @property
    def is_sample(self) -> bool:
        return bool(self.towns)


COUNTY = Scale(
    name="county",
    cadres=5853,
    county_rank=100,
    section_rank=646,
    households=16880,
    unpaired=51,
    unpaired_together=37,
    poor_villages=156,
    visits=68000,
    hand_overs=90,
    transfers=60,
    village_changes=9,
)
"""The reference county: 武山 in 2015."""

SAMPLE = Scale(
    name="sample",
    cadres=120,
    county_rank=4,
    section_rank=20,
    households=400,
    unpaired=7,
    unpaired_together=4,
    poor_villages=11,
    visits=1640,
    hand_overs=3,
    transfers=2,
    village_changes=1,
    towns=("620524101", "620524105", "620524110"),
    villages_a_town=8,
)
"""洛门镇, 马力镇 and 榆盘镇, for a quick start."""

SCALES = {scale.name: scale for scale in (SAMPLE, COUNTY)}
