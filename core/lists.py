"""A list: search form → queryset → one keyset page; `?export=xlsx` and `?print=1` output the same rows.

A list page makes a constant number of queries: the count, the page's keys in order, and the cells of those
keys. Expensive columns (last visit, sums) are therefore computed for the shown rows only, unless the list is
sorted by them.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import unescape
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import EmptyResultSet, FieldError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Aggregate, CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from core import identity
from core.downloads import log_print, send_workbook
from core.search import SearchForm

PER_PAGE = 50
MOST_PRINTED = 1000
"""Maximum rows of a print; longer lists go into a workbook."""
GARBLED = (
    ValueError,
    TypeError,
    OverflowError,
    RecursionError,
    EmptyResultSet,
    FieldError,
    forms.ValidationError,
)
"""Exceptions raised by a malformed cursor."""
Show = Callable[[Any], Any]


def as_is(value: object) -> object:
    """Pass the value through: table and workbook format text, numbers and dates themselves."""
    return value


def labels_of(choices: type[Any]) -> Show:
    """Return a formatter from a stored code to its label."""
    table: dict[Any, str] = dict(choices.choices)
    return lambda value: table.get(value, "")


def yes_no(value: Any) -> str:
    return "" if value is None else "是" if value else "否"


@dataclass(frozen=True)
class Column:
    """One column: its heading, the name of its value in the queryset, and its formatter.

    `sort` names a field or annotation that is never null; without it the heading is not a link.
    """

    label: str
    value: str
    sort: str = ""
    css: str = ""
    show: Show = as_is


class Heading(NamedTuple):
    label: str
    css: str
    sort: str = ""
    aria: str = ""


class Row(NamedTuple):
    key: int
    href: str
    cells: list[Any]
    css: str = ""


@cache
def _around_key(name: str) -> tuple[str, str]:
    """Return a page's address before and after its key, resolved once per process."""
    before, _, after = reverse(name, args=[987654321]).partition("987654321")
    return before, after


def link_to(name: str, query: str = "") -> Callable[[int], str]:
    """Return a function from a primary key to the address of its page, with a query."""
    before, after = _around_key(name)
    end = f"{after}?{query}" if query else after
    return lambda pk: f"{before}{pk}{end}"


@dataclass
class Listing:
    """The declaration of one list. `annotate` adds the displayed values to the page's rows only."""

    title: str
    unit: str
    queryset: QuerySet[Any]
    form: SearchForm
    columns: Sequence[Column]
    sort: str
    href: Callable[[int], str] | None = None
    annotate: Callable[[QuerySet[Any]], QuerySet[Any]] = lambda queryset: queryset
    totals: Callable[[QuerySet[Any], int], list[dict[str, Any]]] | None = None
    facts: str = ""
    crumbs: Sequence[tuple[str, str]] = ()
    actions: Sequence[Mapping[str, str]] = ()
    empty: Mapping[str, Any] | None = None
    ticks: Mapping[str, Any] | None = None
    template: str = "pages/list.html"
    of_people: bool = True
    """Whether the rows hold persons: export and print then require the password."""


def list_page(request: HttpRequest, listing: Listing, **context: Any) -> HttpResponseBase:
    """Return a list's page, or its workbook or print."""
    found = listing.form.filter(listing.queryset)
    if request.GET.get("export") == "xlsx":
        return export(request, listing, found)
    if request.GET.get("print") == "1":
        return sheet_of(request, listing, found)
    count, page = found.count(), _Page(request, listing, found)
    return render(
        request,
        listing.template,
        {
            "page": {"title": listing.title, "facts": listing.facts, "crumbs": listing.crumbs},
            "actions": listing.actions,
            **_filters(request, listing.form, folding=context.get("frame") == "phone.html"),
            "columns": [page.heading(column) for column in listing.columns],
            "rows": _rows(listing, found, page.keys),
            "totals": listing.totals(found, count) if listing.totals and count else None,
            "pager": {
                "text": f"共 {count:,} {listing.unit}，每页 {PER_PAGE} {listing.unit}",
                "prev": page.previous,
                "next": page.following,
            },
            "export": {
                "url": address(request, {"export": "xlsx"}),
                "label": f"导出这 {count:,} {listing.unit}",
            }
            if count
            else None,
            "print": address(request, {"print": "1"}) if count else "",
            "empty": _empty(request, listing),
            "ticks": listing.ticks,
            "count": count,
            "caption": listing.title,
            **context,
        },
    )


