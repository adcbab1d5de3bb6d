"""Import sheets of filled forms: one row per household or village, one column per item."""

from surveys.exchange.importing.sheets import HouseholdSurveySheet, VillageSurveySheet

__all__ = ["HouseholdSurveySheet", "VillageSurveySheet"]
