"""The map as plain data: who is shown, in which colour, with which words; many statements become cells."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from feedback_nlp.report.summary.map import MOST_POINTS, summarise_map
from feedback_nlp.schema import MAP, no_map
from feedback_nlp.track import Run


def placed(run: Run, n: int = 10**9) -> Run:
    """Returns the run with places for its first statements, each theme in a corner of its own."""
    shown = run.mentions.drop_duplicates("segment_id").head(n)
    corner = pd.factorize(shown["theme_id"].fillna(""), sort=True)[0]
    x, y = corner % 4 / 4 - 0.5, corner // 4 / 4 - 0.5
    step = np.arange(len(shown)) % 7 / 100
    places = pd.DataFrame({"segment_id": shown["segment_id"].to_numpy(), "x": x + step, "y": y + step})
    return replace(run, map=MAP.validate(places))


def with_settings(run: Run, **report: object) -> Run:
    settings = run.manifest["config"] | {"report": run.manifest["config"]["report"] | report}
    return replace(run, manifest=run.manifest | {"config": settings})


def many(run: Run, n: int = MOST_POINTS + 500) -> Run:
    """Returns the run with so many statements, the same ones again and again, all with a place."""
    times = -(-n // len(run.mentions))
    copies = [run.mentions.assign(segment_id=run.mentions["segment_id"] + f"-{copy}") for copy in range(times)]
    return placed(replace(run, mentions=pd.concat(copies, ignore_index=True).head(n)))


def test_a_run_without_places_has_no_map(run):
    assert summarise_map(replace(run, map=no_map())) is None


def test_every_placed_statement_is_a_point_and_all_statements_are_counted(run):
    found = summarise_map(placed(run, 50))
    assert (len(found.points), found.n_shown, found.n_statements) == (50, 50, run.mentions["segment_id"].nunique())
    assert {point.n for point in found.points} == {1}


def test_a_point_has_the_words_theme_and_polarity_of_its_statement(run):
    found = summarise_map(placed(run))
    said = run.mentions.set_index("segment_id")
    first = found.points[0]
    row = said.loc[placed(run).map.sort_values("segment_id")["segment_id"].iloc[0]]
    assert (first.text, first.theme_id, first.polarity) == (row["text"], row["theme_id"], row["polarity"])


def test_statements_that_only_evaluate_or_have_no_theme_are_grey(run):
    points = summarise_map(placed(run)).points
    generic = [point for point in points if point.text == "Great service!"]
    assert generic
    assert {point.theme_id for point in generic} == {""}
    assert not any(point.theme_id.startswith("generic") for point in points)


def test_a_statement_without_a_theme_shows_no_words(run):
    texts = {point.text for point in summarise_map(placed(run)).points}
    assert "I called about my sister's parcel." in set(run.mentions["text"])
    assert "I called about my sister's parcel." not in texts


def test_a_theme_of_too_few_people_shows_no_words(run):
    counts = run.mentions.groupby("theme_id")["response_id"].nunique()
    found = summarise_map(placed(with_settings(run, min_people=int(counts["t01"]))))
    told = {point.theme_id for point in found.points if point.text}
    assert "t01" in told
    found = summarise_map(placed(with_settings(run, min_people=int(counts["t01"]) + 1)))
    assert "t01" not in {point.theme_id for point in found.points if point.text}


def test_many_responses_of_one_person_are_one_person(run):
    alone = replace(run, responses=run.responses.assign(respondent_id="the only one"))
    assert not any(point.text for point in summarise_map(placed(alone)).points)


def test_people_who_are_not_on_the_map_count_too(run):
    found = summarise_map(placed(run, 12))
    assert any(point.text for point in found.points)  # no theme has five people among twelve statements


def test_a_statement_of_two_themes_is_one_point_of_the_surer(run):
    first = run.mentions[run.mentions["theme_id"] == "t01"].head(1)
    twice = pd.concat([run.mentions, first.assign(theme_id="t03", confidence=1.0)], ignore_index=True)
    found = summarise_map(replace(placed(run), mentions=twice))
    at = placed(run).map["segment_id"].sort_values().tolist().index(first["segment_id"].iloc[0])
    assert found.n_statements == len(run.mentions)
    assert found.points[at].theme_id == "t03"


def test_long_words_are_cut_at_a_word_and_stand_on_one_line(with_comment):
    found = summarise_map(placed(with_comment("I waited\nso long " + "and longer " * 400)))
    waiting = next(point.text for point in found.points if point.theme_id == "t01")
    assert waiting.startswith("I waited so long and longer")
    assert waiting.endswith(("and…", "longer…"))
    assert len(waiting) <= 121


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "=1+1", "שלום, חיכיתי שעה", "👍🏽" * 30, "x" * 5000])
def test_hostile_words_survive(with_comment, text):
    found = summarise_map(placed(with_comment(text)))
    shown = next(point.text for point in found.points if point.theme_id == "t01")
    assert shown == text or (len(shown) <= 121 and shown.endswith("…"))


def test_a_label_stands_in_the_middle_of_its_theme(run):
    found = summarise_map(placed(run))
    labels = {theme_id: (x, y) for theme_id, x, y in found.labels}
    own = [(point.x, point.y) for point in found.points if point.theme_id == "t01"]
    assert labels["t01"] == pytest.approx(np.median(own, axis=0), abs=0.001)


def test_small_themes_and_grey_statements_have_no_label(run):
    some = run.mentions[run.mentions["theme_id"].isin(["t08"])].head(1)
    rest = run.mentions[~run.mentions["theme_id"].isin(["t08"])].head(150)
    found = summarise_map(placed(replace(run, mentions=pd.concat([some, rest], ignore_index=True))))
    named = {theme_id for theme_id, *_ in found.labels}
    assert "t01" in named
    assert not named & {"", "t08", "generic-praise"}


def test_the_order_of_rows_does_not_matter(run):
    usual = placed(run)
    mixed = replace(
        usual,
        mentions=usual.mentions.sample(frac=1, random_state=1),
        responses=usual.responses.sample(frac=1, random_state=2),
        map=usual.map.sample(frac=1, random_state=3),
    )
    assert summarise_map(mixed) == summarise_map(usual)


def test_a_statement_that_was_deleted_since_has_no_place(run):
    usual = placed(run, 60)
    gone = set(usual.map["segment_id"].head(10))
    found = summarise_map(replace(usual, mentions=run.mentions[~run.mentions["segment_id"].isin(gone)]))
    assert found.n_shown == len(found.points) == 50


def test_many_statements_become_cells_that_count_them_all(run):
    found = summarise_map(many(run))
    assert found.n_shown == MOST_POINTS + 500
    assert sum(point.n for point in found.points) == found.n_shown
    assert len(found.points) < MOST_POINTS
    assert len({(point.x, point.y) for point in found.points}) == len(found.points)


def test_a_cell_has_its_commonest_theme_and_that_themes_mean_polarity(run):
    few, more = run.mentions[run.mentions["theme_id"] == "t02"], run.mentions[run.mentions["theme_id"] == "t01"]
    n = MOST_POINTS + 1
    table = pd.concat([more.iloc[[0]]] * (n - 100) + [few.iloc[[0]]] * 100, ignore_index=True)
    table = table.assign(segment_id=[f"s{number:05d}" for number in range(n)])
    table["polarity"] = np.where(table["theme_id"] == "t01", np.where(np.arange(n) % 2, -0.2, -0.6), 0.9)
    places = MAP.validate(pd.DataFrame({"segment_id": table["segment_id"], "x": 0.01, "y": 1.0}))
    (cell,) = summarise_map(replace(run, mentions=table, map=places)).points
    assert (cell.n, cell.theme_id) == (n, "t01")
    assert cell.polarity == pytest.approx(-0.4, abs=0.001)
    assert (cell.x, cell.y) == pytest.approx((0.017, 0.983), abs=0.001)  # the middle of a 30th of the width


def test_cells_keep_the_labels_of_the_statements(run):
    of_cells, of_points = ({key: at for key, *at in summarise_map(one).labels} for one in (many(run), placed(run)))
    assert of_cells["t01"] == pytest.approx(of_points["t01"], abs=0.02)


def test_nothing_is_said_on_standard_error(run, recwarn):
    silent = replace(run, mentions=run.mentions.assign(theme_id=None, polarity=np.nan))
    silent = replace(silent, mentions=silent.mentions.astype({"theme_id": "str"}))
    found = summarise_map(placed(silent))
    assert not recwarn.list
    assert found.labels == ()
    assert {(point.theme_id, point.text, point.polarity) for point in found.points} == {("", "", None)}
