"""The attack: every role tries every address, form, lookup and rule on the rows of every owner.

`make attack` runs all of it (`python -m tests.attack`); the tests in this package run a small
sample of each part.
"""
