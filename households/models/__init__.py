"""贫困户、家庭成员、联户、帮扶计划。"""

from households.models.heads import NO_HEAD, HeadedQuerySet, head_column, head_or, headed_by
from households.models.household import Household, Member
from households.models.pairing import HouseholdPairing, had_until_closed, paired_by, paired_with
from households.models.plan import HouseholdAway, HouseholdPlan, Measure, ProjectBeneficiary

__all__ = [
    "NO_HEAD",
    "HeadedQuerySet",
    "Household",
    "HouseholdAway",
    "HouseholdPairing",
    "HouseholdPlan",
    "Measure",
    "Member",
    "ProjectBeneficiary",
    "had_until_closed",
    "head_column",
    "head_or",
    "headed_by",
    "paired_by",
    "paired_with",
]
