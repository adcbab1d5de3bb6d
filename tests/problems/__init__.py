"""诉求 (problems): registered, followed up until the household confirms; their pages."""
