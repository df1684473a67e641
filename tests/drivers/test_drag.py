"""The regression and its errors, against dense implementations straight from the definitions."""

import numpy as np
import pandas as pd
import pytest

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers import rank_drivers
from feedback_nlp.drivers.design import build_design
from feedback_nlp.drivers.drag import deviation_from, fit_terms, influence_rows, per_person
from feedback_nlp.drivers.sample import read_sample

POINTS = {"promoter": 100.0, "passive": 0.0, "detractor": -100.0}
THEME = pd.DataFrame({"theme_id": ["a"], "kind": ["topic"]})
CASES = [{}, {"weighted": True}, {"people": 150}, {"weighted": True, "people": 150}]


def dense(responses, mentions, themes):
    """X with the base first, y and weights of mean 1, by looking every cell up."""
    scored = responses[responses["category"].notna()].sort_values("response_id")
    said = {(m.response_id, m.theme_id, m.polarity > 0) for m in mentions.itertuples() if m.polarity != 0}
    columns = [(theme, praise) for theme in themes["theme_id"] for praise in (False, True)]
    x = np.array([[1.0] + [float((r, *c) in said) for c in columns] for r in scored["response_id"]])
    weights = scored["weight"].to_numpy() if "weight" in scored else np.ones(len(x))
    return x, scored["category"].map(POINTS).to_numpy(dtype=float), weights / weights.mean(), scored


def least_squares(x, y, w):
    return np.linalg.lstsq(x * np.sqrt(w)[:, None], y * np.sqrt(w), rcond=None)[0]


def influences(x, y, w):
    """IF_i of each p_c b_c (n, K), row by row; the base's is that of its coefficient."""
    b, p, n = least_squares(x, y, w), np.average(x, axis=0, weights=w), len(x)
    a = np.linalg.inv(x.T @ np.diag(w) @ x)
    rows = []
    for xi, yi, wi in zip(x, y, w, strict=True):
        stretched = (yi - xi @ b) / (1 - wi * xi @ a @ xi)
        rows.append(wi * ((xi - p) * b + p * n * (a @ xi) * stretched))
    return np.array(rows)


@pytest.mark.parametrize("case", CASES)
def test_effects_are_those_of_least_squares(survey, case):
    tables = survey(**case)
    x, y, w, _ = dense(*tables)
    account = rank_drivers(*tables).account
    assert np.allclose(account["effect"], least_squares(x, y, w), atol=1e-9)
    assert np.allclose(account["share"], np.average(x, axis=0, weights=w), atol=1e-12)


@pytest.mark.parametrize("case", CASES)
def test_the_covariance_is_that_of_the_hc3_influence_functions(survey, case):
    tables = survey(**case)
    x, y, w, scored = dense(*tables)
    by_row = influences(x, y, w)
    if "people" in case:
        by_row = pd.DataFrame(by_row).groupby(scored["respondent_id"].to_numpy()).sum().to_numpy()
    drivers = rank_drivers(*tables)
    assert np.allclose(drivers.covariance, by_row.T @ by_row / len(x) ** 2, atol=1e-9)
    assert np.allclose(drivers.account["standard_error"], np.sqrt(np.diag(drivers.covariance)))


def test_leverages_stretch_each_residual_to_that_of_a_fit_without_its_row(survey):
    x, y, w, _ = dense(*survey(n=60, n_themes=1, weighted=True))
    a = np.linalg.inv(x.T @ np.diag(w) @ x)
    for i in range(0, len(x), 10):
        others = np.arange(len(x)) != i
        left_out = y[i] - x[i] @ least_squares(x[others], y[others], w[others])
        stretched = (y[i] - x[i] @ least_squares(x, y, w)) / (1 - w[i] * x[i] @ a @ x[i])
        assert left_out == pytest.approx(stretched)


def test_a_single_column_gives_the_difference_of_two_means():
    category = ["detractor", "promoter", "passive", "promoter"] * 10
    responses = pd.DataFrame({"response_id": [f"{i:02d}" for i in range(40)], "category": category})
    told = pd.DataFrame({"response_id": ["00", "04", "08", "12", "01", "16"], "theme_id": "a", "polarity": -1.0})
    drivers = rank_drivers(responses, told, THEME, DriversConfig(min_mentions=2))
    with_it = (-100 * 5 + 100) / 6  # five detractors and a promoter
    without = (25 * 40 - 6 * with_it) / 34
    assert drivers.nps.value == pytest.approx(25.0)
    assert drivers.table["drag"][0] == pytest.approx(6 / 40 * (with_it - without))
    assert drivers.account["effect"].tolist() == pytest.approx([without, with_it - without])


