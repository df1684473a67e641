"""What stands below a quote never tells who wrote it, and a theme of few people is not quoted."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from feedback_nlp.report import summarise
from feedback_nlp.report.summary.pairs import pairs_of
from feedback_nlp.report.summary.quotes import choose_quotes, who_said
from feedback_nlp.track import Run


def themes_of(run: Run) -> list[dict[str, Any]]:
    counts = {"drag": None, "lift": None, "n_negative": 5, "n_positive": 1}
    return [{"theme_id": theme_id, **counts} for theme_id in run.model.themes["theme_id"]]


@pytest.fixture(scope="module")
def made() -> pd.DataFrame:
    """Two channels and two regions of many people, one agent of two, and one pair of values that one person has."""
    n = 200
    table = pd.DataFrame({"response_id": [f"r{k}" for k in range(n)], "respondent_id": [f"c{k}" for k in range(n)]})
    table["segment_channel"] = np.where(np.arange(n) % 2, "phone", "chat")
    table["segment_region"] = np.where(np.arange(n) % 2, "west", "north")
    table["segment_agent"] = "A01"
    table.loc[table.index[:2], "segment_agent"] = "A99"
    table.loc[table.index[10], "segment_region"] = "west"  # the only one of chat and west
    return table.assign(score=3.0, category="detractor", period="2024 Q4", date=pd.NaT)


def below(table: pd.DataFrame, response_id: str, min_people: int = 5) -> dict[str, Any]:
    told = who_said(table, pd.Series([response_id]), min_people).iloc[0]
    names = [name for name in told.index if name.startswith("group:")]
    return {name.removeprefix("group:segment_"): told[name] for name in names if pd.notna(told[name])}


def test_what_many_share_is_shown(made: pd.DataFrame) -> None:
    assert below(made, "r20") == {"channel": "chat", "region": "north", "agent": "A01"}


def test_a_value_of_few_is_left_out(made: pd.DataFrame) -> None:
    assert "agent" not in below(made, "r0")
    assert below(made, "r0", min_people=1)["agent"] == "A99"


def test_values_that_few_have_together_are_thinned(made: pd.DataFrame) -> None:
    shown = below(made, "r10")
    alike = np.logical_and.reduce([made[f"segment_{name}"] == value for name, value in shown.items()])
    assert alike.sum() >= 5
    assert 1 <= len(shown) < 3


@pytest.mark.parametrize("min_people", [2, 5, 50])
def test_whatever_is_shown_enough_people_have(made: pd.DataFrame, min_people: int) -> None:
    draw = np.random.default_rng(1)
    values = {f"segment_{name}": draw.choice(list("abcdefg"), len(made)) for name in "xyz"}
    table = made.assign(**values, respondent_id=[f"c{k // 3}" for k in range(len(made))])
    for response_id in table["response_id"][:40]:
        shown = below(table, response_id, min_people)
        alike = np.logical_and.reduce(
            [np.full(len(table), True)] + [table[f"segment_{n}"] == v for n, v in shown.items()]
        )
        assert table.loc[alike, "respondent_id"].nunique() >= min_people


def test_one_person_of_many_responses_is_one(made: pd.DataFrame) -> None:
    assert below(made.assign(respondent_id="c1"), "r20") == {}


def test_a_theme_of_few_people_is_not_quoted(run: Run) -> None:
    quotes = choose_quotes(run, themes_of(run), 3, 10, pairs_of(run))
    assert quotes["t08"] == ()
    assert quotes["t01"] != ()
    assert choose_quotes(run, themes_of(run), 3, 10)["t08"] != ()


def test_the_quotes_of_the_page_show_only_what_enough_people_share(run: Run) -> None:
    for theme in summarise(run).themes:
        for quote in theme.quotes:
            alike = [run.responses[f"segment_{name}"] == value for name, value in quote.segments]
            people = run.responses[np.logical_and.reduce(alike)]["respondent_id"] if alike else None
            assert people is None or people.fillna("-").nunique() >= 5 or len(people) >= 5


def test_both_sides_are_among_the_quotes(run: Run) -> None:
    mixed = run.mentions["theme_id"].eq("t01") & (run.mentions.groupby("theme_id").cumcount() % 4 == 0)
    texts = run.mentions["text"] + " (" + run.mentions["segment_id"] + ")"
    changed = run.mentions.assign(polarity=run.mentions["polarity"].mask(mixed, 0.8), text=texts)
    quotes = choose_quotes(replace(run, mentions=changed), themes_of(run), 5, 20)["t01"]
    praise = [quote for quote in quotes if quote.polarity and quote.polarity > 0]
    assert len(quotes) == 20
    assert 2 <= len(praise) <= 8
    assert sum(quote in praise for quote in quotes[:5]) == 1


def test_the_strongest_words_are_among_the_first(run: Run) -> None:
    texts = run.mentions["text"] + " (" + run.mentions["segment_id"] + ")"
    quotes = choose_quotes(replace(run, mentions=run.mentions.assign(text=texts)), themes_of(run), 5, 20)["t01"]
    kinds = [quote.kind for quote in quotes[:5]]
    assert kinds[:3] == ["typical"] * 3
    assert kinds.count("extreme") == 1
    assert {quote.kind for quote in quotes[5:]} == {""}


def test_a_quote_knows_its_category_and_period(run: Run) -> None:
    quotes = [quote for theme in summarise(run).themes for quote in theme.quotes]
    assert {quote.period for quote in quotes} == {"2024 Q4"}
    assert {quote.category for quote in quotes} <= {"detractor", "passive", "promoter", ""}
    assert "detractor" in {quote.category for quote in quotes}
