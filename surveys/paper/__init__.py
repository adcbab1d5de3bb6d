"""Surveys on paper: blank, filled in, and a whole village."""
