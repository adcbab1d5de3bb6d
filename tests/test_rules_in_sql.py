"""Rules of fields also hold in the database, since imports and commands bypass validators."""

import importlib
from datetime import date

import pytest
from django.apps import apps
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction

from core.constraints import refuse_breaches
from households.models import Household
from tests.factories import (
    COUNTY,
    make_cadre,
    make_division,
    make_household,
    make_member,
    make_pairing,
    make_village,
    make_village_pairing,
)
from units.models import Leave, Requirement, Word
from villages.models import VillageAlias

pytestmark = pytest.mark.django_db


def refused(row, **fields) -> str:
    """Write without the model's validation; return the name of the constraint that refused it."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        type(row)._base_manager.filter(pk=row.pk).update(**fields)
    return str(caught.value)


@pytest.mark.parametrize(
    ("make", "fields", "name"),
    [
        (make_household, {"size": 0}, "household_size"),
        (make_household, {"size": 21}, "household_size"),
        (make_household, {"kind": "99"}, "household_choices"),
        (make_household, {"phone": "问村主任"}, "household_phone_digits"),
        (make_member, {"migrant_months": 13}, "member_months_of_work"),
        (make_member, {"sex": "3"}, "member_choices"),
        (
            make_member,
            {"joined_on": date(2015, 2, 1), "left_on": date(2015, 1, 1)},
            "member_leaves_after_joining",
        ),
        (make_cadre, {"phone": "2380000000"}, "cadre_phone"),
        (make_cadre, {"staff_no": "G 1"}, "cadre_staff_no"),
        (make_cadre, {"staff_no": "13800000000"}, "cadre_staff_no"),
        (make_cadre, {"role": "king"}, "cadre_choices"),
        (make_division, {"code": "62052"}, "division_code"),
        (make_village, {"code": "62052410000"}, "village_code"),
    ],
)
def test_the_database_refuses_what_the_field_refuses(make, fields, name):
    assert name in refused(make(), **fields)


def test_a_household_is_not_its_own_successor_nor_a_village_merged_into_itself():
    household, village = make_household(), make_village(ended_on=date(2015, 1, 1))
    assert "household_successor_is_another" in refused(household, successor=household)
    assert "village_merged_into_another" in refused(village, merged_into=village)


def test_pairings_and_leave_end_after_they_start():
    early, late = date(2015, 1, 1), date(2015, 2, 1)
    cadre = make_cadre()
    leave = Leave.objects.create(cadre=cadre, started_on=early, ended_on=late, reason="病")
    for row in (make_pairing(cadre=cadre), make_village_pairing(unit=cadre.unit), leave):
        assert "ends_after_start" in refused(row, started_on=late, ended_on=early)


def test_a_minimum_is_not_above_its_maximum_and_a_place_is_a_code():
    asked = Requirement.objects.create(year=2015, place=COUNTY, indicator="visit_times", minimum=4, maximum=9)
    assert "requirement_minimum_below_maximum" in refused(asked, minimum=10)
    assert "requirement_place" in refused(asked, place="武山县")
    word = Word.objects.create(group=Word.Group.VISIT_REASON, text="上门")
    assert "word_is_one" in refused(word, text="两 个")
    alias = VillageAlias.objects.create(code="620524100001", village=make_village())
    assert "village_alias_code" in refused(alias, code="1")


@pytest.mark.parametrize("app", ["units", "villages", "households"])
def test_the_rules_find_nothing_wrong_in_sound_rows(app):
    make_pairing()
    make_village_pairing(unit=make_cadre().unit)
    numbers = {"units": "0010", "villages": "0005", "households": "0006"}
    migration = importlib.import_module(f"{app}.migrations.{numbers[app]}_rules_in_sql")
    refuse_breaches(app, migration.OPERATIONS)(apps, None)


@pytest.fixture
def before_the_rules():
    """Switch off the constraint that refuses a household of size 0."""
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        if sqlite:
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        else:
            cursor.execute("ALTER TABLE households_household DROP CONSTRAINT household_size")
        yield
        if sqlite:
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


def test_the_migration_lists_rows_that_break_a_rule_and_changes_none(before_the_rules):
    household = make_household(size=0)
    migration = importlib.import_module("households.migrations.0006_rules_in_sql")

    with pytest.raises(CommandError) as caught:
        refuse_breaches("households", migration.OPERATIONS)(apps, None)

    assert f"贫困户（id {household.pk}）：家庭人口要在 1 到 20 之间。" in str(caught.value)
    assert Household.objects.get(pk=household.pk).size == 0
