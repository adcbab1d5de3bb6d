"""名册：lists and pages of units, cadres, villages and households, with the visits that belong to them."""
