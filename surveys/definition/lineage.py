"""Map the items of a version to those of earlier versions (`continues`)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from core.chunked_queries import rows_in
from surveys.models import Response, Survey

Codes = dict[str, str]
"""Code in the newer version → code in the older one."""


def lineage(survey: Survey) -> dict[int, Codes]:
    """Map each version up to this one (by pk) to its codes of this version's items."""
    codes: Codes = {item.code: item.code for item in survey.form.by_code.values()}
    found = {survey.pk: codes}
    newer = survey
    while newer.based_on is not None:
        continues = {item.code: item.continues for item in newer.form.by_code.values()}
        older = newer.based_on
        codes = {code: continues[there] for code, there in codes.items() if continues.get(there)}
        found[older.pk] = codes
        newer = older
    return found


def answers_carried(survey: Survey, last: Response) -> dict[str, Any]:
    """Return the answers of an earlier response under this version's codes."""
    codes = lineage(survey).get(last.survey_id, {})
    return {code: last.answers[there] for code, there in codes.items() if there in last.answers}


Earlier = dict[int, list[tuple[date, dict[str, Any]]]]
"""By household or village: date and answers of each counted response, oldest first."""


def earlier_answers(survey: Survey, subjects: Iterable[int], only: Iterable[str] | None = None) -> Earlier:
    """Return the counted answers of these subjects to all versions so far, under this version's codes.

    `only` restricts the codes: 17,000 whole responses would take 100 MB. One query per chunk.
    """
    codes = lineage(survey)
    wanted = set(only) if only is not None else None
    link = "household" if survey.is_of_households else "village"
    counted = Response.objects.counted().filter(survey__in=codes)
    if not survey.is_of_households:
        counted = counted.filter(household=None)
    found: Earlier = defaultdict(list)
    for row in rows_in(counted, link, subjects, link, "surveyed_on", "survey", "answers"):
        answers = {
            code: row["answers"][there]
            for code, there in codes[row["survey"]].items()
            if there in row["answers"] and (wanted is None or code in wanted)
        }
        found[row[link]].append((row["surveyed_on"], answers))
    for responses in found.values():
        responses.sort(key=lambda response: response[0])
    return found
