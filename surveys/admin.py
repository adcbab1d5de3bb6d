"""Django's admin looks for the app's classes here."""

from surveys.review.admin import ResponseAdmin

__all__ = ["ResponseAdmin"]
