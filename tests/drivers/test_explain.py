"""What the figures mean, in two plain sentences, and what they do not mean."""

import numpy as np
import pandas as pd
import pytest

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers import rank_drivers
from feedback_nlp.drivers.result import Drivers
from feedback_nlp.errors import InputError


def sentences(text: str) -> list[str]:
    return [part for part in text.replace("% interval", "").split(". ") if part]


@pytest.fixture(scope="module")
def drivers(survey) -> Drivers:
    responses, mentions, themes = survey()
    more = pd.DataFrame({"theme_id": ["rare", "generic-praise", "praised"], "kind": ["topic", "generic", "topic"]})
    rare = pd.DataFrame({"response_id": responses["response_id"][:3], "theme_id": "rare", "polarity": -1.0})
    praised = pd.DataFrame({"response_id": responses["response_id"][:40], "theme_id": "praised", "polarity": 0.5})
    names = ["Waiting time", "Price", "Staff", "Website", "Gift wrapping", "Generic praise", "Parking"]
    return rank_drivers(responses, pd.concat([mentions, rare, praised]), pd.concat([themes, more]).assign(name=names))


def test_the_drag_of_a_theme_takes_two_sentences_with_its_figures_and_the_caveat(drivers):
    text = drivers.explain("theme A")
    row = drivers.table.iloc[0]
    assert len(sentences(text)) == 2
    assert f"{row['n_negative']} of {drivers.n} responses complain of “Waiting time”" in text
    assert f"{-row['drag']:.1f} points lower" in text
    assert f"−{-row['drag_low']:.1f} to −{-row['drag_high']:.1f}" in text
    assert f"number {row['rank']} of 4 themes" in text
    assert "what NPS would be if the theme were mended it does not say" in text


def test_a_drag_that_could_be_chance_is_said_to_be(survey):
    responses, mentions, themes = survey(seed=3)
    shuffled = responses.assign(category=responses["category"].sample(frac=1, random_state=0).to_numpy())
    drivers = rank_drivers(shuffled, mentions, themes)
    table = drivers.table
    chance = table[(table["drag_low"] <= 0) & (table["drag_high"] >= 0)]["theme_id"]
    assert len(chance)
    assert all("could be chance" in drivers.explain(theme) for theme in chance)


@pytest.mark.parametrize(
    ("theme_id", "reason"),
    [
        ("rare", "pooled complaints of into other: 3 responses, 10 needed"),
        ("generic-praise", "says the score again in words"),
        ("praised", "nobody complains of it"),
    ],
)
def test_a_theme_without_a_drag_says_why(drivers, theme_id, reason):
    text = drivers.explain(theme_id)
    assert reason in text
    assert len(sentences(text)) == 2
    assert "nan" not in text.lower()


def test_without_scores_no_theme_has_a_drag(survey):
    responses, mentions, themes = survey()
    drivers = rank_drivers(responses.assign(category=None), mentions, themes)
    assert "no response has a score" in drivers.explain("theme A")


def test_where_everybody_is_a_promoter_there_is_nothing_to_explain(survey):
    responses, mentions, themes = survey()
    drivers = rank_drivers(responses.assign(category="promoter"), mentions, themes)
    assert "scores that do not differ" in drivers.explain("theme A")


def test_a_parent_is_explained_as_a_sum(survey):
    responses, mentions, themes = survey(n_themes=2)
    family = pd.concat([themes.assign(parent_id="both"), pd.DataFrame({"theme_id": ["both"], "kind": ["topic"]})])
    assert "the sum over the themes it holds" in rank_drivers(responses, mentions, family).explain("both")


def test_themes_that_come_together_are_to_be_read_as_one(survey):
    responses, mentions, themes = survey(n_themes=1)
    ids = responses["response_id"][responses["category"].notna()]
    pair = [
        pd.DataFrame({"response_id": ids[:n], "theme_id": t, "polarity": -1.0})
        for t, n in (("queue", 30), ("wait", 27))
    ]
    more = pd.DataFrame({"theme_id": ["queue", "wait"], "kind": "topic"})
    drivers = rank_drivers(responses, pd.concat([mentions, *pair]), pd.concat([themes, more]))
    assert "nearly always come with those of “queue”, so read them as one" in drivers.explain("wait")
    assert "nearly always" not in drivers.explain("theme A")


def test_an_interval_of_another_level_is_named_so(survey):
    assert "80 % interval" in rank_drivers(*survey(), DriversConfig(level=0.8)).explain("theme A")


def test_an_unknown_theme_is_answered_with_the_nearest(drivers):
    with pytest.raises(InputError, match=r"no theme 'theme a'.*theme A"):
        drivers.explain("theme a")


def test_the_probability_of_being_worst_sums_to_one(drivers):
    assert sum(drivers.p_worst.values()) == pytest.approx(1.0)
    assert set(drivers.p_worst) == set(drivers.table["theme_id"][drivers.table["rank"].notna()])
    top3 = drivers.table.set_index("theme_id")["p_top3"]
    assert all(worst <= top3[theme] for theme, worst in drivers.p_worst.items())


def test_p_worst_is_that_of_two_normals(survey):
    drivers = rank_drivers(*survey(n_themes=2), DriversConfig(n_draws=100_000))
    places = np.flatnonzero(drivers.account["polarity"] == "negative")
    a, b = drivers.account["contribution"].to_numpy()[places]
    (v, c), (_, w) = drivers.covariance[np.ix_(places, places)]
    from scipy.special import ndtr

    assert drivers.p_worst["theme A"] == pytest.approx(ndtr((b - a) / np.sqrt(v + w - 2 * c)), abs=0.006)