def _filters(request: HttpRequest, form: SearchForm, *, folding: bool) -> dict[str, Any]:
    """Return the context of `_filters.html`; with `folding`, only active filters stand above the rows."""
    chips = form.chips(lambda name: address(request, {name: None}))
    folded = [chip for chip in chips if folding and not chip["value"]]
    filtered = form.describe()
    return {
        "search": {"value": form.data.get("q", ""), "placeholder": form.placeholder, "error": form.problem},
        "filters": [chip for chip in chips if chip not in folded],
        "more_filters": folded,
        "hidden": form.hidden_pairs() + ([("sort", request.GET["sort"])] if "sort" in request.GET else []),
        "clear_url": request.path if filtered else "",
        "filtered": filtered,
    }


def _empty(request: HttpRequest, listing: Listing) -> Mapping[str, Any] | None:
    """Return the context of `_empty.html`: without filters, offer the first action instead of this page
    again.
    """
    empty = listing.empty or {}
    if listing.form.describe() or empty.get("url") != request.path:
        return listing.empty
    return {"text": f"现在一{listing.unit}也没有。", **(listing.actions[0] if listing.actions else {})}


def _rows(listing: Listing, found: QuerySet[Any], keys: Sequence[int]) -> list[Row]:
    """Return the page's rows, in the page's order."""
    names = [column.value for column in listing.columns]
    values = listing.annotate(found.order_by().filter(pk__in=keys)).values_list("pk", *names)
    by_key = {pk: cells for pk, *cells in values}
    shows = [column.show for column in listing.columns]
    href = listing.href or (lambda pk: "")
    return [
        Row(key, href(key), [show(value) for show, value in zip(shows, by_key[key], strict=True)])
        for key in keys
        if key in by_key
    ]


def address(request: HttpRequest, changed: Mapping[str, str | None]) -> str:
    """Return this page's address with some parameters changed; the keyset restarts."""
    query = request.GET.copy()
    for name in ("after", "before", "export", "print"):
        query.pop(name, None)
    for name, value in changed.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return f"{request.path}?{query.urlencode()}" if query else request.path


class _Page:
    """The keys of one keyset page, its sort order and the links to its neighbours."""

    def __init__(self, request: HttpRequest, listing: Listing, found: QuerySet[Any]) -> None:
        self.request = request
        self.sort, self.down = _order(request, listing)
        queryset = found if _is_field(found, self.sort) else listing.annotate(found)
        backwards = "before" in request.GET
        falling = self.down != backwards
        beyond = self._beyond(queryset, request.GET.get("before" if backwards else "after", ""), falling)
        if beyond is not None:
            queryset = queryset.filter(beyond)
        order: list[Any] = [F(self.sort).desc(), "-pk"] if falling else [F(self.sort).asc(), "pk"]
        rows = list(queryset.order_by(*order).values_list(self.sort, "pk")[: PER_PAGE + 1])
        more, rows = len(rows) > PER_PAGE, rows[:PER_PAGE]
        if backwards:
            rows.reverse()
        self.keys = [pk for _, pk in rows]
        has_previous = more if backwards else beyond is not None
        has_following = True if backwards else more
        self.previous = self._to("before", rows[0]) if rows and has_previous else ""
        self.following = self._to("after", rows[-1]) if rows and has_following else ""

    def _beyond(self, queryset: QuerySet[Any], text: str, falling: bool) -> Q | None:
        """Return the condition for rows beyond the cursor; a malformed cursor starts at the beginning."""
        try:
            value, pk = json.loads(text)
            if b"\0" in str(value).encode():  # which PostgreSQL does not accept in text
                return None
            beyond = _beyond(self.sort, (value, int(pk)), falling)
            queryset.filter(beyond).query.sql_with_params()
        except GARBLED:
            return None
        return beyond

    def _to(self, direction: str, row: tuple[Any, int]) -> str:
        return address(
            self.request, {direction: json.dumps([row[0], row[1]], cls=DjangoJSONEncoder, ensure_ascii=False)}
        )

    def heading(self, column: Column) -> Heading:
        if not column.sort:
            return Heading(column.label, column.css)
        sorted_by = column.sort == self.sort
        turned = f"-{column.sort}" if sorted_by and not self.down else column.sort
        aria = ("descending" if self.down else "ascending") if sorted_by else ""
        return Heading(column.label, column.css, address(self.request, {"sort": turned}), aria)


