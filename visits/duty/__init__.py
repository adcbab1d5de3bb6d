"""What each cadre and unit owes in a year, what was done, and which visit counted."""
