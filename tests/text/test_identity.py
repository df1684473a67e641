"""National numbers and postcodes: what is masked, and the sixty strings that look like one and stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.text.identity import is_codice_fiscale, is_dni, is_nhs_number, is_nir, mask_identity_numbers
from feedback_nlp.text.masking import KINDS_OF_MASK, MASK, count_masks, mask_personal_data

NUMBERS = [
    "943 476 5919", "AB 12 34 56 C", "AB123456C", "ab 12 34 56 c", "123-45-6789", "123 45 6789", "12345678Z",
    "12345678-Z",
    "2 55 08 14 168 025 38", "255081416802538", "X1234567L", "RSSMRA85T10A562S",
]  # fmt: skip
POSTCODES = ["SW1A 1AA", "sw1a 1aa", "M1 1AE", "EC1A 1BB", "K1A 0B1", "k1a-0b1", "12345-6789"]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("frame", ["{}", "My number is {}, thanks", "({})", "no.: {}."])
def test_a_national_number_is_masked(number, frame):
    assert mask_personal_data(frame.format(number)) == frame.format("▮id-number▮")


@pytest.mark.parametrize("postcode", POSTCODES)
@pytest.mark.parametrize("frame", ["{}", "I live in {} now", "({})", "at {}."])
def test_a_postcode_is_masked(postcode, frame):
    assert mask_personal_data(frame.format(postcode)) == frame.format("▮postcode▮")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("NHS number 9434765919", "NHS number ▮id-number▮"),
        ("NHS no 943-476-5919", "NHS no ▮id-number▮"),
        ("Steuer-ID: 12 345 678 901", "Steuer-ID: ▮id-number▮"),
        ("zip 90210", "zip ▮postcode▮"),
        ("ZIP code: 90210-1234", "ZIP code: ▮postcode▮"),
        ("PLZ 10115 Berlin", "PLZ ▮postcode▮ Berlin"),
        ("code postal 75001", "code postal ▮postcode▮"),
        ("postcode M11AE", "postcode ▮postcode▮"),
        ("I live in 1012 AB Amsterdam", "I live in ▮postcode▮ Amsterdam"),
        ("Damrak 1, 1012AB", "Damrak 1, ▮postcode▮"),
    ],
)
def test_a_word_before_it_tells_a_number(text, masked):
    assert mask_personal_data(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "BA 2490", "BA2490", "flight LH 400", "EK 0074", "order 12345678", "order no AB-12345", "PNR ABC123",
        "ref: 123456",
        "S9 8GB", "Galaxy S10 128GB", "iPhone 12", "RTX 3080", "B737-800", "A380", "B773ER seat", "N389HA was old",
        "GTX1080TI", "1080HD", "5000mAh", "V8 engine", "M25 motorway", "A1 M1", "B12 vitamins", "covid-19",
        "MS-DOS 6",
        "gate B22", "room 1204", "seat 32K", "row 9 seat 14F", "terminal e1 1st floor", "x5 4th time", "b2 9am",
        "2024 EU rules", "in 2024 WE WENT", "IN 2024 WE WAITED", "1500 KM", "3000 ML", "6600 UA miles",
        "only 1234 DL points",
        "1200 EUR", "£1,200.50", "$700-1000 per person", "433.40 533.90 and 275.00", "€12 345", "1.200,00",
        "10%", "9/10",
        "12:30", "10:30:45", "10-12-2024", "12/05/2024", "2024-05-12", "May 2024", "24/7", "1234-567-8", "12345",
        "version 1.2.3", "std::vector", "a::b", "Zip was broken", "the post 3 days late", "cap 10000 users",
        "PO12345",
        "2020 VW Golf", "4x4", "no. 555", "1945 AD", "12345678A", "RSSMRA85T10A562T", "943 476",
    ],
)  # fmt: skip
def test_prices_flights_and_products_stay(text):
    assert mask_personal_data(text) == text


@pytest.mark.parametrize(
    "address", ["2001:db8:85a3::8a2e:370:7334", "fe80::1ff:fe23:4567:890a", "2001:0db8:0:0:0:0:0:0001"]
)
def test_an_ip_address_of_version_6_is_masked(address):
    assert mask_personal_data(f"from {address} again") == "from ▮ip▮ again"


@given(st.integers(0, 10**9 - 1))
def test_at_most_one_check_digit_makes_an_nhs_number(number):
    assert sum(is_nhs_number(f"{number:09d}{last}") for last in range(10)) <= 1


@given(st.integers(10**12, 3 * 10**12 - 1))
def test_exactly_one_key_makes_a_nir(number):
    assert sum(is_nir(f"{number}{key:02d}") for key in range(1, 98)) == 1


@given(st.integers(0, 10**8 - 1))
def test_exactly_one_letter_makes_a_dni(number):
    assert sum(is_dni(f"{number:08d}{letter}") for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 1


def test_exactly_one_letter_makes_a_codice_fiscale():
    assert [last for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if is_codice_fiscale(f"RSSMRA85T10A562{last}")] == ["S"]


PERSONAL = [*NUMBERS, *POSTCODES, "jo@example.com", "020 7946 0018", "+44 7700 900123", "4111 1111 1111 1111",
            "DE89 3704 0044 0532 0130 00", "10.0.0.1", "2001:db8::8a2e:370:7334",
            "https://example.com/u/jo"]  # fmt: skip


@given(
    st.lists(
        st.tuples(st.sampled_from(PERSONAL), st.sampled_from([". ", ", ", " and ", "\n", " / ", "; "])), max_size=6
    )
)
def test_no_personal_datum_survives(spots):
    masked = mask_personal_data("Call me: " + "".join(f"{datum}{mark}" for datum, mark in spots))
    assert not any(datum in masked for datum, _ in spots)
    assert not any(character.isdigit() for character in MASK.sub("", masked))
    assert mask_personal_data(masked) == masked


@given(st.text(st.sampled_from("0129 .-/ABCDHNSXZabc:,"), max_size=60))
def test_masking_twice_changes_nothing(text):
    masked = mask_personal_data(text)
    assert mask_personal_data(masked) == masked


def test_masks_are_counted_per_kind():
    counts = count_masks(["▮phone▮ or ▮phone▮", "▮id-number▮ ▮nonsense▮", None])
    assert list(counts) == list(KINDS_OF_MASK)
    assert {kind: n for kind, n in counts.items() if n} == {"phone": 2, "id-number": 1}


@pytest.mark.parametrize(
    "piece", ["1", "1 ", "A1", "nhs ", "12 34 56 ", "AB12 ", "zip ", "1234AB", "ABCDEF", "A1A ", "123-", ":1"]
)
def test_a_repeated_piece_takes_linear_time(piece, seconds):
    assert seconds(mask_identity_numbers, piece * (500_000 // len(piece))) < 4
    assert seconds(mask_personal_data, piece * (200_000 // len(piece))) < 4


def test_a_department_of_corsica_has_its_own_number() -> None:
    number = "275022B" + "123456"
    keys = [f"{key:02d}" for key in range(1, 98) if is_nir(f"{number}{key:02d}")]
    assert keys == [f"{97 - int('27502' + '18' + '123456') % 97:02d}"]
