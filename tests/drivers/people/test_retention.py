"""`retention`: who stayed, by score and by what they said."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers.people.retention import retention
from feedback_nlp.errors import InputError

NONE = pd.DataFrame({"response_id": [], "theme_id": [], "polarity": []})


@pytest.fixture
def later(survey):
    """Some 380 scored responses, whose people renewed, left, or are not known yet; detractors leave more often."""
    responses, mentions, themes = survey()
    rng = np.random.default_rng(4)
    stays = rng.random(400) < np.where(responses["category"] == "detractor", 0.4, 0.85)
    fate = np.where(stays, np.where(rng.random(400) < 0.2, "upgraded", "renewed"), "churned")
    return responses.assign(segment_fate=pd.Series(fate).mask(rng.random(400) < 0.1)), mentions, themes


KEPT = ("renewed", "upgraded")


def known(responses):
    return responses[responses["category"].notna() & responses["segment_fate"].notna()]


def test_categories_come_first_and_sum_to_all(later):
    table = retention(later[0], "fate", KEPT)
    assert table["category"].tolist() == ["all", "promoter", "passive", "detractor"]
    assert table["n"][1:].sum() == table["n"][0] == len(known(later[0]))
    assert table["n_kept"][1:].sum() == table["n_kept"][0]


def test_the_share_kept_is_plain_counting_with_statsmodels_wilson_interval(later):
    from statsmodels.stats.proportion import proportion_confint

    rows = known(later[0])
    kept = rows.loc[rows["category"] == "detractor", "segment_fate"].isin(KEPT)
    row = retention(later[0], "fate", KEPT).set_index("category").loc["detractor"]
    low, high = proportion_confint(kept.sum(), len(kept), method="wilson")
    assert row[["share", "low", "high"]].tolist() == pytest.approx([kept.mean(), low, high])


def test_the_difference_to_the_rest_is_statsmodels_newcombe_interval(later):
    from statsmodels.stats.proportion import confint_proportions_2indep

    table = retention(later[0], "fate", KEPT).set_index("category")
    own, everyone = (table.loc[name, ["n_kept", "n"]].to_numpy(dtype=int) for name in ("detractor", "all"))
    low, high = confint_proportions_2indep(*own, *(everyone - own), method="newcomb", compare="diff")
    assert table.loc["detractor", ["difference_low", "difference_high"]].tolist() == pytest.approx([low, high])


def test_everybody_together_has_nobody_to_differ_from(later):
    row = retention(later[0], "fate", KEPT).iloc[0]
    assert row[["difference", "p", "flagged"]].isna().all()


def test_detractors_who_leave_more_often_are_flagged(later):
    table = retention(later[0], "fate", KEPT).set_index("category")
    assert table.loc["detractor", "flagged"]
    assert table.loc["detractor", "difference_high"] < 0


def test_each_theme_has_a_row_for_complaints_and_one_for_praise(later):
    table = retention(later[0], "fate", KEPT, *later[1:]).iloc[4:]
    assert table["category"].isna().all()
    expected = [(f"theme {letter}", sign) for letter in "ABCD" for sign in ("negative", "positive")]
    assert list(zip(table["theme_id"], table["polarity"], strict=True)) == expected


def test_who_complains_of_a_theme_is_compared_with_all_who_do_not(later):
    responses, mentions, themes = later
    rows = known(responses)
    said = mentions[(mentions["theme_id"] == "theme C") & (mentions["polarity"] < 0)]["response_id"]
    complains = rows["response_id"].isin(said)
    kept = rows["segment_fate"].isin(KEPT)
    table = retention(responses, "fate", KEPT, mentions, themes)
    row = table[(table["theme_id"] == "theme C") & (table["polarity"] == "negative")].iloc[0]
    assert row["n"] == complains.sum()
    assert row["difference"] == pytest.approx(kept[complains].mean() - kept[~complains].mean())


def test_a_complaint_that_drives_people_away_is_flagged_alone(survey):
    responses, mentions, themes = survey(n=1500)
    said = mentions[(mentions["theme_id"] == "theme B") & (mentions["polarity"] < 0)]["response_id"]
    chance = np.where(responses["response_id"].isin(said), 0.5, 0.85)
    fate = np.where(np.random.default_rng(7).random(1500) < chance, "kept", "lost")
    table = retention(responses.assign(fate=fate), "fate", "kept", mentions, themes).iloc[4:]
    flagged = table[table["flagged"]]
    assert list(zip(flagged["theme_id"], flagged["polarity"], strict=True)) == [("theme B", "negative")]


def test_themes_that_do_not_matter_are_rarely_flagged(survey):
    flagged = []
    for seed in range(40):  # .03 of them in a long run
        responses, mentions, themes = survey(seed=seed)
        fate = np.where(np.random.default_rng([seed, 7]).random(400) < 0.9, "kept", "lost")
        table = retention(responses.assign(fate=fate), "fate", "kept", mentions, themes)
        flagged.append(table["flagged"][4:].fillna(False).any())
    assert np.mean(flagged) <= 0.1


def test_few_people_are_too_few(later):
    table = retention(later[0].head(60), "fate", KEPT, *_of_first(later, 60))
    small = table[table["too_few"]]
    assert (small["n_people"] < 30).all()
    assert small[["n_kept", "share", "low", "difference", "p", "flagged"]].isna().all(axis=None)
    assert table.loc[0, "share"] > 0


def _of_first(later, n):
    responses, mentions, themes = later
    return mentions[mentions["response_id"].isin(responses["response_id"][:n])], themes


def test_answers_of_one_person_count_once(later):
    twice = pd.concat([later[0].assign(response_id=later[0]["response_id"] + copy) for copy in "ab"])
    people = twice.assign(respondent_id=twice["response_id"].str[:-1])
    once, again = (retention(table, "fate", KEPT).iloc[0] for table in (later[0], people))
    assert again["n"] == 2 * again["n_people"] == 2 * once["n"]
    assert again[["low", "high"]].tolist() == pytest.approx(once[["low", "high"]].tolist())


def test_weights_count(later):
    rows = known(later[0])
    weighted = later[0].assign(weight=np.linspace(0.5, 2, 400))
    kept = rows["segment_fate"].isin(KEPT)
    share = np.average(kept, weights=weighted.loc[rows.index, "weight"])
    assert retention(weighted, "fate", KEPT)["share"][0] == pytest.approx(share)


def test_one_value_may_be_given_as_it_is(later):
    pd.testing.assert_frame_equal(retention(later[0], "fate", "renewed"), retention(later[0], "fate", ["renewed"]))


def test_where_everybody_stayed_no_row_differs(later):
    table = retention(later[0], "fate", [*KEPT, "churned"], *later[1:])
    shown = table[~table["too_few"]]
    assert (shown["share"] == 1).all()
    assert (shown["p"].dropna() == 1).all()
    assert not shown["flagged"].fillna(False).any()


def test_one_category_only_leaves_the_others_too_few(later):
    table = retention(later[0].assign(category="passive"), "fate", KEPT)
    assert table["n"].tolist() == [table["n"][0], 0, table["n"][0], 0]
    assert table["too_few"].tolist() == [False, True, False, True]
    assert np.isnan(table["difference"][2])


def test_without_scores_all_with_a_known_outcome_count(later):
    table = retention(later[0].assign(category=None), "fate", KEPT, *later[1:])
    assert table["n"][0] == later[0]["segment_fate"].notna().sum()
    assert (table["n"][1:4] == 0).all()
    assert table["share"][4:].notna().any()


def test_no_theme_gives_the_categories_alone(later):
    assert len(retention(later[0], "fate", KEPT, NONE, later[2].iloc[:0])) == 4


def test_a_theme_nobody_mentions_is_too_few(later):
    table = retention(later[0], "fate", KEPT, NONE, later[2])
    assert table["too_few"][4:].all()


@pytest.mark.parametrize(
    ("outcome", "kept", "message"),
    [
        ("fat", KEPT, "no segment 'fat'; found fate; did you mean 'fate'"),
        (
            "fate",
            ["renewd"],
            "segment_fate: no value 'renewd'; found churned, renewed, upgraded; did you mean 'renewed'",
        ),
        ("fate", [], "kept names no value"),
    ],
)
def test_impossible_questions_are_answered_in_one_line(later, outcome, kept, message):
    with pytest.raises(InputError, match=message):
        retention(later[0], outcome, kept)


def test_mentions_without_themes_are_refused(later):
    with pytest.raises(InputError, match="found one without the other"):
        retention(later[0], "fate", KEPT, mentions=later[1])


def test_no_responses_have_no_outcome_to_name():
    empty = pd.DataFrame({"response_id": [], "category": [], "fate": []})
    with pytest.raises(InputError, match="no value 'kept'; found none"):
        retention(empty, "fate", "kept")


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1000), st.booleans())
def test_the_order_of_rows_changes_no_bit(survey, seed, repeated):
    responses, mentions, themes = survey(n=80, seed=seed, weighted=True, **({"people": 40} if repeated else {}))
    responses["fate"] = np.random.default_rng([seed, 7]).choice(["kept", "lost"], 80)
    options = DriversConfig(min_group=5)
    shuffled = responses.sample(frac=1, random_state=1), mentions.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(
        retention(responses, "fate", ["kept"], mentions, themes, options),
        retention(shuffled[0], "fate", ["kept"], shuffled[1], themes, options),
        check_exact=True,
    )
