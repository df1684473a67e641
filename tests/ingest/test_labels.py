"""Worded scales: the lists themselves, which scale a column's words tell, and what is asked for instead of guessed."""

from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_nlp.config import LinkConfig
from feedback_nlp.errors import InputError
from feedback_nlp.ingest.scores.labels import by_family, known_words, ladders, no_answers, tell_ladder
from feedback_nlp.ingest.scores.scales import Scores, read_scores
from feedback_nlp.ingest.scores.values import folded


def read(values: list[str | None], **link: object) -> Scores:
    return read_scores(pd.Series(values, dtype="str"), LinkConfig.model_validate(link), "q3.csv: column 'answer'")


def told(values: list[str]) -> str:
    return read(values * 20).scale


@pytest.mark.parametrize("name", ladders())
def test_a_word_stands_in_one_box_of_its_scale_only(name: str) -> None:
    ladder = ladders()[name]
    scores = [(word, score) for words in ladder.languages.values() for word, score in words.items()]
    assert len(set(scores)) == len({word for word, _ in scores})


@pytest.mark.parametrize("name", ladders())
def test_every_language_of_a_scale_has_words_for_all_its_boxes(name: str) -> None:
    ladder = ladders()[name]
    assert all(set(words.values()) == set(ladder.scores) for words in ladder.languages.values())
    assert all(better > worse for better, worse in pairwise(ladder.scores))


def test_no_word_of_a_scale_means_no_answer() -> None:
    assert not known_words() & no_answers()


@pytest.mark.parametrize("family", ["likelihood", "satisfaction", "agreement", "ease", "quality"])
def test_the_great_families_speak_seven_languages(family: str) -> None:
    assert set(ladders()[family].languages) == {"en", "de", "fr", "es", "it", "nl", "pt"}


@given(st.sampled_from(sorted(known_words())))
def test_a_known_word_is_as_it_is_compared(word: str) -> None:
    assert folded(word) == word


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        (["Very likely", "Likely", "Neither likely nor unlikely", "Unlikely", "Very unlikely"], "likelihood"),
        (["Extremely likely", "Very likely", "Somewhat likely", "Not at all likely"], "likelihood-extremely"),
        (["Definitely would", "Probably would", "Might or might not", "Probably not", "Definitely not"], "likelihood"),
        (["Very satisfied", "Satisfied", "Neutral", "Dissatisfied", "Very dissatisfied"], "satisfaction"),
        (["Very satisfied", "Somewhat satisfied", "Not very satisfied", "Not at all satisfied"], "satisfaction"),
        (["Satisfied", "Neutral", "Dissatisfied"], "satisfaction-plain"),
        (["Strongly agree", "Agree", "Disagree"], "agreement"),
        (["Agree", "Neutral", "Disagree"], "agreement-plain"),
        (["Excellent", "Very good", "Good", "Fair", "Poor"], "quality-excellent"),
        (["Very good", "Good", "Neither good nor poor", "Poor", "Very poor"], "quality"),
        (["Excellent", "Good", "Fair", "Poor"], "quality-4"),
        (["good", "bad"], "good-bad"),
        (["Good, I'm satisfied", "Bad, I'm unsatisfied", "Offered"], "good-bad"),
        (["Very easy", "Easy", "Neutral", "Difficult", "Very difficult"], "ease"),
        (["Very low effort", "Low effort", "High effort"], "effort"),
        (["Sehr zufrieden", "Zufrieden", "Teils/teils", "Unzufrieden", "Sehr unzufrieden"], "satisfaction"),
        (["vollkommen zufrieden", "sehr zufrieden", "zufrieden", "unzufrieden"], "satisfaction-extremely"),
        (["trifft zu", "trifft eher zu", "teils-teils", "trifft eher nicht zu", "trifft nicht zu"], "agreement-plain"),
        (["Très satisfait(e)", "Plutôt satisfait(e)", "Pas du tout satisfait(e)"], "satisfaction"),
        (["Tout à fait d'accord", "Plutôt d’accord", "Plutôt pas d'accord", "Pas du tout d'accord"], "agreement"),
        (["Muy satisfecho/a", "Satisfecha", "Nada satisfecho"], "satisfaction"),
        (["Molto soddisfatto", "Abbastanza soddisfatto", "Per niente soddisfatto"], "satisfaction"),
        (["Zeer tevreden", "Tevreden", "Ontevreden"], "satisfaction"),
        (["Ótimo", "Bom", "Regular", "Ruim", "Péssimo"], "quality"),
        (["ja", "nein", "vielleicht"], "yes-maybe-no"),
        (["Oui", "Non"], "yes-maybe-no"),
        (["sí", "no", "Tal vez"], "yes-maybe-no"),
        (["TRUE", "FALSE"], "yes-maybe-no"),
        (["👍🏽", "👎"], "thumbs"),
        (["😀", "🙂", "😐", "🙁", "😡"], "smileys"),
        (["🙂", "😐", "🙁"], "smileys-3"),
        (["Promoter", "Passive", "Detractor"], "nps-groups"),
    ],
)  # fmt: skip
def test_words_tell_their_scale(values: list[str], name: str) -> None:
    assert told(values) == name


