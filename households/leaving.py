"""离岗: list what a cadre who leaves still holds, so that it is handed over."""

from collections import defaultdict
from collections.abc import Iterable

from core.chunked_queries import records_in
from households.models import HouseholdPairing
from units.models import Cadre

NAMED = 6
"""So many households are named, the others counted."""


def holdings(cadres: Iterable[int]) -> dict[int, list[str]]:
    """cadre's key → the households paired with today, each by its head and place; none for those without any."""
    held: dict[int, list[str]] = defaultdict(list)
    rows = HouseholdPairing.objects.current().with_head().select_related("household__village")
    for pairing in records_in(rows.order_by("household__no", "kind"), "cadre", cadres):
        household = pairing.household
        name = pairing.head_name or household.no
        held[pairing.cadre_id].append(f"{name}（{household.village}{household.group}）")
    return held


def still_held(households: list[str]) -> str:
    """还联着 8 户：王有福（石峰村三组）、…… 等"""
    more = " 等" if len(households) > NAMED else ""
    return f"还联着 {len(households)} 户：{'、'.join(households[:NAMED])}{more}"


def warning_of(cadre: Cadre) -> str:
    """Return what to say of a cadre who has left and is still paired, or ''."""
    held = holdings([cadre.pk]).get(cadre.pk) if cadre.left_on else None
    return f"{cadre}已离岗，{still_held(held)}。请交接给别人，或者结束。" if held else ""
