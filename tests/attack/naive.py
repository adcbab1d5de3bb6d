"""The naive rules: who may see and change what, written a second time as loops over rows.

They are written from docs/permissions.md and use neither `visible_to` and `editable_by`, nor the
columns derived for these (`place`, Reach), nor database queries. A mistake in the product is
therefore not repeated here.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from tests.attack.rows import Rows
from units.models import Cadre

ABOVE = (2, 4, 6, 9)
VOID_WITHIN = timedelta(days=7)

Rule = Callable[["Facts", Cadre, Any], bool]


class Facts(Rows):
    """All rows, and the rules over them."""

    def sees(self, user: Cadre, row: Any) -> bool:
        return SEES[row._meta.label_lower](self, user, row)

    def edits(self, user: Cadre, row: Any) -> bool:
        return EDITS[row._meta.label_lower](self, user, row)

    def voids(self, user: Cadre, row: Any) -> bool:
        return VOIDS[row._meta.label_lower](self, user, row)


def oversees(user: Cadre) -> bool:
    """Return whether the user is an office (双联办) or viewer (查阅) of the place, who sees everything there."""
    return user.role in {"office", "viewer"}


def writes_in_place(facts: Facts, user: Cadre, row: Any) -> bool:
    return user.role == "office" and facts.in_place(user, row)


def recent(row: Any) -> bool:
    return row.recorded_at > timezone.now() - VOID_WITHIN


def whose(user: Cadre, row: Any, *names: str) -> bool:
    return any(getattr(row, f"{name}_id") == user.pk for name in names)


def follows(name: str, label: str, rule: str) -> Rule:
    """Apply the rule of the row that this one belongs to."""

    def answer(facts: Facts, user: Cadre, row: Any) -> bool:
        owner = facts.get(label, getattr(row, f"{name}_id"))
        return bool(getattr(facts, rule)(user, owner))

    return answer


def nobody(facts: Facts, user: Cadre, row: Any) -> bool:
    return False


# --- registers ----------------------------------------------------------------------------------


def sees_division(facts: Facts, user: Cadre, row: Any) -> bool:
    return facts.in_place(user, row)


def sees_unit(facts: Facts, user: Cadre, row: Any) -> bool:
    """Offices also see units from higher levels that have ever been paired with a village or household here."""
    if not oversees(user):
        return row.pk == user.unit_id
    here = facts.code_of(user)
    paired = [*facts.all("villages.villagepairing"), *facts.all("households.householdpairing")]
    been = any(p.unit_id == row.pk and facts.place_of(p).startswith(here) for p in paired)
    return been or facts.in_place(user, row)


def sees_cadre(facts: Facts, user: Cadre, row: Any) -> bool:
    if user.role == "leader":
        return row.unit_id == user.unit_id
    if not oversees(user):
        return row.pk == user.pk
    here = facts.code_of(user)
    paired = facts.all("households.householdpairing")
    been = any(p.cadre_id == row.pk and facts.place_of(p).startswith(here) for p in paired)
    return been or facts.in_place(user, row)


def edits_cadre(facts: Facts, user: Cadre, row: Any) -> bool:
    """Return whether the user may edit the cadre: nobody edits an account above the user's own role."""
    if user.role == "leader":
        return row.unit_id == user.unit_id and row.role in {"leader", "cadre"}
    return writes_in_place(facts, user, row)


def sees_village(facts: Facts, user: Cadre, row: Any) -> bool:
    if oversees(user):
        return facts.in_place(user, row)
    return row.pk in facts.villages_of_unit(user.unit_id)


def sees_household(facts: Facts, user: Cadre, row: Any) -> bool:
    if oversees(user):
        return facts.in_place(user, row)
    if user.role == "leader":
        in_village = row.village_id in facts.villages_of_unit(user.unit_id)
        return in_village or row.pk in facts.households_of_unit(user.unit_id)
    return row.pk in facts.households_of(user)


def sees_village_pairing(facts: Facts, user: Cadre, row: Any) -> bool:
    return facts.in_place(user, row) if oversees(user) else row.unit_id == user.unit_id


