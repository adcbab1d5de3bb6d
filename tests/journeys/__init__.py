"""End-to-end user journeys in a real browser."""
