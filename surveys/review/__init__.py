"""Reading and reviewing responses: one response, their list, the differences to the last one, the admin."""
