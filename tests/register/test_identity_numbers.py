import pytest
from hypothesis import given
from hypothesis import strategies as st

from register.identity_numbers import (
    find_identity_number,
    find_shortened_number,
    is_identity_number,
    mask_long_numbers,
    masked,
)
from tests.register.roll_files import identity_number

BORN = "010190"
NUMBER = identity_number(BORN)
D_NUMBER = identity_number("410190")

dates = st.tuples(
    st.integers(1, 28), st.sampled_from((0, 40)), st.integers(1, 12), st.integers(0, 99)
).map(lambda parts: f"{parts[0] + parts[1]:02d}{parts[2]:02d}{parts[3]:02d}")


def test_number_worked_by_hand_is_valid() -> None:
    # 010107 501: 93 = 5 (mod 11) gives 6; with it 88 = 0 (mod 11) gives 0.
    assert is_identity_number("01010750160")


@given(dates, st.integers(0, 900))
def test_every_date_with_right_check_digits_is_found(date: str, start: int) -> None:
    number = identity_number(date, start)
    assert find_identity_number(number) == number


@given(dates, st.integers(0, 10), st.integers(1, 9))
def test_one_changed_digit_makes_it_invalid(date: str, place: int, by: int) -> None:
    number = identity_number(date)
    changed = str((int(number[place]) + by) % 10)
    assert not is_identity_number(number[:place] + changed + number[place + 1 :])


@pytest.mark.parametrize("date", ["320190", "011390", "000190", "720190", "300290"])
def test_right_check_digits_on_no_date_are_not_one(date: str) -> None:
    assert not is_identity_number(identity_number(date))


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        D_NUMBER,
        f"{NUMBER[:6]} {NUMBER[6:]}",
        f"{NUMBER[:6]}-{NUMBER[6:]}",
        f"{NUMBER[:6]} {NUMBER[6:9]} {NUMBER[9:]}",
        f"{NUMBER[:2]}.{NUMBER[2:4]}.{NUMBER[4:6]} {NUMBER[6:]}",
        f"  {NUMBER[:6]}\N{NO-BREAK SPACE}{NUMBER[6:]} ",
        f"{NUMBER[:6]}\N{ZERO WIDTH SPACE}{NUMBER[6:]}",
        f"{NUMBER[:6]}\N{EN DASH}{NUMBER[6:]}",
        f"fnr {NUMBER}",
        f"{NUMBER}@example.no",
        f"Kari ({NUMBER[:6]} {NUMBER[6:]})",
        "".join(chr(ord(digit) - ord("0") + 0xFF10) for digit in NUMBER),
        "".join(chr(ord(digit) - ord("0") + 0x0660) for digit in NUMBER),
    ],
)
def test_number_is_found_in_whatever_form_it_is_written(text: str) -> None:
    assert find_identity_number(text) in {NUMBER, D_NUMBER}


@pytest.mark.parametrize(
    "text", ["", "102001", f"+{NUMBER}", f"1{NUMBER}", f"{NUMBER}1", "Kari Nordmann"]
)
def test_other_texts_hold_none(text: str) -> None:
    assert find_identity_number(text) is None


def test_public_test_persons_count_as_well() -> None:
    assert find_identity_number(identity_number("018190")) is not None


def test_number_that_lost_its_first_zero_is_found() -> None:
    assert find_shortened_number(NUMBER[1:]) == NUMBER
    assert find_shortened_number("4748063608") is None


def test_only_the_first_two_digits_are_shown() -> None:
    assert masked(NUMBER) == "01*********"


def test_a_mistyped_number_is_masked_too() -> None:
    wrong = NUMBER[:-1] + str((int(NUMBER[-1]) + 1) % 10)
    assert mask_long_numbers(f"kari {wrong}") == "kari 01*********"
