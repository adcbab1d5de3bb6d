"""Define which responses a statistic counts, and map an item to each version of the form.

Handed-in responses only (待复核, 已复核), of one form's versions together, in one year; the latest of a
household or village in that year once.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Case, Exists, Expression, OuterRef, Q, QuerySet, TextField, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from surveys.definition.document import HEADER
from surveys.definition.items import Item
from surveys.definition.lineage import Codes, lineage
from surveys.filling.facts import KEPT
from surveys.models import Response, Survey
from units.models import Cadre

CHOICE, YES_NO, NUMBER, TEXT, DATE = "choice", "yesno", "number", "text", "date"
KINDS = {"single": CHOICE, "multi": CHOICE, "yesno": YES_NO, "number": NUMBER, "text": TEXT, "date": DATE}
"""Types whose answers count together when a version changed one for the other."""


Rounds = dict[int, list[int]]
"""Year → the versions, by pk, that have responses in it."""


def kind_of(item: Item) -> str:
    """Return how an item is counted; a choice without options counts as text."""
    return TEXT if item.type == "single" and not item.options else KINDS[item.type]


@dataclass(frozen=True)
class Family:
    """A published form and the versions before it that it carries on."""

    survey: Survey
    versions: Mapping[int, Survey]
    codes: Mapping[int, Codes]

    @cached_property
    def items(self) -> Mapping[str, Item]:
        """What is answered in a response, by code: header items first, without its names and phones."""
        form = self.survey.form
        asked = {item.code for item in form.asked if item.section != HEADER or kind_of(item) != TEXT}
        return {code: item for code, item in form.by_code.items() if code in asked or item.bind in KEPT}

    def there(self, version: int, code: str) -> Item | None:
        """Return the item of that version which `code` carries on; None where it was not asked, or asked
        otherwise.
        """
        older = self.versions[version].form.by_code.get(self.codes[version].get(code, ""))
        return older if older and kind_of(older) == kind_of(self.items[code]) else None

    def labels(self, code: str) -> dict[str, str]:
        """Return the item's options by code, this version's first, then those that only an earlier one had."""
        if self.items[code].type == "yesno":
            return {"1": "是", "0": "否"}
        found = dict(self.items[code].labels)
        for version in self.versions:
            if older := self.there(version, code):
                for option, label in older.labels.items():
                    found.setdefault(option, f"{label}（旧选项）")
        return found


def family_of(survey: Survey) -> Family:
    codes = lineage(survey)
    versions = Survey.objects.in_bulk([pk for pk in codes if pk != survey.pk])
    return Family(survey, {survey.pk: survey, **versions}, codes)


def rounds_of(family: Family, user: Cadre) -> Rounds:
    """Years with responses that count and that the user sees, the last first → the versions they answer."""
    found = Response.objects.counted().visible_to(user).filter(survey__in=family.versions).order_by()
    rounds = defaultdict(list)
    for year, version in sorted(set(found.values_list("year", "survey")), reverse=True):
        rounds[year].append(version)
    return dict(rounds)


@dataclass(frozen=True)
class Counted:
    """The counted responses of one year, and the versions that they answer."""

    family: Family
    year: int
    versions: Sequence[int]
    responses: QuerySet[Response]

    def answer(self, code: str) -> Expression:
        """Return an item's answer as text, under whatever code its version asks it; null where there is none."""
        called = {
            version: older.code for version in self.versions if (older := self.family.there(version, code))
        }
        if len(called) == len(self.versions) and len(set(called.values())) == 1:
            return answer_text(called[self.versions[0]])
        whens = [When(survey=version, then=answer_text(there)) for version, there in called.items()]
        return Case(*whens, default=Value(None), output_field=TextField())

    def of_subject(self) -> QuerySet[Response]:
        """Return the response on the household, or village, of the outer query's response."""
        return self.responses.filter(**same_subject(self.family.survey))


def same_subject(survey: Survey) -> dict[str, OuterRef]:
    """Return what ties a response to one of an outer query."""
    name = "household" if survey.is_of_households else "village"
    return {name: OuterRef(name)}


def answer_text(code: str) -> Cast:
    """Return a stored answer as text: a number's digits, a code, a list as JSON; alike on both databases."""
    return Cast(KeyTextTransform(code, "answers"), TextField())


def counted_in(family: Family, user: Cadre, year: int, versions: Sequence[int]) -> Counted:
    """Return the year's responses that the user sees; `versions` are those that have some (see `rounds_of`)."""
    chosen = list(versions) or list(family.versions)
    responses = Response.objects.counted().filter(survey__in=chosen, year=year)
    if len(chosen) > 1:
        responses = responses.filter(~Exists(_later(family.survey, chosen, year)))
    return Counted(family, year, chosen, responses.visible_to(user).order_by())


def _later(survey: Survey, versions: Sequence[int], year: int) -> QuerySet[Response]:
    """Return what another version has on the same household or village later in the same year."""
    same = Response.objects.counted().filter(survey__in=versions, year=year, **same_subject(survey))
    return same.filter(
        Q(surveyed_on__gt=OuterRef("surveyed_on"))
        | Q(surveyed_on=OuterRef("surveyed_on"), pk__gt=OuterRef("pk"))
    )
