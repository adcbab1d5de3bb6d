"""Filling in a response: due subjects, known facts, the steps, the check."""
