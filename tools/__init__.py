"""What Makefile and tests need of the machine: a PostgreSQL, a browser, keys."""
