"""How the items of one version carry on those of the versions before it (`continues`)."""

from typing import Any

from surveys.models import Response, Survey

Codes = dict[str, str]
"""Code in the newer version → code in the older one."""


def lineage(survey: Survey) -> dict[int, Codes]:
    """For this version and every one before it, by pk: what each of this version's items is called there."""
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
    """The answers of an earlier response under the codes of this version's items."""
    codes = lineage(survey).get(last.survey_id, {})
    return {code: last.answers[there] for code, there in codes.items() if there in last.answers}
