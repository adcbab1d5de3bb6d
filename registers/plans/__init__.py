"""Pages of village plans, village notes, household plans, and families that are away."""
