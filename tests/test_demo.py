"""The demo county is plausible, reproducible, and written with its history."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db.models import Model
from django.test import Client

from core import identity
from core.models import Change, Installation
from core.records import Record
from demo import PASSWORD, SAMPLE_LOGINS, is_demo
from demo.county import Batch, build
from demo.families import CHILDREN_RELATIONS, OWN_CHILDREN
from demo.loading import load
from demo.scales import COUNTY, SAMPLE
from households.choices import Cause, Health, Kind, PairingKind, Relation
from households.models import (
    Household,
    HouseholdAway,
    HouseholdPairing,
    HouseholdPlan,
    Measure,
    Member,
    ProjectBeneficiary,
)
from surveys.models import Response, Survey
from tests.demo_figures import Figures, end_of, read_tables
from tests.factories import make_unit
from units.models import Cadre, Leave, Unit
from units.presets import VILLAGES_A_UNIT
from units.roles import Role
from villages.models import (
    Project,
    ProjectFund,
    ProjectNote,
    Village,
    VillageGoal,
    VillageNote,
    VillagePairing,
    VillagePlan,
)
from visits.models import Activity, Assistance, AssistanceShare, Problem, ProblemMove, Visit

pytestmark = pytest.mark.slow

YEAR = 2026
NOW = end_of(YEAR, 11, 24)
AMOUNTS = {
    *("规模", "人均纯收入（元）", "村表", "帮扶实事的金额（万元）", "项目的资金（万元）"),
    *("活动", "宣传用的"),
}
RECORDS = (
    *(Survey, Unit, Cadre, Village, Household, Member),
    *(VillagePairing, HouseholdPairing, Visit, Response),
    *(Problem, ProblemMove, Assistance, AssistanceShare),
    *(Project, ProjectFund, ProjectNote, ProjectBeneficiary),
    *(VillagePlan, VillageGoal, VillageNote, HouseholdPlan, Measure),
    *(Activity, Leave, HouseholdAway),
)
KEPT: dict[type[Model], tuple[str, ...]] = {
    Household: ("id", "main_cause", "kind", "tags", "income_when_identified", "size"),
    Member: ("household_id", "relation", "sex", "born_on", "id_number", "health", "left_on"),
    HouseholdPairing: ("cadre_id", "household_id", "kind", "started_on", "ended_on"),
    VillagePairing: ("unit_id", "village_id", "ended_on"),
    Visit: ("cadre_id", "household_id", "visited_on", "nights", "recorded_at", "content"),
    Unit: ("id", "name"),
    Cadre: ("id", "role", "unit_id"),
}
PARENTS = {Relation.FATHER, Relation.MOTHER, Relation.HUSBANDS_FATHER, Relation.HUSBANDS_MOTHER}


class Seen:
    """The rows of a county as the tests use them."""

    def __init__(self, batches: Iterator[Batch]) -> None:
        self.figures = Figures(NOW.date())
        self.rows: dict[type, list[dict[str, Any]]] = defaultdict(list)
        for batch in batches:
            self.figures.add(batch)
            columns = KEPT.get(batch.model, ())
            if columns:
                self.rows[batch.model] += [{name: row[name] for name in columns} for row in batch.rows]

    def families(self) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
        """Return each household with its open members."""
        members = defaultdict(list)
        for row in self.rows[Member]:
            if row["left_on"] is None:
                members[row["household_id"]].append(row)
        return ((household, members[household["id"]]) for household in self.rows[Household])


@pytest.fixture(scope="module")
def county() -> Seen:
    return Seen(build(COUNTY, now=NOW, password=""))


def same_words(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row without the values that depend on the day."""
    moving = {"started_on", "ended_on"}
    return {key: value for key, value in row.items() if key not in moving}


# --- in memory ----------------------------------------------------------------------------------


@pytest.mark.once
def test_the_document_has_the_figures_of_the_county(county):
    documented = read_tables(Path(settings.BASE_DIR) / "docs" / "demo-data.md")
    counted = county.figures.tables()
    assert documented.keys() == counted.keys()
    scale = list(documented["规模"])
    exact = {("规模", label) for label in scale[: scale.index("未结对户") + 1]}
    wrong = [
        (title, label, value, documented[title].get(label))
        for title, table in counted.items()
        for label, values in table.items()
        for value, told in zip(values, documented[title].get(label, [-9] * len(values)), strict=True)
        if abs(value - told)
        > (0 if (title, label) in exact else max(1, told * 0.02) if title in AMOUNTS else 1)
    ]
    assert wrong == []


@pytest.mark.once
def test_every_id_number_fits_its_person_and_is_given_once(county):
    seen = set()
    for row in county.rows[Member]:
        number = row["id_number"]
        if number:
            assert identity.clean_id_number(number) == number
            assert number.startswith("620524")
            assert identity.birth_date(number) == row["born_on"]
            assert identity.sex(number) == row["sex"]
            seen.add(number[:18])
    assert len(seen) == sum(1 for row in county.rows[Member] if row["id_number"]) > 72_000


