"""Tools for Makefile and tests: PostgreSQL, a browser, keys."""
