"""Settings that this service will not start with: one class for each reason."""

from __future__ import annotations

from infra.sides import Side


class SettingRefused(ValueError):
    """A setting that this service will not start with."""

    def __init__(self, name: str, reason: str) -> None:
        """Name the variable and say what is wrong with it."""
        super().__init__(f"{name} {reason}")
        self.name = name


class SettingMissing(SettingRefused):
    """A setting without which production does not start."""

    def __init__(self, name: str) -> None:
        """Name the variable."""
        super().__init__(name, "must be set in production")


class SettingMalformed(SettingRefused):
    """A setting that cannot be read as what it should be."""


class MailWithoutTls(SettingRefused):
    """Mail in the clear would hand every voting code to whoever listens."""


class ClockMoved(SettingRefused):
    """Production runs on the machine's own clock."""


class BatchTooSmall(SettingRefused):
    """A smaller batch would tell whose ballot came when."""


class MailSinkInProduction(SettingRefused):
    """The mail sink keeps every voting code readable on disk."""


class RetentionOverridden(SettingRefused):
    """The time until shredding is law in production, not a setting."""


class PlainHttp(SettingRefused):
    """The public addresses of production are https."""


class SideNotServed(LookupError):
    """This process does not serve that side and holds nothing of it."""

    def __init__(self, side: Side) -> None:
        """Name the side."""
        super().__init__(f"the {side} side is not served by this process")
        self.side = side
