"""The SMS gateway: what was taken, what was not, and what nobody knows."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from infra.config import SettingMalformed, load_settings
from infra.message_settings import SmsSettings
from infra.secret_values import Secret
from infra.sms import (
    HttpSmsGateway,
    SmsDeferred,
    SmsFailed,
    SmsRefused,
    SmsUncertain,
)
from tests.sms_gateway import (
    GARBAGE,
    HANG_UP,
    SILENCE,
    TOKEN,
    SmsServer,
    an_sms_server,
)

NUMBER, TEXT = "+4741586834", "Stem nå: http://stemme.test/s/lonn#KODE.FP – æøå"
REFERENCE = "0a" * 16


@pytest.fixture
def server() -> Iterator[SmsServer]:
    with an_sms_server() as lent:
        yield lent


def gateway(url: str, token: str = TOKEN) -> HttpSmsGateway:
    settings = SmsSettings(url, Secret(token.encode()), "Forbundet")
    return HttpSmsGateway(settings, timeout=1.0)


def test_a_message_is_handed_in_whole(server: SmsServer) -> None:
    gateway(server.url).send(NUMBER, TEXT, REFERENCE)
    assert server.taken == [
        {"from": "Forbundet", "reference": REFERENCE, "text": TEXT, "to": NUMBER}
    ]


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        *((status, SmsRefused) for status in (400, 410, 422)),
        *((status, SmsDeferred) for status in (401, 402, 403, 404, 408, 429, 503)),
        *((status, SmsDeferred) for status in (301, 302, 307, 308)),
        *((status, SmsUncertain) for status in (500, 502, 504, 599)),
        *((status, SmsUncertain) for status in (HANG_UP, SILENCE, GARBAGE)),
    ],
)
def test_every_other_answer_is_what_it_is(
    server: SmsServer, status: int, failure: type[SmsFailed]
) -> None:
    server.always(status)
    with pytest.raises(failure) as caught:
        gateway(server.url).send(NUMBER, TEXT, REFERENCE)
    assert server.taken == [] or status < 0
    # Asked once: a redirect is not followed, and nothing is tried again unasked.
    assert len(server.asked) == 1
    assert NUMBER not in str(caught.value) + repr(caught.value)
    assert "KODE" not in str(caught.value) + repr(caught.value)


def test_nobody_there_is_surely_not_taken() -> None:
    with closing(socket.socket()) as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/"
        with pytest.raises(SmsDeferred):
            gateway(url).send(NUMBER, TEXT, REFERENCE)


def test_a_server_that_is_not_who_it_says_gets_nothing(server: SmsServer) -> None:
    https = server.url.replace("http:", "https:")
    with pytest.raises(SmsDeferred):
        gateway(https).send(NUMBER, TEXT, REFERENCE)
    assert server.asked == []


def test_a_wrong_token_waits_for_the_right_one(server: SmsServer) -> None:
    with pytest.raises(SmsDeferred):
        gateway(server.url, "another-token-altogether").send(NUMBER, TEXT, REFERENCE)
    assert server.taken == []


def test_the_token_shows_nowhere() -> None:
    told = {"URNE_ENVIRONMENT": "test", "URNE_SMS_URL": "http://sms.test/"}
    settings = load_settings(told | {"URNE_SMS_TOKEN": TOKEN})
    assert settings.sms is not None
    assert settings.sms.token.reveal() == TOKEN.encode()
    assert TOKEN not in repr(settings)


@pytest.mark.parametrize("token", ["", "short"])
def test_an_address_without_a_good_token_is_refused(token: str) -> None:
    told = {"URNE_ENVIRONMENT": "test", "URNE_SMS_URL": "http://sms.test/"}
    with pytest.raises(SettingMalformed, match="URNE_SMS_TOKEN"):
        load_settings(told | {"URNE_SMS_TOKEN": token})


def test_without_an_address_there_is_no_gateway() -> None:
    assert load_settings({"URNE_ENVIRONMENT": "test"}).sms is None
