"""诉求: registered, followed until the household confirms; its pages."""
