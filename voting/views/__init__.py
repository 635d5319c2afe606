"""The service's pages: what members, officials and key holders see of elections."""

from voting.views import board, holders, voter

BLUEPRINTS = (voter.blueprint, board.blueprint, holders.blueprint)
"""What the application mounts for this side."""
