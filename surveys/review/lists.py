"""/responses/: the responses in the reader's scope, by survey, year, state, town and unit."""

from typing import Any

from django import forms
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from core.labels import label_of
from core.lists import Column, Listing, labels_of, link_to, list_page
from core.periods import year_in, year_taps
from core.places import under
from core.search import SearchForm, by_name, choice_field, key_field, offer
from households.models import headed_by
from surveys.models import Response, Survey
from units.access import user_of
from units.context import frame_of
from units.models import Cadre, today
from villages.choices import town_choices, unit_choices
from villages.models import Village

FIRST_YEAR = 2012


class ResponseSearch(SearchForm):
    placeholder = "户主、村、调查人"
    survey = forms.ChoiceField(label=label_of(Response, "survey"), required=False)
    year = forms.ChoiceField(label=label_of(Response, "year"), required=False)
    status = choice_field(Response, "status")
    town = forms.ChoiceField(label="乡镇", required=False)
    unit = forms.ChoiceField(label="单位", required=False)
    cadre = key_field("调查人")
    household = key_field(label_of(Response, "household"))

    def __init__(self, *args: Any, user: Cadre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        surveys = Survey.objects.visible_to(user).published()
        years = [str(year) for year in range(today().year, FIRST_YEAR - 1, -1)]
        choices = {
            "survey": [
                ("", "调查表"),
                *((str(survey.pk), str(survey)) for survey in surveys.defer("definition")),
            ],
            "year": [("", "年度"), *((year, year) for year in years)],
            "town": town_choices(user),
            "unit": unit_choices(user),
        }
        for name, options in choices.items():
            offer(self, name, options)

    def by_q(self, queryset: QuerySet[Response], value: str) -> QuerySet[Response]:
        heads = headed_by(value)
        villages = Village.objects.filter(by_name(value)).values("pk")
        people = Cadre.objects.filter(by_name(value)).values("pk")
        return queryset.filter(Q(household__in=heads) | Q(village__in=villages) | Q(surveyor__in=people))

    def by_town(self, queryset: QuerySet[Response], value: str) -> QuerySet[Response]:
        return queryset.filter(under(value))

    def by_cadre(self, queryset: QuerySet[Response], value: int) -> QuerySet[Response]:
        return queryset.filter(surveyor=value)


def responses(request: HttpRequest) -> HttpResponseBase:
    user = user_of(request)
    for_others = [] if user.is_viewer else [{"label": "替同事填", "url": reverse("response-for")}]
    listing = Listing(
        title="调查答卷",
        unit="份",
        queryset=Response.objects.visible_to(user),
        form=ResponseSearch(request.GET, user=user),
        annotate=with_names,
        columns=[
            Column("户主或村", "subject", css="nowrap"),
            Column("调查表", "survey__title"),
            Column("年度", "year", show=str),
            Column("状态", "status", show=labels_of(Response.Status)),
            Column("乡镇", "village__division__name"),
            Column("村", "village__name"),
            Column("调查日期", "surveyed_on", sort="surveyed_on", css="nowrap"),
            Column("调查人", "surveyor__name"),
            Column("单位", "unit__name", css="break"),
            Column("代录", "typed_by"),
        ],
        sort="-surveyed_on",
        href=link_to("response"),
        actions=for_others,
        empty={"text": "没有符合条件的答卷。", "url": request.path, "label": "看全部答卷"},
    )
    asked, seen = year_in(request.GET.get("year", "")), Response.objects.visible_to(user).order_by()
    years = year_taps(request, asked or 0, set(seen.values_list("year", flat=True).distinct()))
    return list_page(request, listing, frame=frame_of(user), years=years)


def with_names(responses: Any) -> QuerySet[Any]:
    """Annotate the displayed values of other tables: the head or the village, and the typist."""
    named: QuerySet[Any] = responses.with_head().annotate(
        subject=Case(
            When(household=None, then=F("village__name")),
            default=F("head_name"),
        ),
        typed_by=Case(
            When(entered_by=F("surveyor"), then=Value("")),
            default=F("entered_by__name"),
        ),
    )
    return named
