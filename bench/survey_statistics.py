"""Statistics of every item of the county's household survey, against the bare SQL over the same JSON."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianhu.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.db.models import Count  # noqa: E402

from bench.timing import alternately, compare  # noqa: E402
from reports.surveys.counted import counted_in, family_of, rounds_of  # noqa: E402
from reports.surveys.items import sheet_rows  # noqa: E402
from reports.surveys.tally import tally  # noqa: E402
from surveys.models import Survey  # noqa: E402
from units.models import Cadre  # noqa: E402

LIMIT = 3
ROUNDS = 7
BARE = """
    SELECT a.key, a.value, COUNT(*) FROM surveys_response AS r, json_each(r.answers) AS a
    WHERE r.survey_id = %s AND r.year = %s AND r.status IN ('submitted', 'accepted') GROUP BY a.key, a.value
"""
"""Fetch the frequency of each answer, as a clerk would query the database by hand."""


def bare(survey: int, year: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BARE, [survey, year])
        cursor.fetchall()


def ours(survey: Survey, office: Cadre, year: int) -> None:
    """Compute every line of 逐题统计, as page and workbook show them."""
    family = family_of(survey)
    counted = counted_in(family, office, year, rounds_of(family, office)[year])
    for _ in sheet_rows(family, tally(counted, list(family.items))):
        pass


if __name__ == "__main__":
    office = Cadre.objects.filter(role="office", place="620524").order_by("pk").first()
    survey = Survey.objects.open().get(subject="household")
    by_year = survey.responses.counted().order_by().values_list("year").annotate(n=Count("pk"))
    year, count = max(by_year, key=lambda found: found[1])
    mine, other = alternately(
        lambda: ours(survey, office, year), lambda: bare(survey.pk, year), rounds=ROUNDS
    )
    compare(
        "survey-statistics",
        LIMIT,
        mine,
        other,
        f"the bare SQL, {count:,} responses, {len(survey.form.items)} items",
    )
