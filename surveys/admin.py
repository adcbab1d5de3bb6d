"""Import the app's admin classes, which Django's autodiscovery expects here."""

from surveys.review.admin import ResponseAdmin

__all__ = ["ResponseAdmin"]
