"""离岗: list the households of a leaving cadre, so that they are handed over."""

from collections import defaultdict
from collections.abc import Iterable

from core.chunked_queries import records_in
from households.models import HouseholdPairing
from units.models import Cadre

NAMED = 6
"""Number of households listed by name in a message; the rest are counted."""


def holdings(cadres: Iterable[int]) -> dict[int, list[str]]:
    """Return cadre's key → today's paired households, each as head and place; cadres without any are missing."""
    held: dict[int, list[str]] = defaultdict(list)
    rows = HouseholdPairing.objects.current().with_head().select_related("household__village")
    for pairing in records_in(rows.order_by("household__no", "kind"), "cadre", cadres):
        household = pairing.household
        name = pairing.head_name or household.no
        held[pairing.cadre_id].append(f"{name}（{household.village}{household.group}）")
    return held


def still_held(households: list[str]) -> str:
    """Format the list: 还联着 8 户：王有福（石峰村三组）、…… 等"""
    more = " 等" if len(households) > NAMED else ""
    return f"还联着 {len(households)} 户：{'、'.join(households[:NAMED])}{more}"


def warning_of(cadre: Cadre) -> str:
    """Return the warning about a cadre who has left and is still paired, or ''."""
    held = holdings([cadre.pk]).get(cadre.pk) if cadre.left_on else None
    return f"{cadre}已离岗，{still_held(held)}。请交接给别人，或者结束。" if held else ""
