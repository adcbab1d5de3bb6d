"""Benchmarks as ratios: our code against a rival, timed alternately in the same run."""
