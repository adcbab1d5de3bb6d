"""The attack: every role against every address, form, look-up and rule, on rows of every owner.

`make attack` runs the whole (`python -m tests.attack`); the tests here are a seed of each part.
"""
