"""Benchmarks: medians of repeated runs on this machine."""
