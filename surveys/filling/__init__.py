"""Filling in a response: who is due, what is known beforehand, the steps, the check."""
