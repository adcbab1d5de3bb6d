"""The definition of a survey: items and rules, the expression language, drafts, publishing."""
