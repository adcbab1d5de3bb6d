"""联户的页面：名单、结对台、结束和交接、花名册。They stand here because they show what visits promised."""
