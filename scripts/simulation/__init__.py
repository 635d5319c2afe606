"""An election held through HTTP alone: officials, key holders and voters as clients.

Used by scripts/simulate, by the demo election of scripts/run, and by tests.
"""
