"""Transfers of cadres with a date."""
