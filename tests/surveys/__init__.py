"""Surveys: definition, checking, filling, paper, counting."""
