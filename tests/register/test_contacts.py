import pytest

from register.contacts import (
    ForeignLetters,
    MalformedAddress,
    MalformedMobile,
    parse_address,
    parse_mobile,
)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("kari@example.no", "kari@example.no"),
        ("Kari.N+valg@Post.Example.NO", "Kari.N+valg@post.example.no"),
        ("o'hara@example.com", "o'hara@example.com"),
        ("kari@brønnøy.example", "kari@xn--brnny-wuac.example"),
    ],
)
def test_addresses_are_read(written: str, read: str) -> None:
    assert parse_address(written) == read


@pytest.mark.parametrize(
    "written",
    [
        "ola.nordmann(at)example.no",
        "ola@example",
        "ola@example.no; kari@example.no",
        "ola@@example.no",
        "@example.no",
        "ola@",
        "ola nordmann@example.no",
        "ola@exa mple.no",
        "ola..n@example.no",
        ".ola@example.no",
        "ola@example.no.",
        "ola@example..no",
        "ola@-example.no",
        "ola@example.123",
        "<ola@example.no>",
        "mailto:ola@example.no",
        "ola@example.no\nBcc: x@example.no",
        "a" * 65 + "@example.no",
        "ola@" + "a" * 64 + ".no",
        "ola@" + ".".join(["abcdefghi"] * 26) + ".no",
        "ukjent",
    ],
)
def test_what_is_no_single_address_is_refused(written: str) -> None:
    with pytest.raises(MalformedAddress) as refusal:
        parse_address(written)
    assert str(refusal.value) == ""


def test_norwegian_letters_before_the_at_sign_are_refused_by_name() -> None:
    with pytest.raises(ForeignLetters):
        parse_address("bjørn@example.no")


@pytest.mark.parametrize(
    "written",
    [
        *("41586834", "415 86 834", "+47 41586834", "004741586834", "4741586834"),
        *("+4741586834", "(+47) 415 86 834", "41 58 68 34", "0047 415-86-834"),
        "+47 (0) 41586834",
    ],
)
def test_one_mobile_in_every_form_is_one_number(written: str) -> None:
    assert parse_mobile(written).number == "+4741586834"
    assert parse_mobile(written).is_mobile


def test_foreign_numbers_keep_their_country() -> None:
    assert parse_mobile("+46 70 123 45 67").number == "+46701234567"
    assert parse_mobile("0046701234567").number == "+46701234567"


def test_landline_is_read_but_takes_no_text_message() -> None:
    assert not parse_mobile("22 00 00 00").is_mobile


@pytest.mark.parametrize(
    "written",
    [
        *("663267", "4158683", "415868341", "+47 4158683", "0000", "ukjent"),
        *("4,1586E+07", "+", "00", "1" * 40, "12345678", "٤١٥٨٦٨٣٤"),
    ],
)
def test_what_cannot_be_dialled_is_refused(written: str) -> None:
    with pytest.raises(MalformedMobile):
        parse_mobile(written)
