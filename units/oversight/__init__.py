"""Daily limits and who looks at whom: reasons, notices to the level above, 谁看过我, the security report."""
