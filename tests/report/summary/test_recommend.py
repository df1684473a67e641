"""What to do next: each sentence states a figure of the run that a reader can check."""

import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.drivers import rank_drivers
from feedback_nlp.report import summarise
from feedback_nlp.report.summary.data import Recommendation
from feedback_nlp.report.summary.recommend import beyond_chance, n_to_see_half
from feedback_nlp.track import Run


@pytest.fixture(scope="module")
def advice(run: Run) -> Recommendation:
    worst = summarise(run).themes[0]
    assert worst.recommendation
    return worst.recommendation


def complaining(run: Run) -> "np.ndarray":
    ids = run.mentions.loc[(run.mentions["theme_id"] == "t01") & (run.mentions["polarity"] < 0), "response_id"]
    return run.responses[run.responses["response_id"].isin(ids)]["category"].value_counts()


def test_flagged_themes_and_no_others_have_advice(run: Run) -> None:
    themes = summarise(run).themes
    assert [theme.recommendation is not None for theme in themes] == [theme.flagged for theme in themes]


def test_it_says_who_complains(run: Run, advice: Recommendation) -> None:
    counts = complaining(run)
    assert advice.who[0].startswith(f"{counts.sum()} responses complain of it: {counts['detractor']} detractors")


def test_it_says_how_many_can_still_be_won(run: Run, advice: Recommendation) -> None:
    counts = complaining(run)
    scored = run.responses["category"].notna().sum()
    reached = counts["detractor"] + counts["passive"]
    assert advice.touched[0].startswith(f"{counts['detractor']} detractors and {counts['passive']} passive")
    assert f"{100 * reached / scored:.0f}\N{NO-BREAK SPACE}% (" in advice.touched[0]
    assert advice.follow_up[0].startswith(f"{reached} responses to ask back")


def test_it_quotes_and_names_the_words(advice: Recommendation) -> None:
    assert advice.what[0].startswith("Its words: “")
    assert advice.what[1].startswith("A typical complaint: “")


def test_every_sentence_but_the_owners_has_a_figure_or_a_quote_or_says_there_is_none(run: Run) -> None:
    for theme in summarise(run).themes:
        if theme.recommendation:
            told = [line for part in vars(theme.recommendation).values() for line in part]
            assert all(re.search(r"\d|“", line) or line.startswith("No segment") for line in told)


def test_a_group_that_complains_more_is_named_with_its_share(run: Run) -> None:
    ids = set(run.mentions.loc[(run.mentions["theme_id"] == "t01") & (run.mentions["polarity"] < 0), "response_id"])
    told = run.responses["response_id"].isin(ids) | (run.responses.index % 7 == 0)
    channel = np.where(told, "phone", "chat")
    changed = replace(run, responses=run.responses.assign(segment_channel=channel))
    advice = summarise(changed).themes[0].recommendation
    assert advice
    assert any(line.startswith("channel “phone”: ") and "of all others" in line for line in advice.who)


def test_an_owner_is_named_where_the_config_has_one(run: Run) -> None:
    config = {**run.manifest["config"], "report": {"owners": {"Waiting time": "Support lead"}}}
    advice = summarise(replace(run, manifest=run.manifest | {"config": config})).themes[0].recommendation
    assert advice
    assert advice.follow_up[-1] == "Suggested owner: Support lead (from the configuration)."


def test_a_group_without_a_name_is_called_so(run: Run) -> None:
    ids = set(run.mentions.loc[(run.mentions["theme_id"] == "t01") & (run.mentions["polarity"] < 0), "response_id"])
    told = run.responses["response_id"].isin(ids) | (run.responses.index % 7 == 0)
    changed = replace(run, responses=run.responses.assign(segment_channel=np.where(told, None, "chat")))
    advice = summarise(changed).themes[0].recommendation
    assert advice
    assert any(line.startswith("channel “not given”: ") for line in advice.who)


@pytest.mark.parametrize("by", ["theme_id", "name"])
def test_a_parent_s_owner_is_its_themes_too(run: Run, by: str) -> None:
    themes = run.model.themes
    waiting = themes["theme_id"] == "t01"
    parent = themes[waiting].assign(theme_id="p01", name="Support", parent_id=None)
    themes = pd.concat([themes.assign(parent_id=themes["parent_id"].mask(waiting, "p01")), parent], ignore_index=True)
    config = {**run.manifest["config"], "report": {"owners": {parent[by].item(): "Head of support"}}}
    changed = replace(
        run,
        model=SimpleNamespace(**vars(run.model) | {"themes": themes}),
        drivers=rank_drivers(run.responses, run.mentions, themes),
        manifest=run.manifest | {"config": config},
    )
    advice = next(theme for theme in summarise(changed).themes if theme.theme_id == "t01").recommendation
    assert advice
    assert advice.follow_up[-1] == "Suggested owner: Head of support (from the configuration)."


def test_an_owner_of_no_theme_is_told(run: Run) -> None:
    config = {**run.manifest["config"], "report": {"owners": {"Wating time": "Support lead"}}}
    changed = summarise(replace(run, manifest=run.manifest | {"config": config}))
    assert changed.unknown.suspicions[-1].startswith("The configuration names an owner for “Wating time”")


def test_without_scores_nothing_is_recommended(run: Run) -> None:
    responses = run.responses.assign(score=np.nan, category=None)
    changed = replace(run, responses=responses, drivers=rank_drivers(responses, run.mentions, run.model.themes))
    assert not any(theme.recommendation for theme in summarise(changed).themes)


@given(st.floats(0.01, 0.99), st.integers(20, 100_000))
def test_the_ends_are_where_the_test_just_says_so(share: float, n: int) -> None:
    for other in beyond_chance(share, n):
        assert 0 <= other <= 1
        if 0 < other < 1:
            spread = np.sqrt((share * (1 - share) + other * (1 - other)) / n)
            assert abs(other - share) / spread == pytest.approx(1.959964, abs=1e-4)


@given(st.floats(0.01, 0.9))
def test_the_needed_number_has_the_power_it_is_for(share: float) -> None:
    n, half = n_to_see_half(share), share / 2
    spread = np.sqrt((share * (1 - share) + half * (1 - half)) / n)
    assert (share - half) / spread == pytest.approx(1.959964 + 0.841621, rel=0.2)
    assert (share - half) / spread >= 1.959964 + 0.841621 - 1e-6
