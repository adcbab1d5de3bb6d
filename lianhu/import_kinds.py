"""The importable sheets in the order in which a county fills them; add a new one here."""

from core.importing.sheet import ImportSheet
from households.importing import HouseholdSheet, MemberSheet
from surveys.exchange.importing import HouseholdSurveySheet, VillageSurveySheet
from units.importing import DivisionSheet, UnitSheet
from villages.importing import VillagePairingSheet, VillageSheet
from visits.problems.importing import FollowedPairingSheet, FollowedRosterSheet
from visits.transfers.importing import CadreSheetWithTransfers
from visits.visits.importing import VisitSheet

KINDS: list[ImportSheet] = [
    DivisionSheet(),
    UnitSheet(),
    CadreSheetWithTransfers(),
    VillageSheet(),
    VillagePairingSheet(),
    FollowedRosterSheet(),
    HouseholdSheet(),
    MemberSheet(),
    FollowedPairingSheet(),
    VisitSheet(),
    HouseholdSurveySheet(),
    VillageSurveySheet(),
]
