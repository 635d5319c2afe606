"""Pages of accounts: the way in, the own account, officials, the audit log."""

import accounts.views.audit_log
import accounts.views.entering
import accounts.views.invitation
import accounts.views.officials
import accounts.views.own
import accounts.views.set_up  # noqa: F401 - each hangs its pages on the blueprint
from accounts.views.rooms import blueprint

__all__ = ["blueprint"]
