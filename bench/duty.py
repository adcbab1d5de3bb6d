"""Duties of every cadre and unit of the county, against the bare aggregates over the same visits."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianhu.settings")
django.setup()

from datetime import date  # noqa: E402

from django.db import connection  # noqa: E402

from bench.timing import alternately, compare  # noqa: E402
from units.models import Cadre, Unit, today  # noqa: E402
from visits.duty.rules import bounds, cadre_duties, unit_duties  # noqa: E402
from visits.models import Visit  # noqa: E402

LIMIT = 5
ROUNDS = 9
COUNTY = "620524"
BARE = """
    SELECT {who}, COUNT(DISTINCT {where} || ' ' || visited_on), COUNT(DISTINCT visited_on) FROM visits_visit
    WHERE voided_on IS NULL AND visited_on BETWEEN %s AND %s GROUP BY {who}
"""
"""Fetch number and days of visits: of cadres to households, of units to villages."""
AGGREGATES = [
    BARE.format(who=who, where=where)
    for who, where in (("cadre_id", "household_id"), ("unit_id", "village_id"))
]


def ours(day: date) -> None:
    """Compute the duties of all, with the same calls as the pages."""
    cadre_duties(Cadre.objects.all(), year=day.year, on=day)
    unit_duties(Unit.objects.all(), year=day.year, on=day)


def bare(day: date) -> None:
    with connection.cursor() as cursor:
        for statement in AGGREGATES:
            cursor.execute(statement, bounds(day.year))
            cursor.fetchall()


if __name__ == "__main__":
    day = today()
    count = Visit.objects.counted().filter(visited_on__range=bounds(day.year)).count()
    mine, other = alternately(lambda: ours(day), lambda: bare(day), rounds=ROUNDS)
    note = f"the bare aggregates, {Cadre.objects.count():,} cadres, {count:,} visits"
    compare("duty", LIMIT, mine, other, note)