def test_languages_may_be_mixed_in_a_column() -> None:
    assert told(["Very satisfied", "Sehr zufrieden", "Satisfait", "Ontevreden", "Very dissatisfied"]) == "satisfaction"


def test_the_same_word_counts_by_its_scale() -> None:
    of_poor = read(["Very good"] * 30 + ["Good"] * 9 + ["Very poor"])
    of_excellent = read(["Excellent"] * 30 + ["Very good"] * 9 + ["Good"] * 4 + ["Fair"] * 2 + ["Poor"])
    assert (of_poor.categories[0], of_excellent.categories[35]) == ("promoter", "passive")


def test_the_middle_answer_is_a_detractor_like_a_three() -> None:
    read_as = read(["Neither satisfied nor dissatisfied"], scale="satisfaction")
    assert (read_as.scores[0], read_as.categories[0]) == (3, "detractor")


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (["Very good", "Good", "Poor"] * 3, "fit several scales; say --scale quality-"),
        (["Excellent", "Good", "Fair", "Poor"], "fit several scales; say --scale quality"),
        (["Satisfied", "Neutral", "Dissatisfied"], "say --scale satisfaction-plain or satisfaction"),
    ],
)
def test_words_of_two_scales_that_sort_them_differently_are_asked_about(values: list[str], says: str) -> None:
    with pytest.raises(InputError, match=says):
        read(values)


def test_words_of_several_families_are_refused_with_their_counts() -> None:
    with pytest.raises(InputError) as caught:
        read(["Very satisfied"] * 30 + ["Satisfied"] * 10 + ["Strongly agree"] * 20 + ["Neutral"] * 5)
    says = (
        "words of 2 scales in one column: satisfaction x 40 ('Very satisfied' x 30, 'Satisfied' x 10), agreement x 20"
    )
    assert says in str(caught.value)


def test_a_slip_among_the_words_is_outside_the_scale() -> None:
    read_as = read(["Very satisfied"] * 100 + ["Satisfied"] * 50 + ["Dissatisfied"] * 20 + ["Agree"])
    assert (read_as.scale, read_as.n_outside, read_as.outside) == ("satisfaction", 1, ("Agree",))


def test_an_unknown_word_given_often_is_an_error() -> None:
    with pytest.raises(InputError, match=r"12 of 112 scores lie outside the scale satisfaction .'Blue' x 12"):
        read(["Very satisfied"] * 50 + ["Very dissatisfied"] * 50 + ["Blue"] * 12)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(["Very likely", "Likely", "Neutral", "Unlikely", "Good", "Agree"]), min_size=1))
def test_what_is_told_does_not_depend_on_the_order(values: list[str]) -> None:
    counts = pd.Series(values).value_counts()
    assert tell_ladder(counts) == tell_ladder(counts[::-1])


def test_shared_words_belong_to_no_family() -> None:
    assert list(by_family(pd.Series({"Neutral": 9, "Agree": 2}))) == ["agreement"]


@pytest.mark.parametrize("pair", [("Likely", "Rather likely"), ("Easy", "Fairly easy"), ("Pleased", "Satisfied")])
def test_a_scale_with_two_words_of_one_language_for_its_second_box_is_not_told(pair: tuple[str, str]) -> None:
    assert tell_ladder(pd.Series(dict.fromkeys(pair, 30))).names == ()


def test_few_known_words_among_others_are_no_scale() -> None:
    with pytest.raises(InputError, match="none of its values is a score"):
        read(["Satisfied"] * 3 + ["blue", "green", "red", "grey"])


def test_what_says_that_there_is_no_score_is_counted() -> None:
    read_as = read(["9", "10", "0", "Don't know", "don't know"])
    assert (read_as.n_no_answer, read_as.n_outside) == (2, 0)
