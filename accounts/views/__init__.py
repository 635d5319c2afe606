"""Pages of accounts: the way in, the own account, officials, the audit log."""

from accounts.views import (
    audit_log,
    entering,
    invitation,
    officials,
    own,
    set_up,
)
from accounts.views.rooms import blueprint

ROOMS = (audit_log, entering, invitation, officials, own, set_up)
"""Importing them hangs their pages on the blueprint."""

__all__ = ["ROOMS", "blueprint"]
