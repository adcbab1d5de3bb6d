"""Lookups by a whole ID number: its person, for users who may 查看, and whether the number is already used.

Each answer confirms a number just as 查看 does, so each is counted with the day's reveals. Partial or masked
numbers match nobody. Raises LimitReached.
"""

from django.db.models import QuerySet

from core import identity
from core.models import Reveal
from core.oversight import note_number_use
from core.places import COUNTY, under
from households.models import Member
from units.models import Cadre


def people_with(number: str, user: Cadre) -> QuerySet[Member]:
    """Return the members with exactly this number within the user's scope, closed households included."""
    number = number.upper()
    if user.is_viewer or not identity.is_whole(number):
        return Member.objects.none()
    note_number_use(user, number, Reveal.Act.SEARCH)
    return Member.objects.findable().visible_to(user).filter(id_hash__in=identity.id_hashes(number))


def is_taken(number: str, place: str, *, by: Cadre | None, but: int = 0) -> bool:
    """Return whether another member than `but` in the county of `place` has the number.

    Counts for `by`, who typed it; None when it is the stored number coming back unchanged. Imports use
    `households.importing.people.refuse_other_holder` for the same check.
    """
    if not (number and place):
        return False
    if by:
        note_number_use(by, number, Reveal.Act.CHECK)
    there = Member.objects.current().filter(under(place[:COUNTY])).exclude(pk=but)
    return there.filter(id_hash__in=identity.id_hashes(number)).exists()
