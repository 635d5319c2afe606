"""Reading JSON requests strictly: what is not exactly expected is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final, NoReturn

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from crypto.encoding import INTEGER_LIMIT, MAX_DEPTH

LARGEST_REQUEST: Final = 256 * 1024
"""Most bytes in a JSON request, unless its view says otherwise."""

_LONGEST_INTEGER: Final = len(str(-INTEGER_LIMIT))


class RequestRefused(Exception):
    """A request that is not read."""


class NotJson(RequestRefused):
    """Another content type than application/json."""


class RequestTooLarge(RequestRefused):
    """More bytes than this view reads."""


class JsonMalformed(RequestRefused):
    """No JSON object, a key twice, a fraction, a number beyond 2^53, too deep."""


class WrongFields(RequestRefused):
    """A field is missing, unknown or of another type."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field
        """Its name, as this view calls it; never one that was sent."""


def read_json(
    fields: Mapping[str, type], *, limit: int = LARGEST_REQUEST
) -> dict[str, object]:
    """Return the body of the running request: exactly these fields, of these types.

    A type is ``str``, ``int``, ``bool``, ``list`` or ``dict``; a bool is no int.

    Raises:
        NotJson, RequestTooLarge, JsonMalformed, WrongFields: see there.

    """
    if request.mimetype != "application/json":
        raise NotJson
    request.max_content_length = limit
    try:
        encoded = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise RequestTooLarge from None
    return require_fields(parse_json(encoded), fields)


def parse_json(encoded: bytes) -> object:
    """Return the value of strict JSON in UTF-8.

    Raises:
        JsonMalformed: see there.

    """
    try:
        value: object = json.loads(
            encoded.decode("utf-8"),
            object_pairs_hook=_read_object,
            parse_float=_refuse,
            parse_constant=_refuse,
            parse_int=_read_integer,
        )
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise JsonMalformed from None
    _require_shallow(value, MAX_DEPTH)
    return value


def require_fields(value: object, fields: Mapping[str, type]) -> dict[str, object]:
    """Return an object that has exactly these fields, of these types.

    Raises:
        WrongFields: it has not, or it is no object.

    """
    if not isinstance(value, dict):
        raise WrongFields("")
    for name, kind in fields.items():
        if type(value.get(name)) is not kind:
            raise WrongFields(name)
    if len(value) != len(fields):
        raise WrongFields("")
    return value


def _read_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise JsonMalformed
    return read


def _read_integer(digits: str) -> int:
    if len(digits) > _LONGEST_INTEGER or abs(int(digits)) >= INTEGER_LIMIT:
        raise JsonMalformed
    return int(digits)


def _refuse(_: str) -> NoReturn:
    raise JsonMalformed


def _require_shallow(value: object, depth: int) -> None:
    if depth < 0:
        raise JsonMalformed
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise JsonMalformed from None
    elif isinstance(value, dict):
        for name, each in value.items():
            _require_shallow(name, depth)
            _require_shallow(each, depth - 1)
    elif isinstance(value, list):
        for each in value:
            _require_shallow(each, depth - 1)
