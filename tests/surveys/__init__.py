"""Surveys: definition, checking, filling in, paper, counting."""
