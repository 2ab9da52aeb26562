"""Benchmarks: ratios taken in one run, so that they hold on a machine of any speed."""
