"""Visits: recording, reading, the diary, the sheet."""
