"""The service's pages: what members, officials and key holders see of elections."""

from voting.views import (
    board,
    certificate,
    committee,
    copying,
    counting,
    districts,
    drafting,
    elections,
    front,
    holders,
    joint,
    papers,
    proposing,
    protocol,
    publishing,
    shredding,
    trail,
    voter,
)

BLUEPRINTS = (
    front.blueprint,
    voter.blueprint,
    board.blueprint,
    holders.blueprint,
    districts.blueprint,
    elections.blueprint,
    drafting.blueprint,
    copying.blueprint,
    committee.blueprint,
    proposing.blueprint,
    counting.blueprint,
    protocol.blueprint,
    publishing.blueprint,
    joint.blueprint,
    shredding.blueprint,
    trail.blueprint,
    papers.blueprint,
    certificate.blueprint,
)
"""What the application mounts for this side."""
