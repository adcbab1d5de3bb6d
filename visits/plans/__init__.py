"""帮扶项目、村发展规划、村记事、一户一策: what is intended for a village or household, and how far it has come."""