def sees_pairing(facts: Facts, user: Cadre, row: Any) -> bool:
    if oversees(user):
        return facts.in_place(user, row)
    return row.unit_id == user.unit_id if user.role == "leader" else row.cadre_id == user.pk


def edits_pairing(facts: Facts, user: Cadre, row: Any) -> bool:
    """A leader edits the unit's pairings as long as the cadre still belongs to the unit."""
    if user.role == "leader":
        cadre = facts.get("units.cadre", row.cadre_id)
        return row.unit_id == user.unit_id == cadre.unit_id
    return writes_in_place(facts, user, row)


def sees_leave(facts: Facts, user: Cadre, row: Any) -> bool:
    if oversees(user):
        return facts.in_place(user, row)
    return of_the_leaders_unit(facts, user, row) or row.cadre_id == user.pk


def sees_posting(facts: Facts, user: Cadre, row: Any) -> bool:
    cadre = facts.get("units.cadre", row.cadre_id)
    if oversees(user):
        return facts.in_place(user, cadre)
    leads = user.role == "leader" and user.unit_id in (row.unit_id, cadre.unit_id)
    return leads or row.cadre_id == user.pk


def of_the_leaders_unit(facts: Facts, user: Cadre, row: Any) -> bool:
    return user.role == "leader" and facts.get("units.cadre", row.cadre_id).unit_id == user.unit_id


def edits_leave(facts: Facts, user: Cadre, row: Any) -> bool:
    return writes_in_place(facts, user, row) or of_the_leaders_unit(facts, user, row)


def here_or_above(facts: Facts, user: Cadre, row: Any) -> bool:
    """Return whether a rule applies to the user's division: its own, one below it or one above it."""
    code = facts.code_of(user)
    return facts.in_place(user, row) or row.place in [code[:length] for length in ABOVE]


def everybody(facts: Facts, user: Cadre, row: Any) -> bool:
    return True


def edits_word(facts: Facts, user: Cadre, row: Any) -> bool:
    """Return whether the user is the office of the county or of a division above it."""
    county = next(iter(facts.all("core.installation")), None)
    return user.role == "office" and (county is None or county.code.startswith(facts.code_of(user)))


def sees_log(facts: Facts, user: Cadre, row: Any) -> bool:
    return user.role == "office" and facts.in_place(user, row)


def sees_spelling(facts: Facts, user: Cadre, row: Any) -> bool:
    """Offices also the spellings of the divisions above, which apply to them too."""
    return user.role == "office" and facts.code_of(user).startswith(row.place)


def edits_spelling(facts: Facts, user: Cadre, row: Any) -> bool:
    return user.role == "office" and facts.code_of(user) == row.place


# --- villages and households ----------------------------------------------------------------------


def sees_project(facts: Facts, user: Cadre, row: Any) -> bool:
    if oversees(user):
        return facts.in_place(user, row)
    return row.unit_id == user.unit_id or row.village_id in facts.villages_of_unit(user.unit_id)


def edits_project(facts: Facts, user: Cadre, row: Any) -> bool:
    of_unit = user.role == "leader" and row.unit_id == user.unit_id
    return of_unit or writes_in_place(facts, user, row)


def edits_project_note(facts: Facts, user: Cadre, row: Any) -> bool:
    project = facts.get("villages.project", row.project_id)
    author = user.role != "viewer" and row.by_id == user.pk and facts.sees(user, project)
    return author or facts.edits(user, project)


def edits_beneficiary(facts: Facts, user: Cadre, row: Any) -> bool:
    return edits_project(facts, user, facts.get("villages.project", row.project_id))


def of_village(facts: Facts, user: Cadre, row: Any) -> bool:
    return facts.sees(user, facts.get("villages.village", row.village_id))


def edits_village_plan(facts: Facts, user: Cadre, row: Any) -> bool:
    return user.role in {"office", "leader"} and of_village(facts, user, row)


def edits_village_note(facts: Facts, user: Cadre, row: Any) -> bool:
    by_right = user.role in {"office", "leader"} or (user.role != "viewer" and row.by_id == user.pk)
    return by_right and of_village(facts, user, row)


def of_household(facts: Facts, user: Cadre, row: Any) -> bool:
    return facts.sees(user, facts.get("households.household", row.household_id))