@pytest.mark.once
def test_members_are_of_an_age_to_be_what_they_are_to_each_other(county):
    for household, members in county.families():
        head, *others = members
        assert (head["relation"], len(members)) == (Relation.HEAD, household["size"])
        for member in others:
            younger = (member["born_on"] - head["born_on"]).days / 365.25
            if member["relation"] in OWN_CHILDREN:
                assert 18 <= younger <= 45.5
            elif member["relation"] in PARENTS:
                assert 18 <= -younger <= 45.5
            elif member["relation"] == Relation.SPOUSE:
                assert abs(younger) <= 8.5
                assert member["sex"] != head["sex"]
            elif member["relation"] in CHILDREN_RELATIONS:
                assert younger >= 36


@pytest.mark.once
def test_kinds_causes_marks_and_incomes_agree(county):
    for household, members in county.families():
        health = {member["health"] for member in members}
        assert (household["kind"] == Kind.FIVE_GUARANTEES) == ("五保" in household["tags"])
        assert (Health.SERIOUS in health) == ("重病" in household["tags"])
        if household["main_cause"] == Cause.ILLNESS:
            assert health & {Health.SERIOUS, Health.CHRONIC}
        if household["main_cause"] == Cause.DISABILITY:
            assert Health.DISABLED in health
        assert 0 < household["income_when_identified"] < 2300


@pytest.mark.once
def test_every_unit_has_one_or_two_villages_and_every_village_one_unit(county):
    of_units: Counter[int] = Counter()
    of_villages: Counter[int] = Counter()
    for row in county.rows[VillagePairing]:
        if row["ended_on"] is None:
            of_units[row["unit_id"]] += 1
            of_villages[row["village_id"]] += 1
    assert len(of_units) == 179
    assert max(of_units.values()) <= VILLAGES_A_UNIT
    assert list(of_villages.values()) == [1] * 357


@pytest.mark.once
def test_a_household_is_paired_once_a_kind_and_visited_by_who_has_it(county):
    spans, open_kinds = defaultdict(list), set()
    for row in county.rows[HouseholdPairing]:
        spans[row["cadre_id"], row["household_id"]].append((row["started_on"], row["ended_on"] or date.max))
        if row["ended_on"] is None:
            assert (row["household_id"], row["kind"]) not in open_kinds
            open_kinds.add((row["household_id"], row["kind"]))
    assert {kind for _, kind in open_kinds} == {PairingKind.HELP, PairingKind.CONTACT}
    nights = set()
    for visit in county.rows[Visit]:
        day, key = visit["visited_on"], (visit["cadre_id"], visit["household_id"])
        assert NOW.date() - timedelta(days=365) < day <= NOW.date()
        assert day <= visit["recorded_at"].date()
        assert visit["recorded_at"] <= NOW
        if visit["household_id"]:
            longest_stay = timedelta(days=3)  # may outlast a pairing that ends during the stay
            assert any(since <= day and day - longest_stay <= until for since, until in spans[key])
        if visit["nights"]:
            assert (visit["cadre_id"], day) not in nights
            nights.add((visit["cadre_id"], day))


@pytest.mark.once
def test_texts_are_short_and_seldom_alike(county):
    texts = [visit["content"] for visit in county.rows[Visit]]
    assert all(6 <= len(text) <= 90 and "{" not in text for text in texts)
    assert len(set(texts)) > len(texts) / 4


@pytest.mark.once
def test_each_unit_has_one_leader_and_a_name_of_its_own(county):
    leaders = [row["unit_id"] for row in county.rows[Cadre] if row["role"] == Role.LEADER]
    assert len(leaders) == len(set(leaders)) >= 178
    assert len({row["name"] for row in county.rows[Unit]}) == 179


# --- reproducible -------------------------------------------------------------------------------


@pytest.mark.once
def test_two_runs_on_one_day_are_equal():
    first, second = (list(build(SAMPLE, now=NOW, password="")) for _ in range(2))
    assert first == second


@pytest.mark.once
def test_another_day_moves_only_what_happened_within_the_year():
    people = {Unit, Cadre, Village, Household, Member}
    early, late = (
        [
            (batch.model, [same_words(row) for row in batch.rows])
            for batch in build(SAMPLE, now=now, password="")
            if batch.model in people or batch.model in {VillagePairing, HouseholdPairing}
        ]
        for now in (end_of(YEAR, 2, 3), NOW)
    )
    assert early == late


@pytest.mark.once
@pytest.mark.parametrize("day", [date(2024, 2, 29), date(2025, 12, 31), date(2026, 1, 1), date(2040, 7, 1)])
def test_any_day_will_do(day):
    visits = [
        row
        for batch in build(SAMPLE, now=end_of(day.year, day.month, day.day), password="")
        for row in batch.rows
        if batch.model is Visit
    ]
    assert min(row["visited_on"] for row in visits) > day - timedelta(days=365)
    assert day - timedelta(days=4) < max(row["visited_on"] for row in visits) <= day


