"""Daily limits and account access: reasons, notices to the level above, 谁看过我, the security report."""
