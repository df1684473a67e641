"""`contradictions`: whose words and score disagree, and whose scale may be upside down."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers.people.contradictions import COMPLAINT_HIGH, PRAISE_LOW, contradictions
from feedback_nlp.drivers.simulation import SimulationSettings, simulate
from feedback_nlp.errors import FeedbackError, InputError

THEMES = pd.DataFrame(
    {
        "theme_id": ["delivery", "staff", "price", "generic-complaint", "generic-praise"],
        "kind": ["topic", "topic", "topic", "generic", "generic"],
    }
)
CATEGORY = [*["detractor"] * 7, "passive", "passive", "promoter", "promoter"]

# id, score, what was said: (theme, polarity, text)
SAID = [
    ("angry", 10, [("delivery", -0.8, "The parcel came four weeks late and broken."), (None, -0.4, "Never again.")]),
    ("fair", 10, [("delivery", -0.6, "The parcel was late."), ("staff", 0.8, "but everybody was wonderful about it.")]),
    ("mild", 9, [("price", -0.3, "It could be a little cheaper.")]),
    ("happy", 10, [("staff", 0.9, "Lovely people, thank you!")]),
    ("upside", 1, [("staff", 0.9, "The kindest staff I ever met."), ("delivery", 0.5, "It came the next day.")]),
    ("upset", 0, [("staff", -0.9, "Nobody answered my four calls.")]),
    ("torn", 2, [("staff", 0.6, "Your people are nice"), ("price", -0.7, "but you charged me twice.")]),
    ("cool", 5, [("staff", 0.8, "The advice was excellent.")]),
    ("so-so", 8, [("price", -0.9, "Far too expensive.")]),
]


def survey(said=SAID, **columns):
    responses = pd.DataFrame({"response_id": [row[0] for row in said], "score": [float(row[1]) for row in said]})
    responses["category"] = [CATEGORY[row[1]] for row in said]
    rows = [(name, *words) for name, _, told in said for words in told]
    mentions = pd.DataFrame(rows, columns=["response_id", "theme_id", "polarity", "text"])
    return responses.assign(**columns), mentions, THEMES


def listed(found, kind):
    return found.table["response_id"][found.table["kind"] == kind].tolist()


def test_a_promoter_with_a_serious_complaint_is_listed():
    assert listed(contradictions(*survey()), COMPLAINT_HIGH) == ["angry"]


def test_one_of_the_lowest_scores_with_praise_is_listed():
    assert listed(contradictions(*survey()), PRAISE_LOW) == ["upside"]


def test_the_counts_are_those_of_the_table_and_of_all_with_words():
    found = contradictions(*survey())
    assert (found.n_complaint_high, found.n_praise_low, found.n_high, found.n_lowest) == (1, 1, 4, 3)


def test_the_row_shows_the_statement_that_goes_furthest_against_the_score():
    row = contradictions(*survey()).table.set_index("response_id").loc["angry"]
    assert row["text"] == "The parcel came four weeks late and broken."
    assert (row["theme_id"], row["polarity"], row["score"], row["category"]) == ("delivery", -0.8, 10, "promoter")
    assert row["mean_polarity"] == pytest.approx(-0.6)


def test_the_columns_are_always_the_same():
    names = ["response_id", "score", "category", "kind", "theme_id", "polarity", "mean_polarity"]
    responses, mentions, themes = survey()
    assert list(contradictions(responses, mentions, themes).table) == [*names, "text"]
    assert list(contradictions(responses, mentions.drop(columns="text"), themes).table) == names
    assert list(contradictions(responses[:0], mentions[:0], themes).table) == [*names, "text"]


def test_the_strongest_comes_first_and_equal_ones_by_their_id():
    said = [
        (name, 10, [("price", polarity, "Too dear.")]) for name, polarity in (("b", -0.6), ("c", -0.9), ("a", -0.6))
    ]
    assert contradictions(*survey(said)).table["response_id"].tolist() == ["c", "a", "b"]


def test_a_lower_bar_lists_more():
    found = contradictions(*survey(), DriversConfig(serious=0.3))
    assert listed(found, COMPLAINT_HIGH) == ["angry", "mild"]


def test_a_complaint_about_something_is_shown_before_a_mere_verdict():
    told = [("generic-complaint", -0.9, "Terrible."), ("staff", -0.5, "I was called a liar.")]
    row = contradictions(*survey([("r", 10, told)])).table.iloc[0]
    assert (row["theme_id"], row["text"]) == ("staff", "I was called a liar.")


def test_a_mere_verdict_is_listed_too():
    assert contradictions(*survey([("r", 10, [("generic-complaint", -0.9, "Terrible.")])])).n_complaint_high == 1


def test_a_statement_without_a_theme_counts_and_its_theme_is_missing():
    table = contradictions(*survey([("r", 10, [(None, -0.9, "The lift was broken.")])])).table
    assert table["theme_id"].isna().tolist() == [True]


def test_a_statement_with_two_themes_counts_once_in_the_mean():
    told = [
        ("staff", -0.8, "Rude at the till"),
        ("price", -0.8, "Rude at the till"),
        ("delivery", 0.2, "Quick though."),
    ]
    responses, mentions, themes = survey([("r", 10, told)])
    found = contradictions(responses, mentions.assign(segment_id=["s1", "s1", "s2"]), themes)
    assert found.table["mean_polarity"].tolist() == pytest.approx([-0.3])


def test_what_was_asked_for_contradicts_nothing():
    responses, mentions, themes = survey([("a", 10, [("price", -0.8, "The parking.")])])
    mentions["question"] = "What could we do better?"
    assert contradictions(responses, mentions, themes).n_complaint_high == 1
    found = contradictions(responses, mentions, themes, asked={"What could we do better?": "faults"})
    assert (found.n_complaint_high, found.n_high) == (0, 0)


def test_praise_that_was_asked_for_contradicts_nothing_but_nothing_good_does():
    told = [("angel", 0, "staff", 0.8, "Friendly staff."), ("bitter", 10, "generic-complaint", -0.6, "Nothing at all.")]
    responses, mentions, themes = survey([(name, score, [words]) for name, score, *words in told])
    mentions["question"] = "What was good?"
    found = contradictions(responses, mentions, themes, asked={"What was good?": "strengths"})
    assert found.table["response_id"].tolist() == ["bitter"]


@pytest.mark.parametrize(
    ("scale", "scores"),
    [((0, 10), (0, 1, 2)), ((1, 10), (1, 2)), ((1, 5), (1,)), ((5, 1), (5,)), ((1, 7), (1, 2)), ((0, 1), (0,))],
)
def test_the_lowest_scores_are_the_worst_fifth_of_the_scale(scale, scores):
    every = list(range(min(scale), max(scale) + 1))
    ids = [f"r{score}" for score in every]
    responses = pd.DataFrame({"response_id": ids, "score": every, "category": "detractor"})
    mentions = pd.DataFrame({"response_id": ids, "theme_id": "staff", "polarity": 0.9})
    found = contradictions(responses, mentions, THEMES, scale=scale)
    assert sorted(found.table["score"]) == sorted(scores)


@pytest.mark.parametrize(("best", "worst"), [(5, 1), (1, 5)])
def test_the_worst_end_is_told_from_who_promotes(best, worst):
    responses = pd.DataFrame(
        {"response_id": ["a", "b", "c"], "score": [best, worst, 3], "category": ["promoter", "detractor", "detractor"]}
    )
    mentions = pd.DataFrame({"response_id": ["a", "b", "c"], "theme_id": "staff", "polarity": 0.9})
    assert contradictions(responses, mentions, THEMES).table["response_id"].tolist() == ["b"]


def test_without_scores_only_promoters_are_judged_and_the_notes_say_so():
    responses, mentions, themes = survey()
    found = contradictions(responses.drop(columns="score"), mentions, themes)
    assert (found.n_complaint_high, found.n_praise_low, found.n_lowest) == (1, 0, 0)
    assert found.notes[0] == "Praise with a low score was not looked for: there is no column 'score'."
    assert found.table["score"].isna().all()


def test_without_anybody_but_detractors_the_worst_end_must_be_given():
    tables = survey([("r", 1, [("staff", 0.9, "The kindest staff.")])])
    assert "can't be told" in contradictions(*tables).notes[0]
    assert contradictions(*tables, scale=(0, 10)).n_praise_low == 1


def test_the_notes_give_the_shares():
    notes = contradictions(*survey()).notes
    assert notes[0] == "1 of 4 (25.0 %) promoters with words complain seriously."
    assert notes[1].startswith("1 of 3 (33.3 %) responses with the lowest scores and words praise; they may have read")


WORDS = st.tuples(
    st.sampled_from(["delivery", "staff", "generic-praise", "generic-complaint", None]),
    st.sampled_from([-0.9, -0.5, -0.2, 0.0, 0.3, 0.5, 0.8, None]),
    st.sampled_from(["Bad.", "Good.", "=1+1", "<b>"]),
)
PEOPLE = st.lists(st.tuples(st.sampled_from(range(11)), st.lists(WORDS, max_size=3)), max_size=8)


def made(people, names=None):
    return survey([(names[i] if names else f"r{i:02d}", score, told) for i, (score, told) in enumerate(people)])


@settings(max_examples=15, deadline=None)
@given(PEOPLE, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(people, random):
    responses, mentions, themes = made(people)
    mixed = [table.sample(frac=1, random_state=random.randrange(1000)) for table in (responses, mentions)]
    one, other = contradictions(responses, mentions, themes), contradictions(*mixed, themes)
    pd.testing.assert_frame_equal(one.table, other.table, check_exact=True)
    assert one.notes == other.notes


@settings(max_examples=8, deadline=None)
@given(PEOPLE)
def test_each_row_is_judged_by_itself(people):
    responses, mentions, themes = made(people)
    everybody = contradictions(responses, mentions, themes, scale=(0, 10)).table["response_id"]
    alone = [
        contradictions(responses[i : i + 1], mentions[mentions["response_id"] == name], themes, scale=(0, 10)).table
        for i, name in enumerate(responses["response_id"])
    ]
    assert sorted(everybody) == sorted(name for table in alone for name in table["response_id"])


@settings(max_examples=15, deadline=None)
@given(PEOPLE)
def test_every_listed_row_is_against_its_score(people):
    table = contradictions(*made(people), scale=(0, 10)).table
    high = table["kind"] == COMPLAINT_HIGH
    assert (table["category"][high] == "promoter").all()
    assert (table["score"][~high] <= 2).all()
    assert (table["mean_polarity"].where(high, -table["mean_polarity"]) <= -0.25).all()
    assert (table["polarity"].where(high, -table["polarity"]) < 0).all()


def test_nothing_is_written_into_the_arguments():
    tables = survey(segment_shop="north", respondent_id="one")
    before = [table.copy() for table in tables]
    contradictions(*tables)
    for table, copy in zip(tables, before, strict=True):
        pd.testing.assert_frame_equal(table, copy)


def upside_down(responses, is_turned):
    """The responses with the scores of some turned: 10 is meant as the worst."""
    turned = responses.copy()
    turned.loc[is_turned, "score"] = 10 - responses["score"][is_turned]
    turned["category"] = np.select([turned["score"] >= 9, turned["score"] >= 7], ["promoter", "passive"], "detractor")
    return turned


@pytest.fixture(scope="module")
def world():
    return simulate(3000, seed=4, settings=SimulationSettings(channels=("web", "post", "phone"), population=0))


def test_a_group_that_read_the_scale_upside_down_is_named(world):
    responses = upside_down(world.responses, (world.responses["segment_channel"] == "post").to_numpy())
    found = contradictions(responses, world.mentions, world.themes)
    hints = [note for note in found.notes if "upside down?" in note]
    assert len(hints) == 1
    assert hints[0].startswith("segment_channel 'post': in ")


def test_those_who_read_the_scale_upside_down_are_listed_far_more_often(world):
    is_turned = (world.responses["segment_channel"] == "post").to_numpy()
    found = contradictions(upside_down(world.responses, is_turned), world.mentions, world.themes)
    is_listed = world.responses["response_id"].isin(found.table["response_id"])
    assert is_listed[is_turned].mean() > 2 * is_listed[~is_turned].mean()


def test_in_an_honest_world_nobody_is_named(world):
    assert not [note for note in contradictions(*honest(world)).notes if note.endswith("?")]


def honest(world):
    rng = np.random.default_rng(0)
    people = [f"p{i}" for i in rng.integers(0, 600, len(world.responses))]
    return world.responses.assign(respondent_id=people), world.mentions, world.themes


def test_the_false_hints_in_worlds_of_ten_agents_are_few():
    named = 0
    for seed in range(12):
        options = SimulationSettings(channels=("web",), agents_per_channel=10, population=0)
        world = simulate(600, seed=seed, settings=options)
        notes = contradictions(world.responses, world.mentions, world.themes).notes
        named += any("upside down?" in note for note in notes)
    assert named <= 1


def test_persons_who_read_the_scale_upside_down_are_named(world):
    responses, mentions, themes = honest(world)
    turned = ["p3", "p77", "p400"]
    responses = responses.assign(respondent_id=responses["respondent_id"].replace(dict.fromkeys(turned, "x")))
    told = pd.DataFrame(
        {
            "response_id": [f"{person}-{number}" for person in turned for number in range(6)],
            "respondent_id": np.repeat(turned, 6),
            "score": 0.0,
            "category": "detractor",
        }
    )
    praise = pd.DataFrame({"response_id": told["response_id"], "theme_id": "generic-praise", "polarity": 1.0})
    found = contradictions(pd.concat([responses, told]), pd.concat([mentions, praise]), themes)
    assert [note.split(":")[0] for note in found.notes[2:]] == [
        f"respondent_id '{person}'" for person in sorted(turned)
    ]


def test_where_nearly_all_are_upside_down_the_other_end_is_asked_about(world):
    turned = upside_down(world.responses, np.ones(len(world.responses), dtype=bool))
    notes = contradictions(turned, world.mentions, world.themes).notes
    assert notes[2].endswith("is the other end of the scale best?")


def test_promoters_who_complain_because_a_group_was_asked_to_are_no_hint():
    rng = np.random.default_rng(1)
    n, score = 300, np.tile([10.0, 0.0], 150)
    asked_for_faults = rng.random(n) < 0.3
    responses = pd.DataFrame({"response_id": [f"r{i}" for i in range(n)], "score": score})
    responses["category"] = np.where(score == 10, "promoter", "detractor")
    responses["segment_form"] = np.where(asked_for_faults, "short", "long")
    polarity = np.where((score == 0) | asked_for_faults, -0.8, 0.8)
    mentions = pd.DataFrame({"response_id": responses["response_id"], "theme_id": "staff", "polarity": polarity})
    assert not [note for note in contradictions(responses, mentions, THEMES).notes if "upside down?" in note]


def test_a_long_list_of_groups_is_cut_and_counted():
    rows = [(f"bad{i}-{j}", 0, 0.9, f"bad{i}") for i in range(8) for j in range(6)]
    rows += [(f"good{i}", 10, 0.9, "good") for i in range(200)] + [(f"poor{i}", 0, -0.9, "good") for i in range(200)]
    frame = pd.DataFrame(rows, columns=["response_id", "score", "polarity", "segment_shop"])
    frame["category"] = np.where(frame["score"] == 10, "promoter", "detractor")
    mentions = frame[["response_id", "polarity"]].assign(theme_id="staff")
    notes = contradictions(frame.drop(columns="polarity"), mentions, THEMES).notes
    assert [note.split(":")[0] for note in notes[2:7]] == [f"segment_shop 'bad{i}'" for i in range(5)]
    assert notes[7] == "So it is in 3 more groups or people."


def test_a_hostile_label_stays_one_short_line():
    said = [(f"h{i}", 0, [("staff", 0.9, "Good.")]) for i in range(12)] + [
        (f"o{i}", 10 * (i % 2), [("staff", 0.9 if i % 2 else -0.9, "Well.")]) for i in range(200)
    ]
    label = "\x1b[31m\n<script>" + "x" * 500
    notes = contradictions(*survey(said, segment_shop=[label] * 12 + ["other"] * 200)).notes
    assert "<script>" in notes[2]
    assert notes[2].isprintable()
    assert len(notes[2]) < 300


def test_no_comment_at_all_lists_nobody():
    responses, mentions, themes = survey(segment_shop="north")
    found = contradictions(responses, mentions[:0], themes)
    assert (len(found.table), found.n_high, found.n_lowest, found.notes) == (0, 0, 0, ())


def test_without_any_category_nobody_is_listed():
    responses, mentions, themes = survey(category=None, score=None)
    found = contradictions(responses, mentions, themes)
    assert len(found.table) == 0
    assert len(found.notes) == 1


def test_missing_categories_of_any_kind_are_passed_over():
    responses, mentions, themes = survey()
    responses["category"] = responses["category"].astype("string").mask(responses["response_id"] == "angry", pd.NA)
    assert contradictions(responses, mentions, themes).n_complaint_high == 0


def test_weights_play_no_part():
    plain, weighted = (contradictions(*survey(**columns)) for columns in ({}, {"weight": [0.0, -1.0, *[2.0] * 7]}))
    pd.testing.assert_frame_equal(plain.table, weighted.table)


def test_a_segment_of_one_person_is_never_named():
    shops = ["alone" if row[0] == "upside" else "other" for row in SAID]
    assert not [note for note in contradictions(*survey(segment_shop=shops)).notes if "alone" in note]


def test_numbers_as_ids_do():
    responses, mentions, themes = survey()
    places = {name: place for place, name in enumerate(responses["response_id"])}
    responses, mentions = (
        table.assign(response_id=table["response_id"].map(places)) for table in (responses, mentions)
    )
    assert contradictions(responses, mentions, themes).table["response_id"].tolist() == ["4", "0"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda r, m, t: (r.assign(response_id="same"), m, t), "more than once"),
        (lambda r, m, t: (r.drop(columns="category"), m, t), "no column 'category'"),
        (lambda r, m, t: (r, m.drop(columns="polarity"), t), "no column 'polarity'"),
        (lambda r, m, t: (r, m, t[:1]), "is not in themes"),
        (lambda r, m, t: (r.assign(category="promotor"), m, t), "did you mean 'promoter'"),
        (lambda r, m, t: (r.assign(score="ten"), m, t), "responses: score: row 1: 'ten' is no number"),
        (lambda r, m, t: (r, m.assign(polarity="bad"), t), "is no number from -1 to 1"),
    ],
)
def test_bad_tables_are_one_clear_line(change, message):
    with pytest.raises(InputError, match=message) as caught:
        contradictions(*change(*survey()))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("scale", [(0,), (3, 3), "0-10", (0, float("nan")), 10, ("0", "10")])
def test_a_scale_needs_two_different_ends(scale):
    with pytest.raises(InputError, match="give the worst and the best score"):
        contradictions(*survey(), scale=scale)


def test_what_a_question_asks_for_is_checked():
    responses, mentions, themes = survey()
    with pytest.raises(FeedbackError, match="no column 'question'"):
        contradictions(responses, mentions, themes, asked={"Why?": "faults"})
    with pytest.raises(FeedbackError, match="did you mean 'faults'"):
        contradictions(responses, mentions.assign(question="Why?"), themes, asked={"Why?": "fault"})
