"""What is masked and what stays."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.config import TextConfig
from feedback_nlp.schema import Linked
from feedback_nlp.text.masking import MASK, is_luhn, mask_linked, mask_personal_data


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


def _linked(respondent: str | None) -> Linked:
    responses = pd.DataFrame(
        {"response_id": ["jo@example.com", "b"], "respondent_id": [respondent, None], "segment_agent": ["a@b.com", "x"]}
    )
    comments = pd.DataFrame(
        {"response_id": ["jo@example.com", "b"], "question": "why", "comment": ["mail a@b.com", None]}
    )
    rejected = pd.DataFrame({"content": ['{"mail": "a@b.com"}'], "reason": ["not selected by --where mail=a@b.com"]})
    facts = {"scores_outside": ["a@b.com"], "n_scores_outside": 1}
    return Linked(responses.astype("str"), comments, rejected, pd.DataFrame(), facts)


def test_an_id_that_is_an_address_becomes_one_hash_everywhere():
    linked = mask_linked(_linked("jo@example.com"))
    identity = (set(linked.comments["response_id"]) - {"b"}).pop()
    assert identity in set(linked.responses["response_id"])
    assert identity in set(linked.responses["respondent_id"])
    assert "@" not in identity


def test_segments_and_rejected_rows_are_masked_and_the_argument_stays():
    before = _linked(None)
    after = mask_linked(before)
    assert "▮e-mail▮" in set(after.responses["segment_agent"])
    assert "@" not in after.rejected.loc[0, "content"] + after.rejected.loc[0, "reason"]
    assert after.facts == {"scores_outside": ["▮e-mail▮"], "n_scores_outside": 1}
    assert "jo@example.com" in set(before.responses["response_id"])


def test_masking_can_be_left_out():
    before = _linked("jo@example.com")
    assert mask_linked(before, TextConfig(mask_personal_data=False)) is before


def test_ids_that_differ_only_in_case_stay_two_responses():
    ids = pd.DataFrame({"response_id": ["U0@ex.com", "u0@EX.com"], "respondent_id": [None, None]}).astype("str")
    comments = pd.DataFrame({"response_id": ids["response_id"], "question": "why", "comment": "slow"})
    masked = mask_linked(Linked(ids, comments, pd.DataFrame({"content": [], "reason": []}), pd.DataFrame(), {}))
    assert masked.responses["response_id"].is_unique
    assert set(masked.responses["response_id"]) == set(masked.comments["response_id"])


@pytest.mark.parametrize(
    ("identity", "stays"),
    [("R_3fG7", True), ("11234567890", True), ("North 111 1014", True), ("+44 7700 900123", False)],
)
def test_an_id_that_is_a_phone_number_becomes_a_hash_and_a_plain_number_stays(identity, stays):
    ids = pd.DataFrame({"response_id": ["a"], "respondent_id": [identity]}).astype("str")
    comments = pd.DataFrame({"response_id": ["a"], "question": "why", "comment": "slow"})
    masked = mask_linked(Linked(ids, comments, pd.DataFrame({"content": [], "reason": []}), pd.DataFrame(), {}))
    assert (masked.responses.loc[0, "respondent_id"] == identity) is stays


def test_questions_that_differ_only_in_an_address_stay_two():
    ids = pd.DataFrame({"response_id": ["a"], "respondent_id": [None]}).astype("str")
    questions = ["Why? Mail a@b.com", "Why? Mail c@d.com"]
    comments = pd.DataFrame({"response_id": "a", "question": questions, "comment": "slow"})
    masked = mask_linked(Linked(ids, comments, pd.DataFrame({"content": [], "reason": []}), pd.DataFrame(), {}))
    assert masked.comments["question"].is_unique
    assert not masked.comments["question"].str.contains("@").any()
