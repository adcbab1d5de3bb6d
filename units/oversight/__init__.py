"""Daily limits and access to personal data: reasons, notices to the level above, 谁看过我, the security
report.
"""
