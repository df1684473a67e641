"""Names of themes in languages beside English."""

import numpy as np
import pytest

from feedback_nlp.embed import HashEncoder
from feedback_nlp.themes.names import Topic, describe_topics
from feedback_nlp.themes.tongues import UNKNOWN, english, generic_names, tongue_of, tongues

encode = HashEncoder().encode


def topic(*texts, phrases=()):
    vectors = encode(texts)
    centre = vectors.mean(axis=0)
    return Topic((centre / np.linalg.norm(centre)).astype(np.float32), list(texts), vectors, list(phrases))


def described(chunks, *topics):
    return describe_topics(list(topics), encode, lambda texts: [list(chunks) for _ in texts])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("les prix sont trop élevés dans le magasin", "fr"),
        ("die Wartezeit ist zu lang und der Preis nicht gut", "de"),
        ("el personal es muy amable y la tienda no está lejos", "es"),
        ("il personale è molto gentile e la consegna non è in ritardo", "it"),
        ("de wachttijd is te lang en het personeel is niet aardig", "nl"),
        ("o atendimento é muito bom e não tem filas na loja", "pt"),
    ],
)
def test_the_language_of_statements_is_told(text, code):
    assert tongue_of([text]).code == code


@pytest.mark.parametrize("text", ["the staff was very kind to me", "waiting time", "not as good as a year ago", ""])
def test_english_and_what_tells_nothing_stay_english(text):
    assert tongue_of([text]) is None


@pytest.mark.parametrize("text", ["цены слишком высокие", "物流速度太慢了", "التوصيل بطيء جدا"])
def test_another_script_is_not_english(text):
    assert tongue_of([text]) is UNKNOWN


def test_vietnamese_is_not_english():
    assert tongue_of(["Nhân viên rất thân thiện và nhiệt tình"] * 20) is UNKNOWN


def test_a_french_theme_has_a_common_french_name():
    themes = described(["prix"], topic("le temps d'attente est long", "le temps d'attente", "temps d'attente"))
    assert themes.loc[0, "name"] == "Temps d'attente"


def test_no_theme_in_another_language_has_an_english_name():
    themes = described(["время ожидания"], topic("waiting time слишком долго ждать ответа", "долго ждать ответа"))
    assert themes.loc[0, "name"] == "Время ожидания"
    assert themes.loc[0, "name"] not in english().names


def test_function_words_are_no_keyphrases_of_a_french_theme():
    said = topic("le poisson est dans le rayon", "les poissons du rayon", phrases=["dans", "rayon", "est", "poisson"])
    shown = described(["poisson", "rayon"], said).loc[0, "keyphrases"]
    assert set(shown) == {"poisson", "rayon"}


def test_words_are_joined_as_the_language_does():
    said = topic("le poisson est dans le rayon", "le rayon du poisson")
    assert " and " not in described(["poisson", "rayon"], said).loc[0, "name"]


def test_the_common_names_of_a_language_are_distinct_and_short():
    for tongue in tongues():
        assert len({name.lower() for name in tongue.names}) == len(tongue.names) >= 60
        assert max(len(name.split()) for name in tongue.names) <= 4


def test_english_has_common_names_with_words_and_no_catch_all():
    tongue = english()
    assert len(tongue.names) == len(tongue.said) >= 100
    assert all(tongue.said)
    assert not [name for name in tongue.names if name.lower().startswith(("general", "other", "various"))]


def test_every_language_names_its_themes_without_a_subject_in_its_own_words():
    every = [english(), *tongues()]
    for part in ("mixed", "company", "generic"):
        assert len({getattr(tongue, part) for tongue in every}) == len(every)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("les prix sont trop élevés dans le magasin", ("Satisfaction générale", "Insatisfaction générale")),
        ("die Wartezeit ist zu lang und der Preis nicht gut", ("Allgemeines Lob", "Allgemeine Kritik")),
        ("the prices are too high", ("General praise", "General complaint")),
        ("цены слишком высокие", ("General praise", "General complaint")),
        ("", ("General praise", "General complaint")),
    ],
)
def test_generic_themes_have_names_in_the_language_of_the_texts(text, names):
    assert generic_names([text]) == names


def test_a_chinese_theme_is_called_by_what_people_write():
    said = topic("物流速度太慢了", "物流速度很慢", "物流太慢")
    name = described(["物流速度", "物流"], said).loc[0, "name"]
    assert name in {"物流速度", "物流"}


def test_an_arabic_theme_has_no_english_in_its_name():
    said = topic("التوصيل بطيء جدا", "وقت التوصيل طويل", "التوصيل متأخر")
    name = described(["التوصيل", "وقت التوصيل"], said).loc[0, "name"]
    assert not [letter for letter in name if letter.isascii() and letter.isalpha()]


def test_a_vietnamese_theme_keeps_its_marks():
    said = topic(*["Nhân viên rất thân thiện và nhiệt tình"] * 20)
    assert described(["nhân viên"], said).loc[0, "name"] == "Nhân viên"


def test_a_foreign_theme_without_a_subject_has_no_english_name():
    assert described(["42"], topic("цены слишком высокие", "слишком высокие")).loc[0, "name"] == "…"
