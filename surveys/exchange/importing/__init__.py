"""Filled forms as sheets: one row a household or a village, one column an item."""

from surveys.exchange.importing.sheets import HouseholdSurveySheet, VillageSurveySheet

__all__ = ["HouseholdSurveySheet", "VillageSurveySheet"]
