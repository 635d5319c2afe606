"""E-mail addresses and mobile numbers, as members' registers write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

LONGEST_ADDRESS: Final = 254
"""Characters of a mail address: RFC 5321 section 4.5.3.1.3 less the brackets."""

_LONGEST_LOCAL: Final = 64

# RFC 5322 dot-atom before the @; after it letters, digits and hyphens (RFC 1123)
# and a top label that is no number. No quoted local parts: nobody has one.
_LOCAL: Final = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*")
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
_TOP: Final = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{2,59}", re.IGNORECASE)

_PUNCTUATION: Final = re.compile(r"[ ().\-–/]")
_NORWEGIAN: Final = re.compile(r"[2-9]\d{7}", re.ASCII)
_INTERNATIONAL: Final = re.compile(r"[1-9]\d{6,14}", re.ASCII)
_LONG_NORWEGIAN: Final = re.compile(r"5[89]\d{10}", re.ASCII)
_MOBILE_START: Final = ("4", "9", "59", "58")
_COUNTRY: Final = "47"
_WITH_COUNTRY: Final = 10


class MalformedAddress(ValueError):
    """This is no mail address; the text never shows it."""


class ForeignLetters(MalformedAddress):
    """Letters outside a-z before the @: few mail servers deliver there."""


class MalformedMobile(ValueError):
    """This is no telephone number; the text never shows it."""


@dataclass(frozen=True, slots=True)
class Mobile:
    """A telephone number and whether it can take a text message."""

    number: str
    """ITU-T E.164: a plus and 7 to 15 digits."""

    is_mobile: bool


def parse_address(text: str) -> str:
    """Return a mail address in ASCII, its domain in lower case.

    A domain with æ, ø or å becomes its "xn--" form (RFC 3490).

    Raises:
        ForeignLetters: the part before the @ is not ASCII.
        MalformedAddress: anything else than one address.

    """
    local, at, domain = text.rpartition("@")
    if not at or len(local) > _LONGEST_LOCAL or not _LOCAL.fullmatch(local):
        raise MalformedAddress
    if not local.isascii():
        raise ForeignLetters
    domain = _ascii_domain(domain)
    labels = domain.split(".")
    if len(labels) < 2 or not all(map(_LABEL.fullmatch, labels)):  # noqa: PLR2004
        raise MalformedAddress
    if not _TOP.fullmatch(labels[-1]):
        raise MalformedAddress
    address = f"{local}@{domain}"
    if len(address) > LONGEST_ADDRESS:
        raise MalformedAddress
    return address


def parse_mobile(text: str) -> Mobile:
    """Return a telephone number in E.164; eight digits alone are Norwegian.

    Reads "415 86 834", "41586834", "+47 41586834", "004741586834", "4741586834".

    Raises:
        MalformedMobile: not a number that can be dialled.

    """
    bare = _PUNCTUATION.sub("", text.replace("(0)", ""))
    if bare.startswith(("+", "00")):
        rest = bare.lstrip("+") if bare.startswith("+") else bare[2:]
        return _abroad_or_home(rest)
    if _NORWEGIAN.fullmatch(bare):
        return _norwegian(bare)
    if bare.startswith(_COUNTRY) and len(bare) == _WITH_COUNTRY:
        return _abroad_or_home(bare)
    raise MalformedMobile


def _ascii_domain(domain: str) -> str:
    try:
        return domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise MalformedAddress from None


def _abroad_or_home(digits: str) -> Mobile:
    if not _INTERNATIONAL.fullmatch(digits):
        raise MalformedMobile
    if not digits.startswith(_COUNTRY):
        return Mobile("+" + digits, is_mobile=True)
    at_home = digits.removeprefix(_COUNTRY)
    if not (_NORWEGIAN.fullmatch(at_home) or _LONG_NORWEGIAN.fullmatch(at_home)):
        raise MalformedMobile
    return _norwegian(at_home)


def _norwegian(digits: str) -> Mobile:
    return Mobile(f"+{_COUNTRY}{digits}", is_mobile=digits.startswith(_MOBILE_START))
