"""Voiding records that were made by mistake."""
