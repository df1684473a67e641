"""Keywords: whole words, phrases and stems, whatever the case, in time that grows with the text alone."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.themes.matcher import compile_keywords, fold, keyword_words, words

WORDS = st.sampled_from(["wait", "waiting", "waited", "time", "times", "on", "hold", "a", "ab", "abc"])
TEXTS = st.lists(WORDS, max_size=12).map(" ".join)
KEYWORDS = st.lists(st.tuples(WORDS, st.booleans()), min_size=1, max_size=3).map(
    lambda parts: " ".join(word + "*" * is_stem for word, is_stem in parts)
)


def naive(keywords: list[str], text: str) -> list[int]:
    """The same by a look at every place for every keyword."""
    said, found = words(text), []
    for number, keyword in enumerate(keywords):
        parts = keyword_words(keyword)
        for start in range(len(said) - len(parts) + 1):
            pairs = zip(parts, said[start:], strict=False)
            if all(word.startswith(part.text) if part.is_stem else word == part.text for part, word in pairs):
                found.append(number)
                break
    return found


def finds(keyword: str, text: str) -> bool:
    return compile_keywords([keyword]).find(text) == [0]


@given(st.lists(KEYWORDS, max_size=8), TEXTS)
def test_it_finds_what_a_look_at_every_place_finds(keywords, text):
    assert compile_keywords(keywords).find(text) == naive(keywords, text)


@given(st.lists(KEYWORDS, min_size=1, max_size=8), TEXTS, st.randoms(use_true_random=False))
def test_the_order_of_keywords_does_not_matter(keywords, text, random):
    shuffled = random.sample(keywords, len(keywords))
    before = {keywords[i] for i in compile_keywords(keywords).find(text)}
    assert {shuffled[i] for i in compile_keywords(shuffled).find(text)} == before


@given(st.text(max_size=200), st.lists(st.text(min_size=1, max_size=8), max_size=5))
def test_any_text_can_be_searched_for_any_words(text, said):
    keywords = [word for word in said if words(word) and "*" not in fold(word)]
    assert compile_keywords(keywords).find(text) == naive(keywords, text)


@given(st.text(max_size=80))
def test_a_text_holds_itself(text):
    if words(text) and "*" not in fold(text):
        assert finds(text, f"before {text} after")


@given(st.text(max_size=200))
def test_folding_twice_changes_nothing(text):
    assert words(" ".join(words(text))) == words(text)


@pytest.mark.parametrize(
    ("keyword", "text"),
    [
        ("e-mail", "my E MAIL was lost"), ("café", "the CAFE is closed"), ("CAFE", "im Café"), ("straße", "STRASSE"),
        ("refund*", "no refunds!"), ("on hold", "I was on\n\thold"), ("didn't", "it didn’t work"), ("10/10", "a 10/10"),
        ("👍", "super 👍👍"), ("退款", "我要退款。"), ("giá", "gia tốt"),
        ("רכב", "זה רכב טוב"), ("السعر", "السِّعر مرتفع"),
        ("सेवा", "अच्छी सेवा थी"), ("บริการ", "บริการ ดี"), ("c++", "we use C++ daily"), ("wait*", "wait"),
    ],
)  # fmt: skip
def test_a_keyword_is_found(keyword, text):
    assert finds(keyword, text)


@pytest.mark.parametrize(
    ("keyword", "text"),
    [
        ("art", "start of the party"), ("wait*", "awaiting"), ("hold on", "on hold"), ("on hold", "on a hold"),
        ("refund", "refunds"), ("की", "का"), (".*", "anything"), ("in", "inn"), ("退款", "退还款项"),
    ],
)  # fmt: skip
def test_a_keyword_is_not_found_inside_other_words(keyword, text):
    if keyword == ".*":
        with pytest.raises(ValueError, match="holds no word"):
            compile_keywords([keyword])
    else:
        assert not finds(keyword, text)


@pytest.mark.parametrize("keyword", ["", " ", "*", "--", "()", "(a+)+$*x", "w*it", "* wait", "wait**"])
def test_a_keyword_that_no_text_can_hold_is_refused(keyword):
    with pytest.raises(ValueError, match=r"holds no word|may only end a word"):
        compile_keywords([keyword])


@pytest.mark.parametrize("keyword", ["(a+)+$", "[a-z]{9}", "a|b", "^x.y$", r"\bword\b", "(?P<n>x)"])
def test_marks_of_patterns_are_only_marks(keyword):
    assert finds(keyword, re.sub(r"[^\w]+", " ", keyword))


@pytest.mark.parametrize(
    "text",
    [
        "a" * 1_000_000, "a " * 500_000, "a! " * 333_000, "é" * 1_000_000, "\u202e" * 1_000_000, "e\u0301" * 500_000,
        "退" * 1_000_000, "👍" * 500_000,
    ],
    ids=["one word", "words", "marks", "accents", "right-to-left marks", "combining", "ideographs", "pictures"],
)  # fmt: skip
def test_a_million_characters_take_seconds(text):
    matcher = compile_keywords(["a a a a b", "a* a* a* a* b*", "aaaaaaaaab", "退退退款", "e*"])
    began = time.process_time()
    matcher.find(text)
    assert time.process_time() - began < 15


def test_twice_the_text_takes_about_twice_the_time():
    matcher = compile_keywords([" ".join(["a*"] * length) + " b" for length in range(1, 8)])

    def seconds(n: int) -> float:
        began = time.process_time()
        matcher.find("a " * n)
        return time.process_time() - began

    small, large = min(seconds(20_000) for _ in range(3)), min(seconds(80_000) for _ in range(3))
    assert large < 10 * small + 0.05