def works_with_household(facts: Facts, user: Cadre, row: Any) -> bool:
    return user.role != "viewer" and of_household(facts, user, row)


# --- surveys --------------------------------------------------------------------------------------


def sees_survey(facts: Facts, user: Cadre, row: Any) -> bool:
    return here_or_above(facts, user, row) and (row.status != "draft" or user.role == "office")


def sees_response(facts: Facts, user: Cadre, row: Any) -> bool:
    if oversees(user):
        return facts.in_place(user, row)
    if whose(user, row, "surveyor", "entered_by"):
        return True
    if user.role == "leader" and row.unit_id == user.unit_id:
        return True
    return of_household(facts, user, row) if row.household_id else of_village(facts, user, row)


def edits_response(facts: Facts, user: Cadre, row: Any) -> bool:
    if oversees(user):
        return writes_in_place(facts, user, row)
    of_unit = user.role == "leader" and row.unit_id == user.unit_id
    return row.status != "accepted" and (of_unit or whose(user, row, "surveyor", "entered_by"))


# --- field work -----------------------------------------------------------------------------------


def sees_visit(facts: Facts, user: Cadre, row: Any) -> bool:
    if oversees(user):
        return facts.in_place(user, row)
    companions = facts.all("visits.visitcompanion")
    along = any(each.visit_id == row.pk and each.cadre_id == user.pk for each in companions)
    of_unit = user.role == "leader" and row.unit_id == user.unit_id
    return of_unit or along or whose(user, row, "cadre", "entered_by")


def voids_visit(facts: Facts, user: Cadre, row: Any) -> bool:
    if oversees(user):
        return writes_in_place(facts, user, row)
    of_unit = user.role == "leader" and row.unit_id == user.unit_id
    return of_unit or (whose(user, row, "cadre", "entered_by") and recent(row))


def sees_problem(facts: Facts, user: Cadre, row: Any) -> bool:
    if oversees(user):
        return facts.in_place(user, row)
    if whose(user, row, "owner", "raised_by", "entered_by"):
        return True
    in_villages = row.unit_id == user.unit_id or row.village_id in facts.villages_of_unit(user.unit_id)
    if user.role == "leader" and in_villages:
        return True
    return row.household_id is not None and of_household(facts, user, row)


def edits_problem(facts: Facts, user: Cadre, row: Any) -> bool:
    if oversees(user):
        return writes_in_place(facts, user, row)
    of_unit = user.role == "leader" and row.unit_id == user.unit_id
    return of_unit or whose(user, row, "owner", "raised_by")


def voids_by_author(facts: Facts, user: Cadre, row: Any) -> bool:
    """Return whether the author may void the row: within seven days; the unit's leader and the office at any time."""
    if oversees(user):
        return writes_in_place(facts, user, row)
    of_unit = user.role == "leader" and row.unit_id == user.unit_id
    return of_unit or (whose(user, row, "entered_by") and recent(row))


def sees_assistance(facts: Facts, user: Cadre, row: Any) -> bool:
    if oversees(user):
        return facts.in_place(user, row)
    shares = [share for share in facts.all("visits.assistanceshare") if share.assistance_id == row.pk]
    to_seen = any(of_household(facts, user, share) for share in shares)
    return gave(facts, user, row) or to_seen or (not shares and of_village(facts, user, row))


def gave(facts: Facts, user: Cadre, row: Any) -> bool:
    """Return whether the user may read the whole item: giver, author, leader of the giver's or of the
    village's unit.
    """
    if user.role == "leader" and (row.unit_id == user.unit_id or of_village(facts, user, row)):
        return True
    return whose(user, row, "cadre", "entered_by")


def sees_share(facts: Facts, user: Cadre, row: Any) -> bool:
    item = facts.get("visits.assistance", row.assistance_id)
    if oversees(user):
        return facts.in_place(user, item)
    return gave(facts, user, item) or of_household(facts, user, row)


def edits_assistance(facts: Facts, user: Cadre, row: Any) -> bool:
    if oversees(user):
        return writes_in_place(facts, user, row)
    of_unit = user.role == "leader" and row.unit_id == user.unit_id
    return of_unit or whose(user, row, "cadre", "entered_by")


