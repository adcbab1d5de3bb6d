"""贫困户、家庭成员、联户。"""

from households.models.household import Household, HouseholdPairing, Member

__all__ = ["Household", "HouseholdPairing", "Member"]
