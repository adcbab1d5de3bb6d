"""Assistance: items of help, the share of each household, their sums."""
