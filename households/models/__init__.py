"""贫困户、家庭成员、联户、帮扶计划。"""

from households.models.household import (
    Household,
    HouseholdPairing,
    Member,
    had_until_closed,
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
    "had_until_closed",
    "head_names",
    "head_or_last",
    "headed_by",
    "paired_by",
    "paired_with",
]
