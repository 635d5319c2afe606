"""One setting at a time: read from the environment, or refused by its name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import get_args

from infra.messages import MessageMalformed, parse_address
from infra.setting_refusals import SettingMalformed, SettingMissing


def required_setting(
    environ: Mapping[str, str],
    name: str,
    default: str,
    production: bool,  # noqa: FBT001 - reads as a sentence at its callers
) -> str:
    """Return a setting; its default where it is not set, but never in production.

    Raises:
        SettingMissing: see there.

    """
    value = environ.get(name)
    if value:
        return value
    if production:
        raise SettingMissing(name)
    return default


def address_setting(
    environ: Mapping[str, str],
    name: str,
    default: str,
    production: bool,  # noqa: FBT001 - as above
) -> str:
    """Return an e-mail address; its default where it is not set, as above.

    Raises:
        SettingMissing: see required_setting.
        SettingMalformed: no mail can go there.

    """
    value = required_setting(environ, name, default, production)
    try:
        parse_address(value)
    except MessageMalformed:
        raise SettingMalformed(name, "must be an e-mail address") from None
    return value


def choice_setting(
    environ: Mapping[str, str], name: str, choices: object, default: str
) -> str:
    """Return a setting that is one of a Literal's values.

    Raises:
        SettingMalformed: it is none of them.

    """
    value = environ.get(name, default)
    allowed = get_args(choices)
    if value not in allowed:
        raise SettingMalformed(name, f"must be one of {', '.join(allowed)}")
    return value


def integer_setting(
    environ: Mapping[str, str], name: str, default: int, *, least: int | None
) -> int:
    """Return a whole number, at least `least` where that is not None.

    Raises:
        SettingMalformed: it is none, or too small.

    """
    value = environ.get(name)
    if not value:
        return default
    try:
        number = int(value)
    except ValueError:
        raise SettingMalformed(name, "must be a whole number") from None
    if least is not None and number < least:
        raise SettingMalformed(name, f"must be at least {least}")
    return number


def optional_integer(environ: Mapping[str, str], name: str) -> int | None:
    """Return a whole number of 1 or more, or None where it is not set.

    Raises:
        SettingMalformed: see integer_setting.

    """
    return integer_setting(environ, name, 0, least=1) if environ.get(name) else None


def path_setting(environ: Mapping[str, str], name: str) -> Path | None:
    """Return an absolute path, or None where it is not set."""
    value = environ.get(name)
    return Path(value).absolute() if value else None


def flag_setting(environ: Mapping[str, str], name: str) -> bool:
    """Return whether a setting says yes; no where it is not set.

    Raises:
        SettingMalformed: neither yes nor no.

    """
    value = environ.get(name, "no")
    if value not in {"yes", "no"}:
        raise SettingMalformed(name, "must be yes or no")
    return value == "yes"
