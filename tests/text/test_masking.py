"""What is masked and what stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.text.masking import MASK, is_luhn, mask_personal_data


@pytest.mark.parametrize(
    "phone",
    [
        "020 7946 0018",
        "02079460018",
        "+44 20 7946 0018",
        "+44 (0)20 7946 0018",
        "(020) 7946 0018",
        "(555) 123-4567",
        "555.123.4567",
        "1-800-356-9377",
        "07700 900123",
        "0044 20 7946 0018",
        "555-1234",
        "030/12345678",
        "+49 (0) 30 / 1234567",
        "06 12 34 56 78",
        "020\u00a07946\u00a00018",
    ],
)
@pytest.mark.parametrize("frame", ["Ring {} please", "{}", "Ring me.{}!", "tel:{}, thanks", "call,{}."])
def test_a_phone_number_is_masked_wherever_it_stands(phone, frame):
    assert mask_personal_data(frame.format(phone)) == frame.format("▮phone▮")


def test_two_phone_numbers_in_a_row_leave_no_digit():
    assert mask_personal_data("07700 900123 07700 900124") == "▮phone▮"


def test_a_phone_number_after_a_date_is_masked():
    assert mask_personal_data("On 12 05 2024 020 7946 0018 rang") == "On 12 05 2024 ▮phone▮ rang"


@pytest.mark.parametrize(
    "text",
    [
        "I paid 1200",
        "paid 1,200,000 in 2024",
        "£1 000 000",
        "1.200.000,00 EUR",
        "3.14159265358",
        "0.1234567",
        "on 12.05.2024 at 14:30",
        "2024-05-12",
        "12/05/2024",
        "05 12 2024",
        "from 01.02.2023-03.02.2023",
        "2019-2021",
        "order 12345678",
        "10/10",
        "24/7",
        "version 1.2.3",
        "5 - 10 minutes",
        "parcel 12345678901234567890123",
        "@handle",
        "a@b",
        "score: 8 9 10",
    ],
)
def test_prices_dates_and_orders_stay(text):
    assert mask_personal_data(text) == text


@pytest.mark.parametrize("card", ["4111 1111 1111 1111", "4111-1111-1111-1111", "4111111111111111", "378282246310005"])
def test_a_card_number_is_told_by_its_check_digit(card):
    assert mask_personal_data(f"Charged {card} 12/25") == "Charged ▮card▮ 12/25"


@given(st.integers(10**11, 10**17))
def test_exactly_one_last_digit_passes_luhn(number):
    assert sum(is_luhn(f"{number}{last}") for last in range(10)) == 1


@given(st.integers(10**12, 10**17), st.integers(0, 11), st.integers(1, 9))
def test_luhn_sees_every_single_wrong_digit(number, place, change):
    digits = next(f"{number}{last}" for last in range(10) if is_luhn(f"{number}{last}"))
    wrong = digits[:place] + str((int(digits[place]) + change) % 10) + digits[place + 1 :]
    assert not is_luhn(wrong)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Pay GB29 NWBK 6016 1331 9268 19 now", "Pay ▮iban▮ now"),
        ("DE89370400440532013000.", "▮iban▮."),
        ("BE68 5390 0754 7034 THX", "▮iban▮ THX"),
        ("to gb29nwbk60161331926819 please", "to ▮iban▮ please"),
        ("AB12 THIS IS JUST SHOUTED TEXT", "AB12 THIS IS JUST SHOUTED TEXT"),
    ],
)
def test_an_iban_is_told_by_its_check_digits(text, masked):
    assert mask_personal_data(text) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Mail jo.bloggs+x@sub.example.co.uk.", "Mail ▮e-mail▮."),
        ("See https://a.com/x?y=1. It broke", "See ▮link▮. It broke"),
        ("(www.example.com)", "(▮link▮)"),
        ("from 10.0.0.1 again", "from ▮ip▮ again"),
        ("mailto:jo@example.com", "mailto:▮e-mail▮"),
    ],
)
def test_addresses_are_masked_and_punctuation_stays(text, masked):
    assert mask_personal_data(text) == masked


@given(st.text(st.sampled_from("0123456789 .-/()+a@▮,:wGB"), max_size=60))
def test_masking_twice_changes_nothing(text):
    masked = mask_personal_data(text)
    assert mask_personal_data(masked) == masked


@given(st.text(st.characters(exclude_categories=["Nd", "Cs"], exclude_characters="@"), max_size=60))
def test_text_without_digits_and_addresses_stays(text):
    if "http" not in text.lower() and "www." not in text.lower():
        assert mask_personal_data(text) == text


@given(st.integers(200_000_000, 999_999_999))
def test_no_number_of_nine_digits_survives(number):
    assert MASK.fullmatch(mask_personal_data(str(number)))


@pytest.mark.parametrize(
    "piece", ["1", "1 ", "1-", "a@", "@a.", "www.", "http://!", "AB12 ", "A1", "0/", "(0", "▮", "1.1.1."]
)
def test_a_repeated_piece_takes_linear_time(piece, seconds):
    assert seconds(mask_personal_data, piece * 50_000) < 2


@pytest.mark.parametrize("text", ["020 7946 0018 / 020 7946 0019", "0171/123 456, 030 / 12345678"])
def test_numbers_beside_a_slash_leave_no_digit(text):
    assert not any(character.isdigit() for character in mask_personal_data(text))