def test_a_single_column_s_error_is_the_closed_form():
    y = np.array([100.0, 100, 0, -100, 0, 100, -100, -100, 100, 0])
    x = np.array([0, 0, 0, 1, 1, 0, 1, 1, 0, 0])
    names = {100.0: "promoter", 0.0: "passive", -100.0: "detractor"}
    responses = pd.DataFrame({"response_id": [str(i) for i in range(10)], "category": [names[v] for v in y]})
    told = pd.DataFrame({"response_id": [str(i) for i in np.flatnonzero(x)], "theme_id": "a", "polarity": -1.0})
    drivers = rank_drivers(responses, told, THEME, DriversConfig(min_mentions=2))
    p, b = 0.4, y[x == 1].mean() - y[x == 0].mean()
    inside = [(1 - p) * b + (v - y[x == 1].mean()) / (1 - 1 / 4) for v in y[x == 1]]  # p n (A x)_1 = 1 within
    outside = [-p * b - p / (1 - p) * (v - y[x == 0].mean()) / (1 - 1 / 6) for v in y[x == 0]]
    assert drivers.account["standard_error"][1] == pytest.approx(np.sqrt(np.sum(np.square(inside + outside))) / 10)


def test_the_interval_of_a_drag_takes_its_share_as_estimated_too(survey):
    table = rank_drivers(*survey()).table
    account = rank_drivers(*survey()).account.set_index(["theme_id", "polarity"])
    row = account.loc[("theme A", "negative")]
    assert table["drag_low"][0] == pytest.approx(row["contribution"] - 1.959964 * row["standard_error"], abs=1e-4)
    assert table["drag_high"][0] == pytest.approx(row["contribution"] + 1.959964 * row["standard_error"], abs=1e-4)


def test_respondents_who_answered_once_change_no_bit(survey):
    responses, mentions, themes = survey()
    alone = responses.assign(respondent_id=[f"p{i}" for i in range(len(responses))])
    nobody = responses.assign(respondent_id=None)
    expected = rank_drivers(responses, mentions, themes).covariance
    assert np.array_equal(rank_drivers(alone, mentions, themes).covariance, expected)
    assert np.array_equal(rank_drivers(nobody, mentions, themes).covariance, expected)


def test_every_answer_given_twice_by_one_person_adds_no_information(survey):
    responses, mentions, themes = survey()
    copies = [table.assign(response_id=table["response_id"] + "x") for table in (responses, mentions)]
    people = pd.concat([responses["response_id"], responses["response_id"]]).to_numpy()
    doubled = pd.concat([responses, copies[0]]).assign(respondent_id=people)
    twice = rank_drivers(doubled, pd.concat([mentions, copies[1]]), themes).account
    once = rank_drivers(responses, mentions, themes).account
    assert np.allclose(twice["contribution"], once["contribution"])
    assert np.allclose(twice["standard_error"], once["standard_error"], rtol=0.03)  # leverages halve


def test_a_weight_of_two_is_the_fit_of_a_response_given_twice(survey):
    responses, mentions, themes = survey()
    weight = np.where(np.arange(len(responses)) % 3 == 0, 2.0, 1.0)
    heavy = rank_drivers(responses.assign(weight=weight), mentions, themes).account
    again = set(responses["response_id"][weight == 2])
    copies = [table[table["response_id"].isin(again)].assign(response_id=lambda t: t["response_id"] + "x")
              for table in (responses, mentions)]  # fmt: skip
    repeated = rank_drivers(pd.concat([responses, copies[0]]), pd.concat([mentions, copies[1]]), themes).account
    assert np.allclose(heavy["contribution"], repeated["contribution"])


def test_responses_of_weight_zero_change_nothing(survey):
    responses, mentions, themes = survey()
    extra = pd.DataFrame({"response_id": ["zero"], "category": ["detractor"], "weight": [0.0]})
    with_zero = pd.concat([responses.assign(weight=1.0), extra])
    told = pd.concat([mentions, pd.DataFrame({"response_id": ["zero"], "theme_id": "theme A", "polarity": -1.0})])
    drivers = rank_drivers(with_zero, told, themes)
    pd.testing.assert_frame_equal(drivers.table, rank_drivers(responses, mentions, themes).table)


