"""Households that were closed on a past day."""