def voids_assistance(facts: Facts, user: Cadre, row: Any) -> bool:
    if user.role in {"office", "leader"}:
        return edits_assistance(facts, user, row)
    return edits_assistance(facts, user, row) and recent(row)


def sees_activity(facts: Facts, user: Cadre, row: Any) -> bool:
    return facts.in_place(user, row) if oversees(user) else row.unit_id == user.unit_id


SEES: dict[str, Rule] = {
    "units.division": sees_division,
    "units.unit": sees_unit,
    "units.cadre": sees_cadre,
    "units.leave": sees_leave,
    "units.posting": sees_posting,
    "units.requirement": here_or_above,
    "units.calendarday": here_or_above,
    "units.word": everybody,
    "units.dailylimit": everybody,
    "villages.village": sees_village,
    "villages.villagepairing": sees_village_pairing,
    "villages.project": sees_project,
    "villages.projectfund": follows("project", "villages.project", "sees"),
    "villages.projectnote": follows("project", "villages.project", "sees"),
    "villages.villageplan": of_village,
    "villages.villagegoal": follows("plan", "villages.villageplan", "sees"),
    "villages.villagenote": of_village,
    "villages.villagenotefile": follows("owner", "villages.villagenote", "sees"),
    "households.household": sees_household,
    "households.member": of_household,
    "households.householdpairing": sees_pairing,
    "households.householdplan": of_household,
    "households.measure": follows("plan", "households.householdplan", "sees"),
    "households.projectbeneficiary": of_household,
    "households.householdaway": of_household,
    "surveys.survey": sees_survey,
    "surveys.response": sees_response,
    "visits.visit": sees_visit,
    "visits.visitcompanion": follows("visit", "visits.visit", "sees"),
    "visits.problem": sees_problem,
    "visits.problemmove": follows("problem", "visits.problem", "sees"),
    "visits.assistance": sees_assistance,
    "visits.assistanceshare": sees_share,
    "visits.activity": sees_activity,
    "core.importrun": sees_log,
    "core.spelling": sees_spelling,
    "core.download": sees_log,
    "core.reveal": sees_log,
    "core.overlimit": sees_log,
}
"""Every model with `visible_to`."""

EDITS: dict[str, Rule] = {
    "units.division": writes_in_place,
    "units.unit": writes_in_place,
    "units.cadre": edits_cadre,
    "units.leave": edits_leave,
    "units.posting": nobody,
    "units.requirement": writes_in_place,
    "units.calendarday": writes_in_place,
    "units.word": edits_word,
    "units.dailylimit": edits_word,
    "villages.village": writes_in_place,
    "villages.villagepairing": writes_in_place,
    "villages.project": edits_project,
    "villages.projectfund": follows("project", "villages.project", "edits"),
    "villages.projectnote": edits_project_note,
    "villages.villageplan": edits_village_plan,
    "villages.villagegoal": follows("plan", "villages.villageplan", "edits"),
    "villages.villagenote": edits_village_note,
    "villages.villagenotefile": follows("owner", "villages.villagenote", "edits"),
    "households.household": writes_in_place,
    "households.member": writes_in_place,
    "households.householdpairing": edits_pairing,
    "households.householdplan": works_with_household,
    "households.measure": follows("plan", "households.householdplan", "edits"),
    "households.projectbeneficiary": edits_beneficiary,
    "households.householdaway": works_with_household,
    "surveys.survey": writes_in_place,
    "surveys.response": edits_response,
    "visits.visit": voids_visit,
    "visits.visitcompanion": follows("visit", "visits.visit", "edits"),
    "visits.problem": edits_problem,
    "visits.problemmove": nobody,
    "visits.assistance": edits_assistance,
    "visits.assistanceshare": follows("assistance", "visits.assistance", "edits"),
    "visits.activity": voids_by_author,
    "core.importrun": sees_log,
    "core.spelling": edits_spelling,
    "core.download": nobody,
    "core.reveal": nobody,
    "core.overlimit": nobody,
}
"""Every model with `editable_by`."""

VOIDS: dict[str, Rule] = {"visits.problem": voids_by_author, "visits.assistance": voids_assistance}
"""Every model with `voidable_by`."""
