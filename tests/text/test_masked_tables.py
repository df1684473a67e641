"""Personal data out of everything beside the comments."""

import json

import pandas as pd
import pytest

from feedback_nlp.config import TextConfig
from feedback_nlp.schema import Linked
from feedback_nlp.text.masked_tables import mask_linked


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


def test_reasons_that_differ_only_in_an_address_are_counted_as_one():
    reasons = pd.DataFrame(
        {"source": "q3.csv", "fate": "rejected", "rows": [2, 3],
         "reason": ["not selected by --where mail=a@b.com", "not selected by --where mail=c@d.com"]}
    )  # fmt: skip
    before = _linked(None)
    masked = mask_linked(
        Linked(before.responses, before.comments, before.rejected, pd.DataFrame(), {}, reasons, ("See a@b.com.",))
    )
    assert masked.reasons["rows"].tolist() == [5]
    assert "@" not in masked.reasons.loc[0, "reason"] + masked.notes[0]


def test_names_in_rejected_rows_go_on_request_and_the_row_stays_json():
    row = {"who": None, "why": "I spoke to Sarah Johnson about my order and she was lovely."}
    before = _linked(None)
    rejected = pd.DataFrame({"content": [json.dumps(row)], "reason": ["empty row"]}).astype("str")
    linked = Linked(before.responses, before.comments, rejected, pd.DataFrame(), {})
    masked = json.loads(mask_linked(linked, TextConfig(mask_names=True)).rejected.loc[0, "content"])
    assert masked == {"who": None, "why": "I spoke to ▮name▮ about my order and she was lovely."}
    assert "Sarah" in mask_linked(linked).rejected.loc[0, "content"]
