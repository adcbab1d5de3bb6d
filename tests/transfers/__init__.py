"""Transfers of cadres to another unit or rank, with a date."""