def test_a_column_that_rests_on_one_response_has_no_interval(survey):
    responses, mentions, themes = survey()
    more = pd.concat([themes, pd.DataFrame({"theme_id": ["rare"], "kind": "topic"})])
    scored = responses["response_id"][responses["category"].notna()].iloc[0]
    told = pd.concat([mentions, pd.DataFrame({"response_id": [scored], "theme_id": "rare", "polarity": -1.0})])
    drivers = rank_drivers(responses, told, more, DriversConfig(min_mentions=1))
    rare = drivers.table.set_index("theme_id").loc["rare"]
    assert pd.notna(rare["drag"])
    assert rare[["drag_low", "drag_high", "rank_low", "p_top3", "robustness"]].isna().all()
    assert not rare["flagged"]
    assert drivers.table["drag_low"].notna().sum() == 4  # the others keep theirs
    assert any("no interval for 'rare' negative" in note for note in drivers.notes)


def test_two_columns_that_one_response_tells_apart_both_lose_their_interval(survey):
    responses, mentions, themes = survey()
    scored = responses["response_id"][responses["category"].notna()]
    near = mentions[mentions["theme_id"].eq("theme A") & mentions["response_id"].isin(scored)].assign(theme_id="twin")
    told = pd.concat([mentions, near.iloc[1:]])
    told = told[~((told["theme_id"] == "theme A") & (told["polarity"] > 0))]
    told = told[~((told["theme_id"] == "twin") & (told["polarity"] > 0))]
    more = pd.concat([themes, pd.DataFrame({"theme_id": ["twin"], "kind": "topic"})])
    table = rank_drivers(responses, told, more).table.set_index("theme_id")
    assert table.loc[["theme A", "twin"], "drag_low"].isna().all()
    assert table.loc[["theme B", "theme C", "theme D"], "drag_low"].notna().all()


def test_a_theme_that_one_person_alone_repeats_has_a_drag_but_no_interval(survey):
    responses, mentions, themes = survey(people=200)
    same = responses["response_id"][responses["category"].notna()].iloc[:12]
    known = responses.assign(
        respondent_id=responses["respondent_id"].mask(responses["response_id"].isin(same), "the complainer")
    )
    told = pd.concat([mentions, pd.DataFrame({"response_id": same, "theme_id": "pet", "polarity": -1.0})])
    more = pd.concat([themes, pd.DataFrame({"theme_id": ["pet"], "kind": ["topic"]})])
    row = rank_drivers(known, told, more).table.set_index("theme_id").loc["pet"]
    assert pd.notna(row["drag"])
    assert pd.isna(row["drag_low"])
    assert not row["flagged"]


def test_more_than_one_chunk_of_rows_gives_the_same_leverages(survey, monkeypatch):
    tables = survey()
    whole = rank_drivers(*tables)
    monkeypatch.setattr("feedback_nlp.drivers.drag._CHUNK", 37)
    assert np.array_equal(rank_drivers(*tables).covariance, whole.covariance)


@pytest.mark.parametrize("case", CASES)
def test_a_fit_hands_out_what_its_errors_are_made_of(survey, case):
    tables = survey(**case)
    x, y, w, _ = dense(*tables)
    sample = read_sample(*tables)
    columns = build_design([sample], DriversConfig()).columns[0]
    fit = fit_terms(columns, sample)
    counted, missed = (part.toarray() for part in influence_rows(columns, sample.weights, fit.stretched))
    by_row = counted @ deviation_from(fit.shares) * fit.effects + missed @ fit.inverse * fit.shares
    assert np.allclose(by_row, influences(x, y, w), atol=1e-8)
    assert fit.has_interval.all()


def test_rows_are_summed_by_person_or_left_as_they_are(survey):
    sample = read_sample(*survey(people=150))
    expected = pd.DataFrame(sample.negative.toarray()).groupby(sample.clusters).sum().to_numpy()
    assert np.array_equal(per_person(sample.negative, sample.clusters).toarray(), expected)
    assert per_person(sample.negative, None) is sample.negative
