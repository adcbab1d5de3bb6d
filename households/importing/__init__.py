"""Import sheets of 干部, 贫困户, 家庭成员 and 联户."""

from households.importing.cadres import CadreSheetWithHoldings
from households.importing.households import HouseholdSheet
from households.importing.members import MemberSheet
from households.importing.pairings import HouseholdPairingSheet

__all__ = ["CadreSheetWithHoldings", "HouseholdPairingSheet", "HouseholdSheet", "MemberSheet"]
