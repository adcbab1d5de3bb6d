"""Read and mark workbooks inside the child process: pure functions of their bytes."""
