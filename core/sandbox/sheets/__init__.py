"""Reading and marking workbooks, inside the child process: pure functions of their bytes."""
