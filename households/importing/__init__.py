"""Import sheets of 干部, 贫困户, 家庭成员, 联户, and of the last three in one."""

from households.importing.cadres import CadreSheetWithHoldings
from households.importing.households import HouseholdSheet
from households.importing.members import MemberSheet
from households.importing.pairings import HouseholdPairingSheet
from households.importing.roster import RosterSheet

__all__ = ["CadreSheetWithHoldings", "HouseholdPairingSheet", "HouseholdSheet", "MemberSheet", "RosterSheet"]
