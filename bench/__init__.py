"""Measurements as ratios: ours against a rival, timed alternately in the same run."""
