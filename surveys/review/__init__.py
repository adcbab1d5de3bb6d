"""Read and review responses: one response, the list, the differences from the last one, the admin."""
