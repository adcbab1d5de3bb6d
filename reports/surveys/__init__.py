"""Counting the answers to a survey: how far it has come, item by item, two items together, two years."""
