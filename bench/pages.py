"""Pages at county scale, each against a bare view with the same queries and cells in one template."""

import os
import re

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianhu.settings")
django.setup()

from datetime import timedelta  # noqa: E402
from typing import Any  # noqa: E402
from unittest import mock  # noqa: E402

from django.conf import settings  # noqa: E402
from django.contrib import admin  # noqa: E402
from django.db import DEFAULT_DB_ALIAS, connection  # noqa: E402
from django.db.models.sql import Query  # noqa: E402
from django.db.models.sql.compiler import SQLAggregateCompiler, SQLCompiler  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.template import engines  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import include, path  # noqa: E402

from bench.timing import alternately, compare  # noqa: E402
from households.models import Household, HouseholdPairing  # noqa: E402
from units.models import Cadre, today  # noqa: E402
from visits.models import Assistance, AssistanceShare, Problem, ProblemStatus, Visit  # noqa: E402

LIMIT = 1.7
ROUNDS = 15
PAGES = {
    "units": "/units/",
    "cadres": "/cadres/",
    "villages": "/villages/",
    "households": "/households/",
    "pairings": "/pairings/",
    "visits": "/visits/",
    "overview": "/",
    "home": "/",
}
PLAIN = engines["django"].from_string(
    "<!DOCTYPE html><html><body><table>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>"
    "{% endfor %}</tr>{% endfor %}</table></body></html>"
)
bare: dict[str, Any] = {"queries": [], "rows": []}


def bare_view(request: HttpRequest) -> HttpResponse:
    """Run the same queries through Django and render the same cells in one plain template."""
    for query in bare["queries"]:
        run_again(query)
    return HttpResponse(PLAIN.render({"rows": bare["rows"]}))


def run_again(query: Query | str) -> None:
    """Compile, execute and fetch a query of a page; raw SQL is executed unchanged."""
    if isinstance(query, Query):
        list(query.clone().get_compiler(DEFAULT_DB_ALIAS).results_iter())
        return
    with connection.cursor() as cursor:
        cursor.execute(query)
        cursor.fetchall()


def empty_view(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


class StockHouseholdAdmin(admin.ModelAdmin):
    """The rows of /households/ as the stock admin shows them."""

    list_display = ("no", "village", "group", "phone", "kind", "main_cause", "size", "head", "cadre", "unit")
    list_select_related = ("village",)
    list_per_page = 50

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return True

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("members", "pairings__cadre__unit")

    def head(self, household: Household) -> str:
        return next((m.name for m in household.members.all() if m.relation == "01" and m.left_on is None), "")

    def cadre(self, household: Household) -> str:
        return next((str(p.cadre) for p in household.pairings.all() if p.ended_on is None), "")

    def unit(self, household: Household) -> str:
        return next((str(p.cadre.unit) for p in household.pairings.all() if p.ended_on is None), "")


stock = admin.AdminSite(name="stock")
stock.register(Household, StockHouseholdAdmin)
urlpatterns = [
    path("bare/", bare_view),
    path("empty/", empty_view),
    path("stock/", stock.urls),
    path("", include("lianhu.urls")),
]


def client_of(user: Cadre) -> Client:
    client = Client()
    client.force_login(user, backend="units.accounts.PhoneOrStaffNumberBackend")
    return client


def get(client: Client, url: str) -> HttpResponse:
    response = client.get(url)
    if response.status_code != 200:
        raise SystemExit(f"{url} answered {response.status_code}")
    return response


def queries_of(client: Client, url: str) -> list[tuple[str, Query | str]]:
    """Return (SQL, the query it was compiled from, or the SQL itself) of all queries of a page."""
    compiled: dict[str, Query] = {}
    execute_sql = SQLCompiler.execute_sql

    def note(self: SQLCompiler, *args: Any, **kwargs: Any) -> Any:
        query, before = self.query.clone(), len(connection.queries)
        result = execute_sql(self, *args, **kwargs)
        if not isinstance(self, SQLAggregateCompiler):  # these cannot be iterated a second time
            compiled.update((asked["sql"], query) for asked in connection.queries[before:])
        return result

    with CaptureQueriesContext(connection) as captured, mock.patch.object(SQLCompiler, "execute_sql", note):
        get(client, url)
    return [(query["sql"], compiled.get(query["sql"], query["sql"])) for query in captured.captured_queries]


def cells_of(html: str) -> list[list[str]]:
    """Return the texts of a page, row by row: table rows, list entries, definitions."""
    rows = re.findall(r"<(?:tr|li|dd)[ >].*?</(?:tr|li|dd)>", html, re.DOTALL)
    return [re.findall(r">\s*([^<>\s][^<>]*)", row) for row in rows]


def measure(key: str, client: Client, url: str) -> None:
    html = get(client, url).content.decode()
    frame = {sql for sql, _ in queries_of(client, "/empty/")}
    bare["queries"] = [query for sql, query in queries_of(client, url) if sql not in frame]
    bare["rows"] = cells_of(html)
    mine, other = alternately(lambda: get(client, url), lambda: get(client, "/bare/"), rounds=ROUNDS)
    compare(f"page-{key}", LIMIT, mine, other, f"the bare view, {len(bare['queries'])} queries")


def ten_years(pairing: HouseholdPairing) -> None:
    """Create ten years of records on one household: a visit a month, two problems and two helps a year."""
    household, cadre = pairing.household, pairing.cadre
    shared = {"cadre": cadre, "unit": pairing.unit, "rank": pairing.rank, "entered_by": cadre}
    for month in range(120):
        day = today() - timedelta(days=30 * month)
        visit = Visit.objects.create(
            household=household,
            village=household.village,
            visited_on=day,
            content="问了药费，看了水窖。",
            **shared,
        )
        if month % 6:
            continue
        Problem.objects.create(
            household=household,
            village=household.village,
            visit=visit,
            category="01",
            description="水窖漏水，冬天没水吃",
            raised_on=day,
            raised_by=cadre,
            owner=cadre,
            due_on=day,
            status=ProblemStatus.SOLVED,
            status_on=day,
            outcome="修好了",
            unit=pairing.unit,
            rank=pairing.rank,
            entered_by=cadre,
        )
        item = Assistance.objects.create(
            kind="comfort", given_on=day, content="送米面", cash=300, village=household.village, **shared
        )
        AssistanceShare.objects.create(assistance=item, household=household, cash=300)


def main() -> None:
    settings.ROOT_URLCONF = "bench.pages"
    settings.ALLOWED_HOSTS = ["testserver"]
    office = client_of(Cadre.objects.filter(role="office", place="620524").order_by("pk").first())
    busiest = HouseholdPairing.objects.current().filter(cadre__role="cadre").order_by("cadre").first()
    cadre = client_of(busiest.cadre)
    ten_years(busiest)
    pages = {**PAGES, "file": f"/households/{busiest.household_id}/"}
    wanted = os.environ.get("BENCH", "")
    for name, address in pages.items():
        if not wanted or wanted in {"page", f"page-{name}"}:
            measure(name, cadre if name in {"home", "file"} else office, address)
    if wanted in {"", "list-admin"}:
        mine, other = alternately(
            lambda: get(office, "/households/"),
            lambda: get(office, "/stock/households/household/"),
            rounds=ROUNDS,
        )
        compare("list-admin", 1, mine, other, "the stock admin list of the same rows")


if __name__ == "__main__":
    # Import the module by the name in the URLs instead of using this second copy, so that both share `bare`.
    from bench import pages

    pages.main()
