"""The responses behind a figure of the items or of two items together, with their answers."""

import json
from collections.abc import Callable
from decimal import Decimal
from operator import methodcaller
from typing import Any, NamedTuple

from django import forms
from django.db.models import Expression, F, FloatField, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, NullIf
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from core.lists import Column, Listing, labels_of, link_to, list_page
from core.search import by_name
from households.models import headed_by
from reports.surveys.counted import NUMBER, Counted, Family, Rounds, counted_in, kind_of, rounds_of
from reports.surveys.cross import answer_before
from reports.surveys.filters import AnswerSearch
from reports.surveys.frame import family_for, link, narrowed
from reports.surveys.items import BLANK, written
from reports.surveys.tally import codes_in
from surveys.definition.items import UNKNOWN_LABEL
from surveys.definition.language import UNKNOWN
from surveys.models import Response
from units.access import leader_or_overseer_required, user_of
from units.models import Cadre


class AnswerFilter(NamedTuple):
    """An item and which answers to it: one, numbers from `low` up to without `high`, or any."""

    code: str
    answer: str
    low: Decimal | None
    high: Decimal | None


def _hidden(field: type[forms.Field], label: str, **options: Any) -> forms.Field:
    return field(label=label, required=False, widget=forms.HiddenInput, **options)


class AnswerRowsSearch(AnswerSearch):
    """The filters of the statistics, and the answers to one item, or two (`item_2` …), that links set."""

    placeholder = "户主、村、调查人"
    item, item_2 = (_hidden(forms.CharField, label, max_length=40) for label in ("题", "另一题"))
    answer, answer_2 = (_hidden(forms.CharField, label, max_length=200) for label in ("答案", "另一题答案"))
    low, low_2 = (_hidden(forms.DecimalField, label) for label in ("从", "另一题从"))
    high, high_2 = (_hidden(forms.DecimalField, label) for label in ("不到", "另一题不到"))

    before = _hidden(forms.IntegerField, "前一题的年度", min_value=2000, max_value=2100)

    def by_q(self, queryset: QuerySet[Response], value: str) -> QuerySet[Response]:
        heads = headed_by(value)
        return queryset.filter(
            Q(household__in=heads) | by_name(value, "village__") | by_name(value, "surveyor__")
        )

    def by_item(self, queryset: QuerySet[Response], _value: Any) -> QuerySet[Response]:
        """What is asked narrows through `answering`, which knows the versions."""
        return queryset

    by_before = by_answer = by_low = by_high = by_item_2 = by_answer_2 = by_low_2 = by_high_2 = by_item

    def asked(self, family: Family) -> list[AnswerFilter]:
        found = []
        for suffix in ("", "_2"):
            code = self.cleaned_data.get(f"item{suffix}", "")
            if code in family.items:
                answer, low, high = (
                    self.cleaned_data.get(f"{name}{suffix}") for name in ("answer", "low", "high")
                )
                found.append(AnswerFilter(code, answer or "", low, high))
        return found


@leader_or_overseer_required
def answers_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    user = user_of(request)
    family = family_for(user, pk)
    rounds = rounds_of(family, user)
    form = AnswerRowsSearch(request.GET, user=user, years=list(rounds), survey=family.survey)
    counted, asked = narrowed(user, family, rounds, form), form.asked(family)
    responses = counted.responses
    for number, each in enumerate(asked, 1):
        name, year = f"answer_{number}", form.cleaned_data.get("before") if number == 1 else None
        responses = responses.annotate(**{name: _answer(user, counted, rounds, each.code, year)})
        responses = answering(responses, name, each, kind_of(family.items[each.code]))
    title = f"{family.survey.title}答卷"
    listing = Listing(
        title=title,
        unit="份",
        queryset=responses,
        form=form,
        facts=f"{form.year_chosen} 年，待复核、已复核的，一户（村）一份",
        crumbs=[
            (f"{family.survey.title}逐题统计", link("report-survey-items", family.survey, **form.carried()))
        ],
        annotate=methodcaller("with_head"),
        columns=[
            *(SUBJECT_COLUMNS[family.survey.is_of_households]),
            *(
                Column(
                    f"{each.code} {family.items[each.code].label}",
                    f"answer_{number}",
                    show=_shower(family, each.code),
                )
                for number, each in enumerate(asked, 1)
            ),
            *RESPONSE_COLUMNS,
        ],
        sort="-surveyed_on",
        href=link_to("response"),
        empty={"text": "没有符合条件的答卷。", "url": request.path, "label": "看全部"},
    )
    return list_page(request, listing)


def _answer(
    user: Cadre, counted: Counted, rounds: Rounds, code: str, year: int | None
) -> Expression | Subquery[Any]:
    """Return the answer to an item in the year counted, or what the same household answered in an earlier one."""
    if year is None:
        return counted.answer(code)
    return answer_before(counted_in(counted.family, user, year, rounds.get(year, [])), code)


def answering(responses: QuerySet[Response], name: str, asked: AnswerFilter, kind: str) -> QuerySet[Response]:
    """Keep responses whose annotated answer matches."""
    if asked.answer == BLANK:
        return responses.filter(**{f"{name}__isnull": True})
    if asked.answer:
        listed = Q(**{f"{name}__startswith": "["}) & (
            Q(**{f"{name}__contains": json.dumps(asked.answer)})
            | Q(**{f"{name}__contains": json.dumps(asked.answer, ensure_ascii=False)})
        )
        return responses.filter(Q(**{name: asked.answer}) | listed)
    said = responses.filter(**{f"{name}__isnull": False}).exclude(**{name: UNKNOWN})
    if kind != NUMBER:
        return said
    number = f"{name}_number"
    bounds = {f"{number}__gte": asked.low, f"{number}__lt": asked.high}
    return said.annotate(**{number: Cast(NullIf(F(name), Value(UNKNOWN)), FloatField())}).filter(
        **{lookup: float(bound) for lookup, bound in bounds.items() if bound is not None}
    )


def _shower(family: Family, code: str) -> Callable[[Any], str]:
    """Return an answer as text in words."""
    item, labels = family.items[code], family.labels(code)

    def show(text: str | None) -> str:
        if text is None:
            return ""
        if text == UNKNOWN:
            return UNKNOWN_LABEL
        if kind_of(item) == NUMBER:
            return written(item, Decimal(text))
        return "；".join(labels.get(each, each) for each in codes_in(text)) if labels else text

    return show


SUBJECT_COLUMNS = {
    True: [
        Column("户主", "head_name", css="nowrap"),
        Column("户编号", "household__no", css="quiet nowrap"),
        Column("村", "village__name", css="nowrap"),
        Column("组(社)", "household__group", css="nowrap"),
    ],
    False: [
        Column("村", "village__name", css="nowrap"),
        Column("村级代码", "village__code", css="quiet"),
        Column("乡镇", "village__division__name", css="nowrap"),
    ],
}
RESPONSE_COLUMNS = [
    Column("调查日期", "surveyed_on", sort="surveyed_on", css="nowrap"),
    Column("调查人", "surveyor__name", css="nowrap"),
    Column("单位", "unit__name", css="break"),
    Column("状态", "status", show=labels_of(Response.Status), css="nowrap"),
]
