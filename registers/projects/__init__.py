"""Pages of projects: the list, one project with its money and progress, its forms, the admin."""
