"""调动：a cadre's change of unit or rank from a day on, and what follows from it."""
