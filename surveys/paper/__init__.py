"""Surveys on paper: blank, filled in, and for a whole village."""
