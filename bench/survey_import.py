"""Import of the county's filled household forms, against reading them and one bulk insert of the same
responses.

The last round's responses are deleted from the county's database first. A note gives the printing time of a
village's filled forms.
"""

import io
import os
from collections.abc import Iterator
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianhu.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.db.models import Count  # noqa: E402
from python_calamine import CalamineWorkbook  # noqa: E402

from bench.timing import alternately, compare, seconds  # noqa: E402
from core.importing import runs  # noqa: E402
from core.importing.sheet import kind_of  # noqa: E402
from core.models import ImportRun  # noqa: E402
from core.sheets import write_rows  # noqa: E402
from core.typesetting import typeset  # noqa: E402
from households.models import Household  # noqa: E402
from surveys.exchange.importing import HouseholdSurveySheet  # noqa: E402
from surveys.exchange.importing.editions import edition_of  # noqa: E402
from surveys.models import Response, Survey  # noqa: E402
from surveys.paper.filled import filled  # noqa: E402
from surveys.paper.layout import paper  # noqa: E402
from units.models import Cadre  # noqa: E402

KIND = "household_surveys"


def workbook(survey: Survey, year: int) -> bytes:
    """Return an .xlsx with a row per registered household: its answers of this year, else those of a similar
    one.
    """
    columns = HouseholdSurveySheet(survey).columns
    counted = Response.objects.counted().filter(survey=survey, year=year).select_related("surveyor")
    own = {response.household_id: response for response in counted}
    alike = {response.answers["H08"]: response for response in own.values()}
    households = Household.objects.registered().order_by("no")
    rows = (cells(survey, h, own.get(h.pk) or alike[h.size]) for h in households)
    out = io.BytesIO()
    labels = [column.label for column in columns.values()]
    write_rows(out, labels, ([row.get(key, "") for key in columns] for row in rows))
    return out.getvalue()


def cells(survey: Survey, household: Household, response: Response) -> dict[str, str]:
    answers = ((item, response.answers.get(item.code)) for item in survey.form.asked if not item.calc)
    return {
        "no": household.no,
        "surveyed_on": response.surveyed_on.isoformat(),
        "surveyor": response.surveyor.phone,
        "word": "已核实",
        "version": edition_of(survey),
        **{item.code: item.shown(answer).replace(",", "") for item, answer in answers},
    }


def import_whole(data: bytes, office: Cadre) -> None:
    """Upload, check and apply, like page and command."""
    run = runs.upload(kind_of(KIND), "调查表.xlsx", data, office)
    runs.check(run)
    run.refresh_from_db()
    runs.apply(run)
    run.refresh_from_db()
    if run.status != ImportRun.Status.DONE:
        wrong = run.rows.filter(errors__isnull=False).first()
        raise SystemExit(f"the import did not succeed: {run.message} {wrong and wrong.errors}")


def forget(year: int) -> None:
    """Restore the state before the import, outside the timing."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_change WHERE run_id IS NOT NULL")
        for table in ("core_importrow", "core_importrun"):
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute("UPDATE visits_problem SET response_id = NULL WHERE response_id IS NOT NULL")
        cursor.execute("DELETE FROM surveys_response WHERE household_id IS NOT NULL AND year = %s", [year])


def of_year(year: int) -> Iterator[dict[str, Any]]:
    return Response.objects.filter(year=year).exclude(household=None).order_by("pk").values()


def print_village(survey: Survey, office: Cadre, year: int) -> None:
    """Print the note: time for fifty filled forms of the largest village."""
    counted = Response.objects.counted().filter(survey=survey, year=year)
    village = counted.values("village").annotate(n=Count("pk")).order_by("-n")[0]["village"]
    forms = filled(survey, counted.filter(village=village), office)
    fifty = (forms * 50)[:50]
    typeset("survey", paper(survey.form, fifty[:1]))
    took = seconds(lambda: typeset("survey", paper(survey.form, fifty)))
    print(f"note survey-paper: 50 filled forms in one PDF in {took:.1f} s", flush=True)


def main() -> None:
    survey = Survey.objects.open().get(subject=Survey.Subject.HOUSEHOLD)
    office = Cadre.objects.filter(role="office", place=survey.place).order_by("pk").first()
    year = Response.objects.filter(survey=survey).latest("year").year
    data = workbook(survey, year)
    print_village(survey, office, year)
    forget(year)
    import_whole(data, office)
    rows = list(of_year(year))

    def rival() -> None:
        CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
        Response.objects.bulk_create([Response(**row) for row in rows])

    mine, other = alternately(
        lambda: import_whole(data, office), rival, rounds=3, before=lambda: forget(year)
    )
    compare("survey-import", 8, mine, other, f"calamine and bulk_create, {len(rows):,} rows")


if __name__ == "__main__":
    main()
