"""Pages that combine several apps: registers, pairing board, plans, projects, duties, home, household page."""
