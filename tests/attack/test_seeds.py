"""A small sample of each part of the attack (`make attack` runs all), and proof that each part detects its errors."""

import json

import pytest
from django.http import HttpResponse, JsonResponse
from django.test import Client
from django.utils.http import content_disposition_header

from households.models.household import HouseholdQuerySet
from tests.attack.crawl import Crawl
from tests.attack.knowledge import Knowledge
from tests.attack.lookups import LookUps, paths_of
from tests.attack.markers import Marks
from tests.attack.naive import Facts
from tests.attack.posts import Fuzz
from tests.attack.running import Attack, table
from tests.attack.tally import Tally, Visitor
from tests.attack.tokens import exempt_views, post_without_token
from tests.attack.world import World, build
from tests.factories import make_cadre, make_household
from tests.importing import table as workbook_of
from units.models import Unit
from units.scoped_admin import ScopedAdmin
from visits.problems.models import ProblemQuerySet

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FEW = ("county viewer", "town office", "county leader", "county cadre", "city unit cadre")


def test_a_seed_finds_nothing():
    attack = Attack(seed=1, sample=0.015, roles=FEW)
    attack.run(["crawl", "tokens", "lookups", "posts"])
    assert attack.found == [], table(attack)
    assert sum(attack.tally.requests.values()) > 500


# --- planted errors -------------------------------------------------------------------------------


@pytest.fixture
def world() -> World:
    return build()


def visitor_of(world: World, who: str) -> tuple[Visitor, Facts]:
    facts = Facts()
    return Visitor(who, Knowledge(facts, world.people[who]), Tally(), world.marks), facts


@pytest.fixture
def everybody_sees(monkeypatch):
    """A faulty rule that lets every row through."""

    def open_up(queryset, *names):
        for name in names:
            monkeypatch.setattr(queryset, name, lambda rows, user: rows.all())

    return open_up


def test_the_crawl_finds_a_rule_that_is_open(world, everybody_sees):
    everybody_sees(HouseholdQuerySet, "visible_to")
    visitor, _ = visitor_of(world, "county cadre")
    Crawl(visitor, sample=0.03, seed=1).run()
    assert visitor.tally.leaks


def test_the_posts_find_a_rule_that_is_open(world, everybody_sees):
    everybody_sees(ProblemQuerySet, "visible_to", "editable_by", "voidable_by")
    visitor, facts = visitor_of(world, "county cadre")
    fuzz = Fuzz(visitor, facts)
    theirs = next(row for row in facts.all("visits.problem") if not facts.sees(visitor.user, row))
    fuzz.post(
        f"/problems/{theirs.pk}/void/", {"reason": "重复", "void_reason": "重复", "version": theirs.version}
    )
    assert visitor.tally.writes


def test_the_look_ups_find_a_column_that_is_open(world, monkeypatch):
    monkeypatch.setattr(ScopedAdmin, "lookup_allowed", lambda self, lookup, value, request: True)
    visitor, facts = visitor_of(world, "county leader")
    looking = LookUps(visitor, facts, seed=1)
    for path, last in paths_of(Unit):
        if path.startswith("division__units__"):
            looking.compare(Unit, path, last, "exact")
    assert any("tells a row out of scope" in leak for leak in visitor.tally.leaks)


def test_a_post_that_needs_no_token_is_found(world, settings):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "CsrfView" not in name]
    tally = Tally()
    post_without_token(world.people["county office"], tally)
    assert tally.writes


def test_no_view_is_exempt_from_the_token():
    assert list(exempt_views()) == []


# --- markers --------------------------------------------------------------------------------------


@pytest.fixture
def marks() -> tuple[Marks, str]:
    found = Marks()
    return found, found.word(make_household(head=""), "note")


def test_a_marker_is_found_in_whatever_form(marks):
    found, word = marks
    in_header = HttpResponse("")
    in_header["Content-Disposition"] = content_disposition_header(True, f"{word}.xlsx")
    answers = [
        HttpResponse(f"<p>{word}</p>"),
        HttpResponse("".join(f"&#{ord(letter)};" for letter in word)),
        HttpResponse(f'<a href="?q={"".join(f"%{byte:02X}" for byte in word.encode())}">'),
        JsonResponse({"text": word}),
        HttpResponse(json.dumps({"text": word})),
        HttpResponse(workbook_of([["户", "说明"], ["1", word]])),
        in_header,
    ]
    assert [found.in_answer(answer, answer.content) for answer in answers] == [{word}] * len(answers)


def test_a_post_without_a_token_is_refused_for_a_stranger_too():
    make_cadre()
    assert Client(enforce_csrf_checks=True).post("/login/", {"username": "x"}).status_code == 403
