"""The machine room: stores, clock, keys, queues, mail and web glue.

Knows no election and no survey, and never imports the rooms above it.
"""
