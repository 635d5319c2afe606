"""The register's pages and its two answers to voters."""

from register.views import voter

BLUEPRINTS = (voter.blueprint,)
"""What the application mounts for this side."""
