"""贫困户、家庭成员、联户、帮扶计划。"""

from households.models.household import (
    Household,
    HouseholdPairing,
    Member,
    head_names,
    head_or_last,
    headed_by,
    paired_by,
    paired_with,
)
from households.models.plan import HouseholdAway, HouseholdPlan, Measure, ProjectBeneficiary

__all__ = [
    "Household",
    "HouseholdAway",
    "HouseholdPairing",
    "HouseholdPlan",
    "Measure",
    "Member",
    "ProjectBeneficiary",
    "head_names",
    "head_or_last",
    "headed_by",
    "paired_by",
    "paired_with",
]
