"""Rotating the key of the ID numbers, and the wrong key."""

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError

from core import identity
from core.display import history_of
from core.models import Change
from households.models import Member
from tests.factories import make_member

pytestmark = pytest.mark.django_db
NUMBER = "620524196005010010"
OLD = {"old": b"o" * 32}
BOTH = {"new": b"n" * 32, **OLD}


def test_after_a_rotation_the_new_key_is_enough(settings):
    settings.DATA_KEYS = OLD
    member = make_member(id_number=NUMBER)
    member.id_number = "620524196005010037"
    member.save()
    settings.DATA_KEYS = BOTH
    assert Member.objects.filter(id_hash__in=identity.id_hashes("620524196005010037")).exists()
    changes = Change.objects.count()
    call_command("rotate_keys")
    settings.DATA_KEYS = {"new": BOTH["new"]}
    member.refresh_from_db()
    assert member.id_number == "620524196005010037"
    assert member.id_hash == identity.id_hash("620524196005010037")
    assert history_of(member)[0].lines[0].old == "620524********0010"
    assert Change.objects.count() == changes
    assert member.version == 2


def test_a_second_rotation_changes_nothing(settings, capsys):
    settings.DATA_KEYS = BOTH
    make_member(id_number=NUMBER)
    call_command("rotate_keys")
    assert "重新加密了 0 人" in capsys.readouterr().out


def test_a_rotation_without_the_old_key_is_refused_and_changes_nothing(settings):
    settings.DATA_KEYS = OLD
    member = make_member(id_number=NUMBER)
    settings.DATA_KEYS = {"new": BOTH["new"]}
    with pytest.raises(CommandError, match=r"没有编号为“old”的数据密钥.*旧钥匙要留在 DATA_KEY 里"):
        call_command("rotate_keys")
    assert Member.objects.get().id_cipher == member.id_cipher


@pytest.mark.parametrize(
    ("keys", "why"),
    [({"new": BOTH["new"]}, "没有编号为“old”的数据密钥"), ({"old": b"x" * 32}, "密文已损坏")],
)
def test_a_database_beside_the_wrong_key_is_told_before_anyone_works_on_it(settings, keys, why):
    call_command("check", databases=["default"])
    settings.DATA_KEYS = OLD
    make_member(id_number="")
    make_member(id_number=NUMBER)
    call_command("check", databases=["default"])
    settings.DATA_KEYS = keys
    with pytest.raises(SystemCheckError, match=f"请放回当时的钥匙：{why}"):
        call_command("check", databases=["default"])
