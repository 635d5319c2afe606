"""The register's pages and its two answers to voters."""

from register.views import (
    additions,
    audit,
    entrance,
    letters,
    lookups,
    readings,
    reports,
    roll,
    sending,
    sending_texts,
    shredding,
    turnout,
    voter,
)

BLUEPRINTS = (
    voter.blueprint,
    entrance.blueprint,
    roll.blueprint,
    readings.blueprint,
    sending.blueprint,
    sending_texts.blueprint,
    letters.blueprint,
    reports.blueprint,
    lookups.blueprint,
    additions.blueprint,
    turnout.blueprint,
    shredding.blueprint,
    audit.blueprint,
)
"""What the application mounts for this side."""
