"""Recall and false positives from an audit, and the drags that a perfect coder would have given."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers.noise import audit_confusions, audit_rates, correct_drags, correct_lifts, exact_p
from feedback_nlp.drivers.ranking import rank_drivers
from feedback_nlp.drivers.result import Drivers
from feedback_nlp.drivers.scores import wilson
from feedback_nlp.drivers.simulation import SimulationSettings, draw_audit, random_themes, simulate
from feedback_nlp.errors import InputError

THEMES = pd.DataFrame({"theme_id": ["price", "wait"], "kind": "topic"})
QUICK = DriversConfig(n_draws=100)
ANY = DriversConfig(n_draws=100, min_mentions=1)
CATEGORY = {100.0: "promoter", 0.0: "passive", -100.0: "detractor"}


def complaints(of: dict[str, str], polarity: float = -1.0) -> pd.DataFrame:
    """Returns mentions: theme -> the responses, one letter each, that complain of it."""
    rows = [(response, theme, polarity) for theme, responses in of.items() for response in responses]
    return pd.DataFrame(rows, columns=["response_id", "theme_id", "polarity"])


def read_by_people(true: pd.DataFrame, responses: str) -> pd.DataFrame:
    nothing = [r for r in responses if r not in set(true["response_id"])]
    empty = pd.DataFrame({"response_id": nothing, "theme_id": None, "polarity": np.nan})
    return pd.concat([true, empty.astype(true.dtypes.to_dict())], ignore_index=True) if nothing else true


def survey(categories: str) -> pd.DataFrame:
    """Returns responses a, b, c, ... with categories written as letters: p(romoter), n(eutral), d(etractor)."""
    names = {"p": "promoter", "n": "passive", "d": "detractor"}
    ids = [chr(ord("a") + i) for i in range(len(categories))]
    return pd.DataFrame({"response_id": ids, "category": [names[c] for c in categories]})


def row(table: pd.DataFrame, theme: str, polarity: str = "negative") -> pd.Series:
    chosen = table[(table["theme_id"] == theme) & (table.get("polarity", polarity) == polarity)]
    return chosen.iloc[0]


# --- rates


def test_recall_and_false_positives_are_counted_over_the_audited_responses():
    responses = survey("ppppdddd")
    true, found = complaints({"wait": "abef"}), complaints({"wait": "aecgh"})
    rates = audit_rates(responses, found, read_by_people(true, "abcdef"), THEMES)  # g and h were not read
    wait = row(rates, "wait")
    assert (wait["n_audited"], wait["n_true"]) == (6, 4)
    assert (wait["recall"], wait["false_positive"]) == (2 / 4, 1 / 2)


def test_recall_by_band_is_counted_by_hand():
    responses = survey("pppnndddd")
    true, found = complaints({"wait": "abdefgh"}), complaints({"wait": "adfgh"})
    wait = row(audit_rates(responses, found, read_by_people(true, "abcdefghi"), THEMES), "wait")
    assert [wait[f"n_true_{band}"] for band in ("promoters", "passives", "detractors")] == [2, 2, 3]
    assert [wait[f"recall_{band}"] for band in ("promoters", "passives", "detractors")] == [1 / 2, 1 / 2, 3 / 3]


def test_ends_are_those_of_wilson():
    responses = survey("pppppddddd")
    true, found = complaints({"price": "abcdefgh"}), complaints({"price": "abcdef"})
    price = row(audit_rates(responses, found, read_by_people(true, "abcdefghij"), THEMES), "price")
    expected = wilson(6 / 8, 8)
    assert (price["recall_low"], price["recall_high"]) == (expected.low, expected.high)
    assert price["false_positive_high"] == wilson(0.0, 2).high


def test_praise_has_rates_of_its_own():
    responses = survey("ppdd")
    true = pd.concat([complaints({"wait": "cd"}), complaints({"wait": "ab"}, 1.0)])
    found = pd.concat([complaints({"wait": "c"}), complaints({"wait": "ab"}, 0.4)])
    rates = audit_rates(responses, found, true, THEMES)
    assert rates[["theme_id", "polarity"]].to_numpy().tolist() == [
        ["price", "negative"], ["price", "positive"], ["wait", "negative"], ["wait", "positive"],
    ]  # fmt: skip
    assert row(rates, "wait")["recall"] == 0.5
    assert row(rates, "wait", "positive")["recall"] == 1.0


def test_a_theme_that_is_nowhere_has_no_recall():
    rates = audit_rates(survey("pd"), complaints({}), read_by_people(complaints({}), "ab"), THEMES)
    assert rates["recall"].isna().all()
    assert (rates["n_true"] == 0).all()
    assert not rates["unequal"].any()


def test_responses_without_a_category_are_not_in_the_audit():
    responses = survey("ppdd").assign(category=["promoter", "promoter", "detractor", None])
    rates = audit_rates(responses, complaints({}), read_by_people(complaints({"wait": "cd"}), "abcd"), THEMES)
    assert row(rates, "wait")[["n_audited", "n_true"]].tolist() == [3, 1]


def test_without_any_score_there_are_rates_but_no_bands():
    responses = survey("ppdd").assign(category=None)
    rates = audit_rates(responses, complaints({"wait": "a"}), complaints({"wait": "ab"}), THEMES)
    assert row(rates, "wait")["recall"] == 0.5
    assert rates["recall_detractors"].isna().all()


def test_numbers_and_texts_of_one_id_meet():
    responses = survey("ppdd").assign(response_id=[1, 2, 3, 4])
    audit = pd.DataFrame({"response_id": ["3", "4"], "theme_id": "wait", "polarity": -1.0})
    found = audit.assign(response_id=[3, 3])
    assert row(audit_rates(responses, found, audit, THEMES), "wait")["recall"] == 0.5


@pytest.mark.parametrize(
    ("audit", "message"),
    [
        (complaints({"wait": "az"}), "audit: response_id: row 2: 'z' is not in responses"),
        (complaints({"wiat": "a"}), "audit: theme_id: row 1: 'wiat' is not in themes; did you mean 'wait'?"),
        (complaints({"wait": "a"}).drop(columns="polarity"), "audit: no column 'polarity'"),
        (complaints({}), "audit: 0 rows, none of them of a response with a category"),
        (complaints({"wait": "d"}), "audit: 1 rows, none of them of a response with a category"),
    ],
)
def test_an_audit_that_does_not_fit_is_refused(audit: pd.DataFrame, message: str):
    responses = survey("pdnp").assign(category=["promoter", "detractor", "passive", None])
    with pytest.raises(InputError, match=message):
        audit_rates(responses, complaints({}), audit, THEMES)


# --- equal recall


@given(*[st.integers(0, 12)] * 4)
def test_two_bands_are_compared_by_fishers_exact_test(a: int, b: int, c: int, d: int):
    found = exact_p([a, c, 0], [a + b, c + d, 0])
    possible = (a + b) * (c + d) * (a + c) * (b + d) > 0
    expected = fisher_exact([[a, b], [c, d]])[1] if possible else np.nan
    assert found == pytest.approx(expected, nan_ok=True)


def test_three_bands_are_compared_over_all_tables_with_these_sums():
    totals, hits = [3, 4, 2], [3, 1, 0]
    people = np.repeat([0, 1, 2], totals)
    chances: dict[tuple[int, ...], int] = {}
    for marked in product([0, 1], repeat=9):
        if sum(marked) == 4:
            table = tuple(np.bincount(people, marked, 3).astype(int))
            chances[table] = chances.get(table, 0) + 1
    extreme = sum(c for c in chances.values() if c <= chances[tuple(hits)])
    assert exact_p(hits, totals) == pytest.approx(extreme / sum(chances.values()))


def test_recall_that_depends_on_the_score_is_noticed():
    world = simulate(6000, seed=1, settings=SimulationSettings(recall=(0.9, 0.75, 0.65), population=0))
    rates = audit_rates(world.responses, world.mentions, draw_audit(world, 4000), world.themes)
    assert rates["unequal"].mean() > 0.2
    common = rates[rates["n_true_detractors"] > 200]
    assert common["recall_detractors"].between(0.85, 0.95).all()


def test_equal_recall_is_hardly_ever_called_unequal():
    called = 0
    for seed in range(6):
        world = simulate(2000, seed=seed, settings=SimulationSettings(recall=(0.75, 0.75, 0.75), population=0))
        called += audit_rates(world.responses, world.mentions, draw_audit(world, 1000), world.themes)["unequal"].sum()
    assert called <= 2  # of 240


# --- confusions


def confusions(true: pd.DataFrame, found: pd.DataFrame) -> dict[tuple[str, ...], float]:
    responses = survey("pnd")
    table = audit_confusions(responses, found, read_by_people(true, "abc"), THEMES)
    return {tuple(r[:4]): r[4] for r in table.itertuples(index=False)}


def test_a_missed_theme_beside_a_false_one_is_a_confusion():
    found = confusions(complaints({"wait": "ab"}), complaints({"price": "a", "wait": "b"}))
    assert found == {("wait", "negative", "price", "negative"): 1.0}


def test_a_false_theme_beside_nothing_missed_is_none():
    assert confusions(complaints({"wait": "a"}), complaints({"wait": "a", "price": "ab"})) == {}


def test_a_wrong_polarity_goes_before_a_wrong_theme():
    true = complaints({"wait": "a", "price": "a"})
    assert confusions(true, complaints({"wait": "a"}, 1.0)) == {("wait", "negative", "wait", "positive"): 1.0}


def test_a_false_theme_is_shared_among_what_it_may_have_been():
    themes = pd.DataFrame({"theme_id": ["price", "wait", "fees"], "kind": "topic"})
    true, found = complaints({"price": "a", "wait": "a"}), complaints({"fees": "a"})
    table = audit_confusions(survey("pd"), found, read_by_people(true, "ab"), themes)
    assert table["theme_id"].tolist() == ["price", "wait"]
    assert table["n"].tolist() == [0.5, 0.5]


# --- correction: closed forms


def counted_population(rows: Iterator[tuple[int, bool, bool, float]]) -> tuple[pd.DataFrame, ...]:
    """Returns responses, what was found and the audit of all, from (count, true, found, points)."""
    table = pd.DataFrame([row[1:] for row in rows for _ in range(row[0])], columns=["true", "found", "points"])
    table["response_id"] = [f"r{i:05d}" for i in range(len(table))]
    responses = table[["response_id"]].assign(category=table["points"].map(CATEGORY))
    found, true = (
        table.loc[table[of], ["response_id"]].assign(theme_id="wait", polarity=-1.0) for of in ("found", "true")
    )
    nothing = table.loc[~table["true"], ["response_id"]].assign(theme_id=None, polarity=np.nan)
    return responses, found, pd.concat([true, nothing.astype(true.dtypes.to_dict())], ignore_index=True)


@pytest.mark.parametrize(("recall", "false_positive"), [(0.8, 0.1), (0.5, 0.0), (0.9, 0.2), (1.0, 0.05)])
def test_errors_at_random_are_undone_exactly(recall: float, false_positive: float):
    """A fifth complains and has NPS −50, the others +50; whether they are found says nothing else of them."""
    rows = [
        (round(n * among * share), true, found, points)
        for true, n, rate, low in ((True, 200, recall, 0.75), (False, 800, false_positive, 0.25))
        for found, among in ((True, rate), (False, 1 - rate))
        for points, share in ((100.0, 1 - low), (-100.0, low))
    ]
    responses, found, audit = counted_population(iter(rows))
    drivers = rank_drivers(responses, found, THEMES, QUICK)
    rates = audit_rates(responses, found, audit, THEMES)
    wait = row(correct_drags(drivers, rates, audit_confusions(responses, found, audit, THEMES)), "wait")
    share = (200 * recall + 800 * false_positive) / 1000
    assert wait["drag_corrected"] == pytest.approx(0.2 * -100.0)
    assert wait["gain"] == pytest.approx((recall - false_positive) * (1 - 0.2) / (1 - share))
    assert wait["drag"] == pytest.approx(-20.0 * wait["gain"])


def test_without_noise_nothing_changes_but_the_certainty():
    world = simulate(3000, seed=2, settings=SimulationSettings(population=0))
    audit = draw_audit(world, 600)
    drivers = rank_drivers(world.responses, world.mentions, world.themes, QUICK)
    tables = world.responses, world.mentions, audit, world.themes
    fixed = correct_drags(drivers, audit_rates(*tables), audit_confusions(*tables))
    fixed = fixed[fixed["drag_corrected"].notna()]
    assert len(fixed) > 10
    assert fixed["drag_corrected"].to_numpy() == pytest.approx(fixed["drag"].to_numpy())
    assert (fixed["gain"] == 1).all()
    wider = fixed["drag_corrected_high"] - fixed["drag_corrected_low"]
    assert (wider >= (fixed["drag_high"] - fixed["drag_low"]) * 0.999).all()


def moved_population(move: float) -> tuple[Drivers, pd.DataFrame, pd.DataFrame, np.ndarray]:
    """Returns drivers, rates, confusions and true drags where complaints of three themes are read as another's.

    All combinations of what is true and what was read, each a response with its probability as weight: no chance.
    """
    names, shares, effects = ["a", "b", "c"], np.array([0.25, 0.1, 0.02]), np.array([-40.0, -20.0, -60.0])
    choices = [(1 - move, 0), (move / 2, 1), (move / 2, 2)]  # chance, and how many themes further it is read
    weights, true, read, points = [], [], [], []
    for x in product([0, 1], repeat=3):
        for steps in product(choices, repeat=3):
            z, p = [0, 0, 0], np.prod([s if said else 1 - s for said, s in zip(x, shares, strict=True)])
            for j, (chance, step) in enumerate(steps):
                p *= chance
                z[(j + step) % 3] |= x[j]
            nps = 60 + effects @ x
            for y, chance in ((100.0, 0.5 + nps / 200), (-100.0, 0.5 - nps / 200)):
                weights.append(p * chance), true.append(x), read.append(z), points.append(y)
    w, X, Z = np.array(weights), np.array(true) > 0, np.array(read) > 0
    ids = np.array([f"r{i:04d}" for i in range(len(w))])
    responses = pd.DataFrame({"response_id": ids, "category": [CATEGORY[y] for y in points], "weight": w})
    mentions = pd.concat(
        [
            complaints({}),
            *(pd.DataFrame({"response_id": ids[Z[:, j]], "theme_id": names[j], "polarity": -1.0}) for j in range(3)),
        ]
    )
    drivers = rank_drivers(responses, mentions, pd.DataFrame({"theme_id": names, "kind": "topic"}), ANY)
    rates = pd.DataFrame({
        "theme_id": names, "polarity": "negative", "n_audited": 1000, "n_true": shares * 1000,
        "recall": [w[X[:, j] & Z[:, j]].sum() / shares[j] for j in range(3)],
        "false_positive": [w[~X[:, j] & Z[:, j]].sum() / (1 - shares[j]) for j in range(3)], "unequal": False,
    })  # fmt: skip
    taken = [
        (names[i], "negative", names[j], "negative", 1000 * w[X[:, i] & ~Z[:, i] & Z[:, j] & ~X[:, j]].sum())
        for i, j in product(range(3), repeat=2) if i != j
    ]  # fmt: skip
    columns = ["theme_id", "polarity", "read_theme_id", "read_polarity", "n"]
    return drivers, rates, pd.DataFrame(taken, columns=columns), shares * effects


def test_complaints_read_as_another_themes_are_given_back():
    drivers, rates, taken, true = moved_population(0.25)
    naive = drivers.table["drag"].to_numpy()
    single = correct_drags(drivers, rates)["drag_corrected"].to_numpy()
    fixed = correct_drags(drivers, rates, taken)["drag_corrected"].to_numpy()
    assert fixed == pytest.approx(
        true, abs=0.12
    )  # the first order: a complaint that falls on one already there is not in it
    assert np.abs(naive - true).max() > 1.5
    assert np.abs(single - true)[2] > 5 * np.abs(fixed - true)[2]


def test_lifts_are_corrected_like_drags():
    world = simulate(2000, seed=6, settings=SimulationSettings(label_noise=0.2, population=0))
    upside_down = {"promoter": "detractor", "passive": "passive", "detractor": "promoter"}
    turned = world.responses.assign(category=world.responses["category"].map(upside_down))
    results = []
    for responses, sign, correct in ((world.responses, 1, correct_drags), (turned, -1, correct_lifts)):
        found, audit = (t.assign(polarity=sign * t["polarity"]) for t in (world.mentions, draw_audit(world, 500)))
        tables = responses, found, audit, world.themes
        drivers = rank_drivers(responses, found, world.themes, QUICK)
        results.append(correct(drivers, audit_rates(*tables), audit_confusions(*tables)))
    drags, lifts = results
    assert drags["drag_corrected"].notna().sum() > 10
    assert -lifts["lift_corrected"].to_numpy() == pytest.approx(drags["drag_corrected"].to_numpy(), nan_ok=True)
    assert -lifts["lift_corrected_low"].to_numpy() == pytest.approx(
        drags["drag_corrected_high"].to_numpy(), nan_ok=True
    )
    assert lifts["rank_corrected"].equals(drags["rank_corrected"])
    assert lifts["reason"].equals(drags["reason"])


# --- correction: the interval


def test_the_delta_method_agrees_with_a_parametric_bootstrap():
    """Draws the raw drags from their covariance and where each true case goes from a multinomial."""
    rng = np.random.default_rng(4)
    world = simulate(20_000, random_themes(6, seed=4), 4, SimulationSettings(label_noise=0.25, population=0))
    tables = world.responses, world.mentions, draw_audit(world, 3000), world.themes
    rates, taken = audit_rates(*tables), audit_confusions(*tables)
    drivers = replace(rank_drivers(world.responses, world.mentions, world.themes, QUICK), n=10**9)
    table = correct_drags(drivers, rates, taken)
    keys = ["theme_id", "polarity"]
    goes_to = dict(iter(taken.groupby(keys)))
    drawn = []
    for _ in range(120):
        noise = rng.multivariate_normal(np.zeros(len(drivers.account)), drivers.covariance, method="eigh")
        account = drivers.account.assign(contribution=drivers.account["contribution"] + noise)
        recall, parts = [], []
        for theme, polarity, n, found in rates[[*keys, "n_true", "recall"]].itertuples(index=False):
            part = goes_to[theme, polarity]
            shares = [found, *part["n"] / n]
            hit, *elsewhere, _ = rng.multinomial(n, [*shares, max(0.0, 1 - sum(shares))])
            recall.append(hit / n)
            parts.append(part.assign(n=elsewhere))
        again = correct_drags(replace(drivers, account=account), rates.assign(recall=recall), pd.concat(parts))
        drawn.append(again["drag_corrected"].to_numpy()[:6])
    claimed = ((table["drag_corrected_high"] - table["drag_corrected_low"]) / 2 / 1.96).to_numpy()[:6]
    assert np.std(drawn, axis=0) == pytest.approx(claimed, rel=0.2)


@pytest.fixture(scope="module")
def worlds() -> pd.DataFrame:
    """Eight worlds of 10,000 (500 audited) and ten of 2,000 (500 audited) with a quarter of the labels wrong."""
    tables = []
    for n, many, population in ((10_000, 8, 50_000), (2_000, 10, 20_000)):
        for seed in range(many):
            world = simulate(n, seed=seed, settings=SimulationSettings(label_noise=0.25, population=population))
            audited = world.responses, world.mentions, draw_audit(world, 500, seed), world.themes
            drivers = rank_drivers(world.responses, world.mentions, world.themes, QUICK)
            rates, taken = audit_rates(*audited), audit_confusions(*audited)
            true = world.truth[world.truth["polarity"] < 0].set_index("theme_id")["true_drag"]
            both = correct_drags(drivers, rates, taken).assign(
                n=n, single=correct_drags(drivers, rates)["drag_corrected"]
            )
            tables.append(both.assign(true=both["theme_id"].map(true)))
    found = pd.concat(tables)
    return found[found["drag_corrected"].notna()]


def slope(table: pd.DataFrame, column: str) -> float:
    return float(np.polyfit(table["true"], table[column], 1)[0])


def covered(table: pd.DataFrame, column: str) -> float:
    return float(table["true"].between(table[f"{column}_low"], table[f"{column}_high"]).mean())


def test_wrong_labels_flatten_drags_and_the_correction_restores_them(worlds: pd.DataFrame):
    large = worlds[worlds["n"] == 10_000]
    assert 0.66 <= slope(large, "drag") <= 0.78
    assert 0.93 <= slope(large, "drag_corrected") <= 1.07


def test_the_corrected_interval_covers_the_truth_and_the_raw_one_does_not(worlds: pd.DataFrame):
    large, small = (worlds[worlds["n"] == n] for n in (10_000, 2_000))
    assert covered(large, "drag") < 0.55
    assert covered(large, "drag_corrected") >= 0.93
    assert 0.90 <= covered(small, "drag_corrected") <= 0.99  # of 60 worlds 96 %, with some 4 % of chance in ten


def test_dividing_by_the_gain_alone_leaves_each_theme_the_complaints_of_others(worlds: pd.DataFrame):
    large = worlds[worlds["n"] == 10_000]
    assert 0.93 <= slope(large, "single") <= 1.07
    assert (large["single"] - large["true"]).mean() < -0.6
    assert abs((large["drag_corrected"] - large["true"]).mean()) < 0.2


# --- what can't be corrected


def corrected(found: pd.DataFrame, true: pd.DataFrame, responses: pd.DataFrame, min_true: int = 5) -> pd.DataFrame:
    audit = read_by_people(true, "".join(responses["response_id"]))
    rates = audit_rates(responses, found, audit, THEMES)
    return correct_drags(rank_drivers(responses, found, THEMES, ANY), rates, min_true=min_true)


def test_a_theme_with_few_true_cases_keeps_its_raw_drag_alone():
    table = corrected(complaints({"wait": "cd"}), complaints({"wait": "cde"}), survey("pppdddnp"))
    wait = row(table, "wait")
    assert wait["reason"] == "too few true cases in the audit: 3, 5 needed"
    assert pd.isna(wait["drag_corrected"])
    assert wait["drag"] < 0


def test_a_recall_no_better_than_chance_corrects_nothing():
    table = corrected(complaints({"wait": "acegik"}), complaints({"wait": "abcdef"}), survey("pd" * 6))
    assert row(table, "wait")["reason"] == "recall 0.50 is not surely above the false-positive rate 0.50"
    assert table["drag_corrected"].isna().all()


def test_a_theme_without_a_drag_has_nothing_to_correct():
    table = corrected(complaints({}), complaints({"wait": "abcdef"}), survey("pd" * 6))
    assert table["reason"].tolist() == ["no effect of its own to correct"] * 2


def test_a_theme_that_nobody_audited_says_so():
    responses, found = survey("pd" * 6), complaints({"wait": "bdfhjl"})
    rates = audit_rates(responses, found, found, THEMES)
    drivers = rank_drivers(responses, found, THEMES, ANY)
    table = correct_drags(drivers, rates[rates["theme_id"] != "wait"])
    assert table["reason"].tolist() == ["no effect of its own to correct", "not audited"]


def test_a_theme_called_other_is_not_taken_for_the_pooled_line():
    themes = THEMES.assign(theme_id=["other", "wait"])
    responses, found = survey("pd" * 10), complaints({"wait": "bdfhjlnprt", "other": "bdf"})
    rates = audit_rates(responses, found, read_by_people(found, "".join(responses["response_id"])), themes)
    drivers = rank_drivers(responses, found, themes, DriversConfig(n_draws=100, min_mentions=10))
    assert drivers.account["theme_id"].tolist() == ["base", "wait", "other"]
    table = correct_drags(drivers, rates, min_true=1)
    assert table["reason"].iloc[0] == "no effect of its own to correct"
    assert table["drag_corrected"].notna().tolist() == [False, True]


def test_a_drag_without_an_interval_has_none_after_the_correction():
    world = simulate(1000, seed=3, settings=SimulationSettings(population=0))
    tables = world.responses, world.mentions, draw_audit(world, 1000), world.themes
    drivers = rank_drivers(world.responses, world.mentions, world.themes, QUICK)
    unsure = drivers.covariance.copy()
    unsure[1, :] = unsure[:, 1] = np.nan
    first = correct_drags(replace(drivers, covariance=unsure), audit_rates(*tables)).iloc[0]
    assert first["reason"] == "corrected, but without an interval: the raw drag has none"
    assert pd.isna(first["drag_corrected_low"])
    assert not pd.isna(first["drag_corrected"])


def test_unequal_recall_is_said_beside_the_corrected_drag():
    world = simulate(6000, random_themes(3, seed=1), 1, SimulationSettings(recall=(0.9, 0.7, 0.5), population=0))
    rates = audit_rates(world.responses, world.mentions, draw_audit(world, 5000), world.themes)
    table = correct_drags(rank_drivers(world.responses, world.mentions, world.themes, QUICK), rates)
    said = table[table["reason"].fillna("").str.contains("recall differs")]
    assert len(said)
    assert said["drag_corrected"].notna().all()


def test_unequal_recall_is_not_mended_by_the_correction():
    tables = []
    for seed in range(3):
        world = simulate(10_000, seed=seed, settings=SimulationSettings(recall=(0.9, 0.65, 0.65), population=20_000))
        rates = audit_rates(world.responses, world.mentions, draw_audit(world, 2000), world.themes)
        table = correct_drags(rank_drivers(world.responses, world.mentions, world.themes, QUICK), rates)
        true = world.truth[world.truth["polarity"] < 0].set_index("theme_id")["true_drag"]
        tables.append(table.assign(true=table["theme_id"].map(true)).dropna(subset="drag_corrected"))
    found = pd.concat(tables)
    assert found["drag_corrected"].sum() / found["true"].sum() > 1.1


def test_ranks_run_over_the_corrected_drags_only():
    world = simulate(1500, seed=3, settings=SimulationSettings(label_noise=0.2, population=0))
    tables = world.responses, world.mentions, draw_audit(world, 300), world.themes
    table = correct_drags(rank_drivers(world.responses, world.mentions, world.themes, QUICK), audit_rates(*tables))
    known = table[table["drag_corrected"].notna()]
    assert table["rank_corrected"].notna().equals(table["drag_corrected"].notna())
    assert known.sort_values("drag_corrected")["rank_corrected"].tolist() == list(range(1, len(known) + 1))


def test_without_scores_every_theme_says_that_there_is_nothing():
    responses, found = survey("pd" * 6).assign(category=None), complaints({"wait": "bdfhjl"})
    table = correct_drags(rank_drivers(responses, found, THEMES), audit_rates(responses, found, found, THEMES))
    assert table["drag_corrected"].isna().all()
    assert table["reason"].notna().all()


def test_rates_without_a_needed_column_are_refused():
    responses, found = survey("pd" * 6), complaints({"wait": "bdfhjl"})
    rates = audit_rates(responses, found, found, THEMES)
    with pytest.raises(InputError, match="rates: no column 'recall'"):
        correct_drags(rank_drivers(responses, found, THEMES, ANY), rates.drop(columns="recall"))


# --- any table

MARKS = st.lists(
    st.tuples(st.integers(0, 11), st.sampled_from(["price", "wait"]), st.sampled_from([-1.0, 1.0])), max_size=40
)


@settings(max_examples=20, deadline=None)
@given(MARKS, MARKS, st.lists(st.sampled_from("pnd"), min_size=12, max_size=12), st.randoms(use_true_random=False))
def test_any_tables_give_a_figure_with_its_interval_or_a_reason(found, true, categories, random):
    responses = survey("".join(categories))
    ids = responses["response_id"]
    mentions, audit = (
        pd.DataFrame([(ids[i], t, p) for i, t, p in rows], columns=["response_id", "theme_id", "polarity"]).astype(
            {"response_id": "str", "theme_id": "str", "polarity": "float64"}
        )
        for rows in (found, true)
    )
    audit = read_by_people(audit, "".join(ids))
    results = []
    for _ in range(2):
        drivers = rank_drivers(responses, mentions, THEMES, ANY)
        tables = responses, mentions, audit, THEMES
        results.append(correct_drags(drivers, audit_rates(*tables), audit_confusions(*tables), min_true=1))
        responses, mentions, audit = (
            t.sample(frac=1, random_state=random.randrange(1000)).reset_index(drop=True) for t in tables[:3]
        )
    table = results[0]
    pd.testing.assert_frame_equal(table, results[1])
    has_figure = table["drag_corrected"].notna()
    assert (has_figure | table["reason"].notna()).all()
    assert not np.isinf(table[["gain", "drag_corrected", "drag_corrected_low"]].to_numpy(dtype=float)).any()
    ends = table[table["drag_corrected_low"].notna()]
    assert (ends["drag_corrected_low"] <= ends["drag_corrected"]).all()
    assert (ends["drag_corrected"] <= ends["drag_corrected_high"]).all()
