"""Units and ranks of cadres on past days, so that a transfer or promotion never changes past figures."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from core.chunked_queries import records_in
from units.models import Cadre, Posting, today


class Postings:
    """Units and ranks of cadres on past days, reconstructed from their history."""

    def __init__(self, cadres: Iterable[Cadre], since: date) -> None:
        self.newest_first: dict[int, list[Posting]] = defaultdict(list)
        rows = Posting.objects.order_by("-started_on")
        for posting in records_in(rows, "cadre", {cadre.pk for cadre in cadres}):
            self.newest_first[posting.cadre_id].append(posting)

    def on(self, cadre: Cadre, day: date) -> tuple[int, str]:
        """Return (unit's key, rank) on a day; on the day of a transfer the new unit's."""
        for posting in self.newest_first.get(cadre.pk, ()):
            if posting.started_on <= day:
                return posting.unit_id, posting.rank
        return cadre.unit_id, cadre.rank


def former_postings(day: date) -> dict[int, tuple[int, str]]:
    """cadre's key → (unit's key, rank) on a day, of those who have been transferred since."""
    if day >= today():
        return {}
    later = Posting.objects.filter(started_on__gt=day).values("cadre")
    rows = Posting.objects.filter(cadre__in=later, started_on__lte=day).order_by("started_on")
    return {cadre: (unit, rank) for cadre, unit, rank in rows.values_list("cadre", "unit", "rank")}
