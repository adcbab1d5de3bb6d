"""Units and ranks of cadres on past days: a transfer or promotion never rewrites what was counted."""

from collections.abc import Sequence
from datetime import date

from django.utils import timezone

from core.models import Change
from units.models import Cadre, today


class Postings:
    """Units and ranks of cadres on past days, read back from their history."""

    def __init__(self, cadres: Sequence[Cadre], since: date) -> None:
        self.changes: dict[int, list[Change]] = {}
        if since == today():
            return
        newest_first = Change.objects.filter(
            table=Cadre._meta.label_lower,
            row__in=[cadre.pk for cadre in cadres],
            act=Change.Act.CHANGED,
            at__date__gt=since,
        ).order_by("-pk")
        for change in newest_first:
            self.changes.setdefault(change.row, []).append(change)

    def on(self, cadre: Cadre, day: date) -> tuple[int, str]:
        """(unit's key, rank) on a day; the day of a transfer is the new unit's."""
        unit, rank = cadre.unit_id, cadre.rank
        for change in self.changes.get(cadre.pk, []):
            if timezone.localdate(change.at) > day and change.changes:
                unit = change.changes.get("unit", [unit])[0]
                rank = change.changes.get("rank", [rank])[0]
        return unit, rank