def _order(request: HttpRequest, listing: Listing) -> tuple[str, bool]:
    """Return the sort column and whether it is descending; an unsortable one gives the list's default."""
    asked = request.GET.get("sort", "")
    allowed = {column.sort for column in listing.columns if column.sort}
    chosen = asked if asked.lstrip("-") in allowed else listing.sort
    return chosen.lstrip("-"), chosen.startswith("-")


def _is_field(queryset: QuerySet[Any], name: str) -> bool:
    known = {field.name for field in queryset.model._meta.concrete_fields} | {"pk"}
    return name in known or name in queryset.query.annotations


def _beyond(sort: str, cursor: tuple[Any, int], falling: bool) -> Q:
    """Select rows beyond the cursor.

    The first condition repeats the second so that PostgreSQL uses the index.
    """
    value, pk = cursor
    edge = "lt" if falling else "gt"
    return Q(**{f"{sort}__{edge}e": value}) & (
        Q(**{f"{sort}__{edge}": value}) | Q(**{sort: value, f"pk__{edge}": pk})
    )


def _in_order(request: HttpRequest, listing: Listing, found: QuerySet[Any]) -> QuerySet[Any]:
    """Return all found rows with the displayed values, in the page's order."""
    sort, down = _order(request, listing)
    return listing.annotate(found).order_by(f"-{sort}" if down else sort, "-pk" if down else "pk")


def sheet_of(request: HttpRequest, listing: Listing, found: QuerySet[Any]) -> HttpResponseBase:
    """Return the found rows as a print, logged as a download; if there are too many, a page with their
    number.
    """
    user: Any = request.user
    count, filters = found.count(), identity.hide_numbers(listing.form.describe())
    keys = list(_in_order(request, listing, found).values_list("pk", flat=True)[:MOST_PRINTED])
    log_print(request, listing.title, filters=filters, row_count=len(keys), of_people=listing.of_people)
    said = f"共 {count:,} {listing.unit}"
    if count > MOST_PRINTED:
        said += f"，只印前 {MOST_PRINTED:,} {listing.unit}，全部的请导出"
    return render(
        request,
        "pages/print.html",
        {
            "page": {"title": listing.title},
            "sheet": {
                "unit": user.unit,
                "wide": True,
                "back": address(request, {}),
                "filters": filters,
                "said": said,
            },
            "columns": [Heading(column.label, column.css) for column in listing.columns],
            "rows": [row._replace(href="") for row in _rows(listing, found, keys)],
            "totals": listing.totals(found, count) if listing.totals and count else None,
            "caption": listing.title,
        },
    )


def export(request: HttpRequest, listing: Listing, found: QuerySet[Any]) -> HttpResponseBase:
    """Return all found rows as a workbook, in the page's order, and log the download."""
    queryset = _in_order(request, listing, found)
    names = [column.value for column in listing.columns]
    shows = [column.show for column in listing.columns]
    rows = queryset.values_list(*names).iterator(chunk_size=2000)
    cells = ([_plain(show(value)) for show, value in zip(shows, row, strict=True)] for row in rows)
    headings = [column.label for column in listing.columns]
    return send_workbook(
        request,
        listing.title,
        headings,
        cells,
        filters=listing.form.describe_filters(),
        period=listing.form.describe_period(),
        note=listing.facts,
        row_count=found.count(),
        of_people=listing.of_people,
    )


def _plain(cell: object) -> object:
    """Return a cell for a workbook, without the markup of the page."""
    return unescape(strip_tags(cell)) if isinstance(cell, SafeString) else cell


class _Names(Aggregate):
    """Names joined by 、."""

    function = "GROUP_CONCAT"
    template = "%(function)s(%(expressions)s, '、')"
    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "STRING_AGG(%(expressions)s, '、' ORDER BY %(expressions)s)"
        return self.as_sql(compiler, connection, template=template, **context)


def names_of(rows: QuerySet[Any], link: str, name: str) -> Coalesce:
    """Join the `name` of the `rows` that point at each row through `link`; '' for none."""
    joined = rows.filter(**{link: OuterRef("pk")}).order_by().values(link).annotate(names=_Names(name))
    return Coalesce(Subquery(joined.values("names")), Value(""))


def count_of(rows: QuerySet[Any], link: str, *, what: str = "pk") -> Coalesce:
    """Count the distinct `what` of `rows` that point at each row through `link`; 0 for none."""
    counted = (
        rows.filter(**{link: OuterRef("pk")}).order_by().values(link).annotate(n=Count(what, distinct=True))
    )
    return Coalesce(Subquery(counted.values("n")), 0)
