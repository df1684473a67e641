"""`segment_table` and `segment_themes`: each group against all others, and what cannot be said of small ones."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t as student

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers import SimulationSettings, ThemeSettings, nps, rank_drivers, simulate
from feedback_nlp.drivers.people.segments import segment_column, segment_table, segment_themes, segments_at_once
from feedback_nlp.drivers.ranks import shrink
from feedback_nlp.drivers.scores import nps_change, nps_moments, points_of, wilson
from feedback_nlp.errors import InputError

CATEGORIES = np.array(["promoter", "passive", "detractor"])
NONE = pd.DataFrame({"response_id": [], "theme_id": [], "polarity": []})


@pytest.fixture
def three_cities(survey):
    """Some 400 responses in three cities, one of them small, and 20 responses without a city."""
    responses, mentions, themes = survey()
    cities = np.array(["Bath", "Cork", "York"])[np.random.default_rng(9).choice(3, len(responses), p=[0.5, 0.45, 0.05])]
    return responses.assign(segment_city=pd.Series(cities).mask(responses.index < 20)), mentions, themes


def agents(rng, n_agents=20, each=40, shares=(0.55, 0.25, 0.2)):
    answers = CATEGORIES[rng.choice(3, n_agents * each, p=shares)]
    names = [f"A{i:02d}" for i in range(n_agents)]
    return pd.DataFrame(
        {"response_id": range(len(answers)), "category": answers, "segment_agent": np.repeat(names, each)}
    )


def row_of(table, **where):
    for column, value in where.items():
        table = table[table[column] == value]
    return table.iloc[0]


# --- NPS ---


def test_a_group_s_nps_is_that_of_its_responses(three_cities):
    responses = three_cities[0]
    row = row_of(segment_table(responses, "city"), value="Bath")
    alone = nps(responses.loc[responses["segment_city"] == "Bath", "category"])
    assert (row["nps"], row["nps_low"], row["nps_high"]) == pytest.approx((alone.value, alone.low, alone.high))


def test_the_difference_is_to_all_others_and_has_their_adjusted_wald_interval(three_cities):
    responses = three_cities[0]
    scored = responses[responses["category"].notna()]
    is_bath = (scored["segment_city"] == "Bath").to_numpy()
    points = points_of(scored["category"])
    sides = [nps_moments(points[side], np.ones(side.sum()), None) for side in (~is_bath, is_bath)]
    change = nps_change(*sides, 0.95)
    row = row_of(segment_table(responses, "city"), value="Bath")
    found = row["difference"], row["difference_low"], row["difference_high"]
    assert found == pytest.approx((change.value, change.low, change.high))


def test_responses_without_a_value_are_a_group_of_their_own_and_last(three_cities):
    table = segment_table(three_cities[0], "city", DriversConfig(min_group=10))
    assert table["value"].isna().tolist() == [False, False, False, True]
    assert table["n"].sum() == three_cities[0]["category"].notna().sum()
    assert table["nps"].notna().all()


def test_a_small_group_keeps_its_size_and_loses_its_figures(three_cities):
    table = segment_table(three_cities[0], "city")
    small = row_of(table, value="York")
    assert 0 < small["n"] < 30
    assert small["too_few"]
    assert small[["nps", "nps_low", "difference", "nps_shrunk", "p", "flagged"]].isna().all()


def test_many_answers_of_few_people_are_too_few():
    responses = agents(np.random.default_rng(0), n_agents=2).assign(respondent_id=[f"p{i % 10}" for i in range(80)])
    table = segment_table(responses, "agent")
    assert table[["n", "n_people", "too_few"]].to_numpy().tolist() == [[40, 10, True]] * 2


def test_a_segment_with_one_person_is_too_few():
    responses = agents(np.random.default_rng(0), n_agents=2)
    alone = responses.assign(segment_agent=["only"] + ["rest"] * 79)
    assert segment_table(alone, "agent")["too_few"].tolist() == [True, False]


def test_a_value_that_only_unscored_responses_have_is_there_with_n_zero():
    responses = agents(np.random.default_rng(0), n_agents=3)
    unscored = responses.assign(category=responses["category"].where(responses["segment_agent"] != "A01"))
    assert segment_table(unscored, "agent")["n"].tolist() == [40, 0, 40]


def test_one_group_alone_has_nothing_to_differ_from():
    table = segment_table(agents(np.random.default_rng(0), n_agents=1), "agent")
    assert table["nps"].notna().all()
    assert table[["difference", "p", "flagged"]].isna().all(axis=None)


def test_without_scores_there_are_only_sizes(three_cities):
    table = segment_table(three_cities[0].assign(category=None), "city")
    assert table["n"].sum() == len(three_cities[0])
    assert table[["nps", "difference", "p"]].isna().all(axis=None)


def test_no_responses_give_an_empty_table():
    table = segment_table(pd.DataFrame({"response_id": [], "category": [], "segment_city": []}), "city")
    assert len(table) == 0
    assert table["too_few"].dtype == bool


def test_groups_are_drawn_towards_each_other_by_empirical_bayes():
    responses = agents(np.random.default_rng(1), n_agents=6)
    table = segment_table(responses, "agent")
    parts = [points_of(part["category"]) for _, part in responses.groupby("segment_agent")]
    moments = np.array([nps_moments(points, np.ones(len(points)), None) for points in parts])
    assert table["nps_shrunk"].to_numpy() == pytest.approx(shrink(moments[:, 0], moments[:, 2] ** 2))
    assert table["nps_shrunk"].std() < table["nps"].std()


def test_two_groups_mirror_each_other():
    responses = agents(np.random.default_rng(2), n_agents=2)
    first, second = (row for _, row in segment_table(responses, "agent").iterrows())
    assert first["difference_low"] == pytest.approx(-second["difference_high"])
    assert first["p"] == pytest.approx(second["p"])


def test_the_unit_of_the_weights_does_not_matter(three_cities):
    responses = three_cities[0].assign(weight=np.linspace(0.5, 3, 400))
    tables = [segment_table(responses.assign(weight=responses["weight"] * unit), "city") for unit in (1, 1000)]
    pd.testing.assert_frame_equal(*tables)


def test_people_who_judge_both_groups_alike_make_the_difference_surer():
    responses = agents(np.random.default_rng(3), n_agents=2, each=100)
    responses["category"] = np.tile(responses["category"][:100], 2)
    responses.loc[:9, "category"] = "detractor"
    same = responses.assign(respondent_id=np.tile([f"p{i}" for i in range(100)], 2))
    known, unknown = (segment_table(table, "agent").iloc[0] for table in (same, responses))
    assert known["nps_low"] == pytest.approx(unknown["nps_low"])
    width = [row["difference_high"] - row["difference_low"] for row in (known, unknown)]
    assert width[0] < 0.6 * width[1]


def test_the_p_value_is_welch_s_of_the_enlarged_samples():
    responses = agents(np.random.default_rng(4), n_agents=3)
    points = points_of(responses["category"])
    own, rest = (nps_moments(part, np.ones(len(part)), None) for part in (points[:40], points[40:]))
    v, w = own[2] ** 2, rest[2] ** 2
    freedom = (v + w) ** 2 / (v**2 / 39 + w**2 / 79)
    expected = 2 * student.sf(abs(own[1] - rest[1]) / np.sqrt(v + w), freedom)
    assert segment_table(responses, "agent")["p"][0] == pytest.approx(expected)


def test_agents_who_do_not_differ_are_rarely_flagged():
    rng = np.random.default_rng(5)
    settings = DriversConfig(false_discovery_rate=0.1)
    flagged = [segment_table(agents(rng), "agent", settings)["flagged"].any() for _ in range(60)]
    assert np.mean(flagged) <= 0.1


def test_an_agent_with_worse_scores_is_flagged_and_no_other():
    rng = np.random.default_rng(6)
    responses = agents(rng)
    bad = responses["segment_agent"] == "A07"
    responses.loc[bad, "category"] = CATEGORIES[rng.choice(3, bad.sum(), p=[0.1, 0.2, 0.7])]
    table = segment_table(responses, "agent")
    assert table.loc[table["flagged"], "value"].tolist() == ["A07"]
    assert row_of(table, value="A07")["nps_shrunk"] == table["nps_shrunk"].min()


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1000), st.booleans(), st.booleans())
def test_the_order_of_rows_changes_no_bit(survey, seed, weighted, repeated):
    extra = {"weighted": weighted} | ({"people": 60} if repeated else {})
    responses, mentions, themes = survey(n=120, seed=seed, **extra)
    responses["segment_city"] = pd.Series(list("abc") * 40).mask(responses.index < 5)
    options = DriversConfig(min_group=5, min_mentions=3)
    shuffled = responses.sample(frac=1, random_state=1), mentions.sample(frac=1, random_state=2)
    exact = {"check_exact": True}
    pd.testing.assert_frame_equal(
        segment_table(responses, "city", options), segment_table(shuffled[0], "city", options), **exact
    )
    pd.testing.assert_frame_equal(
        segment_themes(responses, mentions, themes, "city", options),
        segment_themes(*shuffled, themes, "city", options),
        **exact,
    )


# --- what they complain of ---


def test_shares_are_those_of_the_group_that_complains(three_cities):
    responses, mentions, themes = three_cities
    table = segment_themes(responses, mentions, themes, "city")
    row = row_of(table, theme_id="theme A", value="Cork")
    inside = responses[(responses["segment_city"] == "Cork") & responses["category"].notna()]
    said = mentions[(mentions["theme_id"] == "theme A") & (mentions["polarity"] < 0)]["response_id"]
    n_negative = inside["response_id"].isin(said).sum()
    assert (row["n"], row["n_negative"]) == (len(inside), n_negative)
    assert row["share_low"] == pytest.approx(wilson(n_negative / len(inside), len(inside)).low)


def test_the_difference_of_shares_is_that_of_statsmodels(three_cities):
    from statsmodels.stats.proportion import confint_proportions_2indep

    responses, mentions, themes = three_cities
    table = segment_themes(responses, mentions, themes, "city", DriversConfig(min_group=2))
    bath, others = (part[part["theme_id"] == "theme B"] for _, part in table.groupby(table["value"] != "Bath"))
    counts = [int(number) for part in (bath, others) for number in (part["n_negative"].sum(), part["n"].sum())]
    low, high = confint_proportions_2indep(*counts, method="newcomb", compare="diff")
    assert bath.iloc[0][["difference_low", "difference_high"]].tolist() == pytest.approx([low, high])


def test_the_parts_of_a_drag_sum_to_it(three_cities):
    responses, mentions, themes = three_cities
    weighted = responses.assign(weight=np.linspace(0.5, 2, 400))
    table = segment_themes(weighted, mentions, themes, "city", DriversConfig(min_group=2))
    drags = rank_drivers(weighted, mentions, themes).table.set_index("theme_id")["drag"]
    pd.testing.assert_series_equal(table.groupby("theme_id")["drag_from"].sum(), drags, check_names=False, rtol=1e-12)


def test_with_a_single_group_the_part_of_the_drag_is_the_drag(survey):
    responses, mentions, themes = survey()
    table = segment_themes(responses.assign(city="Bath"), mentions, themes, "city")
    drivers = rank_drivers(responses, mentions, themes).table
    for end in ("", "_low", "_high"):
        assert table[f"drag_from{end}"].to_numpy() == pytest.approx(drivers[f"drag{end}"].to_numpy())


def test_the_variance_of_a_part_of_a_drag_is_that_of_the_drag_and_of_the_part(three_cities):
    responses, mentions, themes = three_cities
    table = segment_themes(responses, mentions, themes, "city", DriversConfig(min_group=2)).query(
        "theme_id == 'theme A'"
    )
    drag = rank_drivers(responses, mentions, themes).table.iloc[0]
    n, f = table["n_negative"].sum(), table["n_negative"].iloc[0] / table["n_negative"].sum()
    half = np.sqrt(
        (f * (drag["drag_high"] - drag["drag"])) ** 2 + (1.959963984540054 * drag["drag"]) ** 2 * f * (1 - f) / n
    )
    row = table.iloc[0]
    assert [row["drag_from"], row["drag_from_high"] - row["drag_from"]] == pytest.approx([f * drag["drag"], half])


def test_the_interval_of_a_part_of_a_drag_covers_it():
    rng, themes = np.random.default_rng(7), pd.DataFrame({"theme_id": ["wait"], "kind": ["topic"]})
    said = np.array([0.3, 0.1])
    true = 0.5 * said * -40  # both groups are half of the people, and a complaint costs 40 points in either
    covered = []
    for _ in range(40):
        city = rng.integers(0, 2, 400)
        waits = rng.random(400) < said[city]
        draw = rng.random(400)
        category = np.where(
            draw < 0.6 - 0.2 * waits, "promoter", np.where(draw < 0.8 - 0.2 * waits, "passive", "detractor")
        )
        responses = pd.DataFrame({"response_id": range(400), "category": category, "city": city})
        mentions = pd.DataFrame({"response_id": np.flatnonzero(waits), "theme_id": "wait", "polarity": -1.0})
        table = segment_themes(responses, mentions, themes, "city")
        covered.append((table["drag_from_low"] <= true) & (table["drag_from_high"] >= true))
    assert 0.91 <= np.mean(covered) <= 0.99


def test_a_theme_too_rare_for_a_column_has_shares_and_no_drag(three_cities):
    responses, mentions, themes = three_cities
    rare = mentions[(mentions["theme_id"] != "theme D") | mentions["response_id"].isin(mentions["response_id"][:5])]
    table = segment_themes(responses, rare, themes, "city").query("theme_id == 'theme D' and value == 'Bath'")
    assert table["share"].notna().all()
    assert table[["drag_from", "drag_from_low"]].isna().all(axis=None)


def test_a_channel_with_more_of_a_complaint_is_flagged_for_it_alone():
    themes = [ThemeSettings("Waiting", 0.15, by_channel=(0.4, 1.0, 2.5)), ThemeSettings("Price", 0.15)]
    world = simulate(1500, themes, 3, SimulationSettings(channels=("chat", "mail", "phone"), population=0))
    table = segment_themes(world.responses, world.mentions, world.themes, "channel")
    flagged = table[table["flagged"].fillna(False)]
    assert set(zip(flagged["theme_id"], flagged["value"], strict=True)) >= {("waiting", "chat"), ("waiting", "phone")}
    assert set(flagged["theme_id"]) == {"waiting"}
    assert row_of(table, theme_id="waiting", value="phone")["difference_low"] > 0


def test_complaints_that_do_not_differ_between_agents_are_rarely_flagged():
    rng, themes = np.random.default_rng(8), pd.DataFrame({"theme_id": list("abcd"), "kind": "topic"})
    flagged = []
    for _ in range(25):
        responses = agents(rng, n_agents=10)
        rows, columns = np.nonzero(rng.random((400, 4)) < [0.01, 0.03, 0.1, 0.2])
        mentions = pd.DataFrame({"response_id": rows, "theme_id": np.array(list("abcd"))[columns], "polarity": -1.0})
        flagged.append(segment_themes(responses, mentions, themes, "agent")["flagged"].any())
    assert np.mean(flagged) <= 0.1


def test_complaints_of_a_child_count_for_its_parent(three_cities):
    responses, mentions, themes = three_cities
    family = pd.concat([themes, pd.DataFrame({"theme_id": ["all"], "kind": ["topic"]})], ignore_index=True)
    family["parent_id"] = ["all", "all", None, None, None]
    table = segment_themes(responses, mentions, family, "city").query("value == 'Bath'").set_index("theme_id")
    children = table.loc[["theme A", "theme B"], "n_negative"]
    assert children.max() <= table.loc["all", "n_negative"] <= children.sum()
    assert np.isnan(table.loc["all", "drag_from"])


def test_no_theme_gives_an_empty_table(three_cities):
    responses, _, themes = three_cities
    assert len(segment_themes(responses, NONE, themes.iloc[:0], "city")) == 0


def test_topics_nobody_complains_of_are_not_tested(three_cities):
    responses, _, themes = three_cities
    table = segment_themes(responses, NONE, themes, "city").query("value == 'Bath'")
    assert (table["share"] == 0).all()
    assert table[["p", "flagged", "drag_from"]].isna().all(axis=None)


def test_a_theme_on_every_response_differs_nowhere(three_cities):
    responses, _, themes = three_cities
    mentions = pd.DataFrame({"response_id": responses["response_id"], "theme_id": "theme A", "polarity": -1.0})
    row = row_of(segment_themes(responses, mentions, themes, "city"), theme_id="theme A", value="Bath")
    assert (row["share"], row["difference"], row["p"]) == (1.0, 0.0, 1.0)
    assert not row["flagged"]


def test_without_scores_the_shares_are_of_all_responses(three_cities):
    responses, mentions, themes = three_cities
    table = segment_themes(responses.assign(category=None), mentions, themes, "city")
    assert row_of(table, theme_id="theme A", value="Cork")["n"] == (responses["segment_city"] == "Cork").sum()
    assert table["share"].notna().sum() > 0
    assert table["drag_from"].isna().all()


# --- bad input ---


def test_an_unknown_segment_is_answered_with_the_known_ones(three_cities):
    with pytest.raises(InputError, match="no segment 'citty'; found city; did you mean 'city'"):
        segment_table(three_cities[0], "citty")


def test_the_column_is_found_by_its_short_or_its_whole_name():
    responses = pd.DataFrame({"segment_city": ["Bath"], "team": ["a"]})
    assert [segment_column(responses, name) for name in ("city", "segment_city", "team")] == [
        "segment_city", "segment_city", "team",
    ]  # fmt: skip


def test_ids_that_come_twice_are_refused(three_cities):
    responses = three_cities[0]
    with pytest.raises(InputError, match="is there more than once"):
        segment_table(pd.concat([responses, responses.head(1)]), "city")


def test_negative_weights_are_refused_and_zero_ones_left_out(three_cities):
    responses = three_cities[0].assign(weight=1.0)
    with pytest.raises(InputError, match="no weight"):
        segment_table(responses.assign(weight=-1.0), "city")
    some = segment_table(responses.assign(weight=(responses.index > 100).astype(float)), "city")
    assert some["n"].sum() == responses.loc[101:, "category"].notna().sum()


def test_numbers_as_values_are_shown_as_texts():
    responses = agents(np.random.default_rng(0), n_agents=3)
    numbered = responses.assign(segment_agent=np.repeat([10, 9, 2], 40))
    assert segment_table(numbered, "agent")["value"].tolist() == ["10", "2", "9"]


def test_one_category_only_gives_equal_groups():
    responses = agents(np.random.default_rng(0), n_agents=3).assign(category="promoter")
    table = segment_table(responses, "agent")
    assert table["nps"].tolist() == [100.0] * 3
    assert (table["difference"] == 0).all()
    assert not table["flagged"].any()


def test_the_argument_is_not_written_into(three_cities):
    before = three_cities[0].copy()
    segment_table(three_cities[0], "city")
    pd.testing.assert_frame_equal(three_cities[0], before)


# --- several segments at once ---


def test_segments_at_once_are_the_tables_of_each(three_cities):
    responses, mentions, themes = three_cities
    people = [f"p{number % 300}" for number in range(len(responses))]
    responses = responses.assign(segment_half=np.where(responses.index % 2, "odd", "even"), respondent_id=people)
    found = segments_at_once(responses, mentions, themes, ["segment_city", "half"])
    for segment in ("segment_city", "half"):
        pd.testing.assert_frame_equal(found[segment][0], segment_table(responses, segment), check_exact=True)
        alone = segment_themes(responses, mentions, themes, segment)
        pd.testing.assert_frame_equal(found[segment][1], alone, check_exact=True)


def test_no_segment_is_no_table(three_cities):
    assert segments_at_once(*three_cities, []) == {}


def test_the_order_of_rows_does_not_matter_at_once(three_cities):
    responses, mentions, themes = three_cities
    usual = segments_at_once(responses, mentions, themes, ["city"])["city"]
    mixed = segments_at_once(responses.sample(frac=1, random_state=1), mentions, themes, ["city"])["city"]
    for one, other in zip(usual, mixed, strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_numbers_as_labels_are_texts_at_once():
    responses = pd.DataFrame({"response_id": range(4), "category": "passive", "agent": [7, 7, None, 10]})
    table = segments_at_once(responses, NONE, pd.DataFrame({"theme_id": [], "kind": []}), ["agent"])["agent"][0]
    pd.testing.assert_frame_equal(table, segment_table(responses, "agent"))
    assert table["value"].tolist()[:2] == ["10.0", "7.0"]