# --- in the database ----------------------------------------------------------------------------


@pytest.fixture
def sample(db) -> dict[str, int]:
    return load(SAMPLE, silent=True)


def test_the_sample_is_written_with_one_change_a_row(sample):
    assert (Unit.objects.count(), Cadre.objects.count(), Household.objects.count()) == (12, 120, 400)
    assert is_demo()
    for model in RECORDS:
        assert issubclass(model, Record)
        keys = list(model._base_manager.order_by("pk").values_list("pk", flat=True))
        changes = Change.objects.filter(table=model._meta.label_lower).order_by("row")
        assert list(changes.values_list("row", flat=True)) == keys
    assert set(Change.objects.values_list("act", "source", "by")) == {("created", "command", None)}


def test_derived_columns_are_those_a_save_would_write(sample):
    for model in RECORDS:
        for stored in model._base_manager.order_by("?")[:40]:
            before = dict(vars(stored))
            stored.fill()
            stored.full_clean(validate_unique=False)
            after = vars(stored)
            assert {key: after[key] for key in before if key != "_state"} == {
                key: value for key, value in before.items() if key != "_state"
            }


def test_id_numbers_stand_nowhere_in_the_clear(sample):
    head = Member.objects.filter(relation=Relation.HEAD).first()
    assert identity.clean_id_number(head.id_number) == head.id_number
    assert head.id_number not in head.id_cipher + head.id_hash
    assert Member.objects.get(id_hash=head.id_hash) == head


def test_the_printed_logins_work_and_their_pages_say_that_it_is_a_demo(sample):
    roles = []
    for role, phone, password in SAMPLE_LOGINS:
        client = Client()
        client.post("/login/", {"username": phone, "password": password})
        home = client.get("/", follow=True)
        assert home.context["user"].get_role_display() == role
        assert "示例数据" in home.content.decode()
        roles.append(home.context["user"].role)
    assert roles == [Role.OFFICE, Role.LEADER, Role.CADRE, Role.VIEWER]


def test_every_page_says_that_it_is_a_demo(sample):
    client = Client()
    pages = [client.get("/login/")]
    leader = Cadre.objects.get(phone=SAMPLE_LOGINS[1].phone)
    client.force_login(leader, backend="units.accounts.PhoneOrStaffNumberBackend")
    paths = ("/nothing/", "/imports/", "/me/", "/visits/new/", "/password/", "/admin/")
    pages += [client.get(path) for path in paths]
    assert [page.request["PATH_INFO"] for page in pages if "示例数据" not in page.content.decode()] == []


def test_each_login_has_something_to_look_at(sample):
    office, leader, cadre, viewer = (
        Cadre.objects.select_related("unit__division").get(phone=login.phone) for login in SAMPLE_LOGINS
    )
    assert Household.objects.visible_to(office).count() == Household.objects.visible_to(viewer).count() == 400
    assert 10 < Household.objects.visible_to(leader).count() < 120
    assert Household.objects.visible_to(cadre).count() == 5
    assert Visit.objects.visible_to(cadre).count() > 10


def test_both_forms_are_open_to_everyone(sample):
    for login in SAMPLE_LOGINS:
        forms = Survey.objects.visible_to(Cadre.objects.get(phone=login.phone)).open().order_by("pk")
        assert [form.code for form in forms] == ["HH-SURVEY", "VL-SURVEY"]
    assert forms[0].form.title == "贫困户调查表"


def test_new_rows_come_after_those_of_the_demo(sample):
    assert make_unit().pk > 12


def test_the_password_is_one_that_may_be_chosen():
    from django.contrib.auth.password_validation import validate_password

    validate_password(PASSWORD, Cadre(phone=SAMPLE_LOGINS[0].phone, name="周敏", pinyin="zhoumin"))


def refusal(*arguments: str) -> str:
    with pytest.raises(CommandError) as refused:
        call_command("demo", *arguments, verbosity=0)
    assert refused.value.returncode == 2
    return str(refused.value)


def test_a_used_database_is_refused(db):
    make_unit()
    assert "数据库不是空的" in refusal()
    Installation.objects.create(pk=1, code="620524", name="武山县")
    assert "数据库里已经是武山县" in refusal()


def test_an_unknown_scale_is_refused(db):
    assert "--scale 只有 sample、county" in refusal("--scale", "huge")


def test_the_command_prints_the_logins(db, capsys):
    call_command("demo", "--scale", "sample")
    printed = capsys.readouterr()
    assert "人物都是虚构的" in printed.out
    assert all("  ".join(login) in printed.out for login in SAMPLE_LOGINS)
    assert "示例县" in printed.err  # progress bar
    assert isinstance(Installation.objects.get().created_at, datetime)
