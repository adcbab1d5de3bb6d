"""Households that are closed with an earlier date."""
