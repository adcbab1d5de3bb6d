"""What a whole ID number finds: the person whose it is, for those who may 查看, and whether somebody has it already.

Each answer confirms a number as 查看 shows one, so each is counted with the reveals of the day. A part of a number,
or a mask, finds nobody. Raises LimitReached.
"""

from django.db.models import QuerySet

from core import identity
from core.models import Reveal
from core.oversight import note_number_use
from core.places import COUNTY, under
from households.models import Member
from units.models import Cadre


def people_with(number: str, user: Cadre) -> QuerySet[Member]:
    """Exact search: the members who have the number, of those that the user sees, closed households included."""
    number = number.upper()
    if user.is_viewer or not identity.is_whole(number):
        return Member.objects.none()
    note_number_use(user, number, Reveal.Act.SEARCH)
    return Member.objects.findable().visible_to(user).filter(id_hash__in=identity.id_hashes(number))


def is_taken(number: str, place: str, *, by: Cadre | None, but: int = 0) -> bool:
    """Return the already-used check of the forms: whether another member than `but` in the county of `place`
    has the number.

    It counts for `by`, who has typed it; None when it is the stored one that comes back unchanged. In an import
    `households.importing.people.refuse_other_holder` asks the same.
    """
    if not (number and place):
        return False
    if by:
        note_number_use(by, number, Reveal.Act.CHECK)
    there = Member.objects.current().filter(under(place[:COUNTY])).exclude(pk=but)
    return there.filter(id_hash__in=identity.id_hashes(number)).exists()
