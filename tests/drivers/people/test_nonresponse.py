"""`response_gap` and `post_stratify`: what weights repair, and what they cannot."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers import SimulationSettings, ThemeSettings, nps, rank_drivers, simulate
from feedback_nlp.drivers.people.nonresponse import post_stratify, response_gap
from feedback_nlp.drivers.scores import wilson
from feedback_nlp.errors import InputError

CHANNELS = ("chat", "mail", "phone")
ANSWER_RATES = {"chat": 0.9, "mail": 0.4, "phone": 0.1}  # who is asked there answers
SMALL = DriversConfig(min_group=2)


@pytest.fixture(scope="module")
def everybody():
    """A world where the phone is worst, as it would be if all people answered."""
    themes = [ThemeSettings("Waiting", 0.3, negative_effect=-2.5, by_channel=(0.05, 1.0, 2.3))]
    return simulate(
        12_000, themes, 1, SimulationSettings(channels=CHANNELS, comment_lean=1.0, comment_rate=0.4, population=0)
    )


@pytest.fixture(scope="module")
def who_answered(everybody):
    responses = everybody.responses
    rates = responses["segment_channel"].map(ANSWER_RATES)
    return responses[np.random.default_rng(2).random(len(responses)) < rates]


def ends(estimate):
    return [estimate.value, estimate.low, estimate.high]


def sizes_of(responses):
    return responses["segment_channel"].value_counts().to_dict()


# --- weights ---


def test_response_that_differs_between_segments_is_repaired(everybody, who_answered):
    truth = nps(everybody.responses["category"]).value
    found = post_stratify(who_answered, "channel", sizes_of(everybody.responses))
    assert found.nps_raw.value - truth > 15
    assert abs(found.nps.value - truth) < 3
    assert found.nps.low < truth < found.nps.high


def test_response_that_depends_on_the_score_is_not_repaired(everybody):
    truth = nps(everybody.responses["category"]).value
    unhappy = everybody.responses[everybody.commented]
    found = post_stratify(unhappy, "channel", sizes_of(everybody.responses))
    assert found.nps_raw.value - truth < -15
    assert found.nps.value - truth < -10
    assert found.nps.high < truth


def test_the_notes_always_say_what_cannot_be_repaired(everybody, who_answered):
    notes = post_stratify(who_answered, "channel", sizes_of(everybody.responses)).notes
    assert len(notes) == 1
    assert notes[0].startswith("repairs only response that differs between segments; it cannot repair response that")


def test_weights_give_each_segment_its_size_and_keep_their_sum(everybody, who_answered):
    sizes = sizes_of(everybody.responses)
    weights = post_stratify(who_answered, "channel", sizes).weights
    shares = weights.groupby(who_answered["segment_channel"]).sum() / weights.sum()
    assert shares.to_dict() == pytest.approx({name: size / 12_000 for name, size in sizes.items()})
    assert weights.sum() == pytest.approx(len(who_answered))


def test_given_weights_are_kept_within_each_segment(who_answered):
    weighted = who_answered.assign(weight=np.linspace(1, 2, len(who_answered)))
    weights = post_stratify(weighted, "channel", {"chat": 1, "mail": 1, "phone": 1}).weights
    ratio = (weights / weighted["weight"]).groupby(weighted["segment_channel"])
    assert (ratio.max() - ratio.min()).max() < 1e-12


def test_the_weights_are_a_weight_column_for_the_drivers(everybody, who_answered):
    found = post_stratify(who_answered, "channel", sizes_of(everybody.responses))
    mentions = everybody.mentions[everybody.mentions["response_id"].isin(who_answered["response_id"])]
    drivers = rank_drivers(who_answered.assign(weight=found.weights), mentions, everybody.themes)
    assert drivers.nps.value == pytest.approx(found.nps.value)


def test_weights_are_aligned_to_the_responses_whatever_their_order(who_answered):
    sizes = {"chat": 1, "mail": 2, "phone": 3}
    shuffled = who_answered.sample(frac=1, random_state=0)
    there, back = post_stratify(who_answered, "channel", sizes), post_stratify(shuffled, "channel", sizes)
    pd.testing.assert_series_equal(there.weights, back.weights.loc[who_answered.index], check_exact=True)
    assert there.nps == back.nps


def test_the_unit_of_the_sizes_does_not_matter(who_answered):
    counts, shares = {"chat": 100, "mail": 200, "phone": 700}, {"chat": 0.1, "mail": 0.2, "phone": 0.7}
    one, other = (post_stratify(who_answered, "channel", sizes) for sizes in (counts, shares))
    assert ends(one.nps) == pytest.approx(ends(other.nps))


def test_the_interval_adds_the_variances_within_segments():
    counts = {"a": (30, 10, 10), "b": (5, 10, 25)}
    q = {"a": 0.2, "b": 0.8}
    category = np.concatenate([np.repeat(["promoter", "passive", "detractor"], c) for c in counts.values()])
    responses = pd.DataFrame({"response_id": range(90), "category": category, "city": ["a"] * 50 + ["b"] * 40})
    centre, variance = 0.0, 0.0
    for city, (promoters, passives, detractors) in counts.items():
        n, added = promoters + passives + detractors, 3 * q[city]
        p, d = ((number + added / 4) / (n + added) for number in (promoters, detractors))
        centre += 100 * q[city] * (p - d)
        variance += 1e4 * q[city] ** 2 * (p + d - (p - d) ** 2) / (n + added - 1)
    half = 1.959963984540054 * np.sqrt(variance)
    assert ends(post_stratify(responses, "city", q).nps)[1:] == pytest.approx([centre - half, centre + half])


@pytest.mark.parametrize(
    ("sizes", "shares"),
    [
        ((30, 300), ((0.5, 0.0, 0.5), (0.1, 0.85, 0.05))),  # few, divided people weigh most: Kish's n covers 88 %
        ((80, 40, 20, 10), ((0.7, 0.2, 0.1), (0.5, 0.3, 0.2), (0.35, 0.3, 0.35), (0.2, 0.3, 0.5))),
    ],
)
def test_ninety_five_percent_intervals_cover(sizes, shares):
    rng, covered = np.random.default_rng(3), []
    strata = [f"s{i}" for i in range(len(sizes))]
    truth = 100 * np.mean([p - d for p, _, d in shares])
    responses = pd.DataFrame({"response_id": range(sum(sizes)), "stratum": np.repeat(strata, sizes)})
    for _ in range(120):
        drawn = [rng.choice(["promoter", "passive", "detractor"], n, p=p) for n, p in zip(sizes, shares, strict=True)]
        asked = responses.assign(category=np.concatenate(drawn))
        estimate = post_stratify(asked, "stratum", dict.fromkeys(strata, 1)).nps
        covered.append(estimate.low <= truth <= estimate.high)
    assert 0.92 <= np.mean(covered) <= 0.985


def test_n_eff_is_kish_s(who_answered):
    found = post_stratify(who_answered, "channel", {"chat": 1, "mail": 1, "phone": 1})
    assert found.n_eff == pytest.approx(found.weights.sum() ** 2 / (found.weights**2).sum())


def test_people_who_answer_alike_in_two_segments_count_once():
    answers = ["promoter"] * 20 + ["passive"] * 10 + ["detractor"] * 20
    responses = pd.DataFrame({"response_id": range(100), "category": answers * 2, "city": ["a"] * 50 + ["b"] * 50})
    known = responses.assign(respondent_id=np.tile(np.arange(50), 2).astype(str))
    alone, together = (post_stratify(table, "city", {"a": 1, "b": 1}).nps for table in (responses, known))
    width = (together.high - together.low) / (alone.high - alone.low)
    assert width == pytest.approx(np.sqrt(2))  # the standard errors of equal answers add, not their squares


def test_responses_without_score_or_segment_get_no_weight_and_are_named(who_answered):
    table = who_answered.reset_index(drop=True)
    table["category"] = table["category"].mask(table.index < 10)
    table["segment_channel"] = table["segment_channel"].mask((table.index >= 10) & (table.index < 30))
    found = post_stratify(table, "channel", {"chat": 1, "mail": 1, "phone": 1})
    assert not found.weights[:30].any()
    assert found.weights[30:].all()
    assert "left out: 20 responses without a value in 'segment_channel'" in found.notes


def test_a_small_segment_is_named_with_what_each_answer_counts(who_answered):
    phone = who_answered["segment_channel"] == "phone"
    few = who_answered[~phone | (phone.cumsum() <= 5)]
    notes = post_stratify(few, "channel", {"chat": 1, "mail": 1, "phone": 1}).notes
    assert "'phone' has 5 scored responses, each of which counts" in notes[1]


def test_few_responses_get_weights_but_no_figures():
    responses = pd.DataFrame({"response_id": range(20), "category": "promoter", "city": ["a"] * 15 + ["b"] * 5})
    found = post_stratify(responses, "city", {"a": 1, "b": 1})
    assert np.isnan(ends(found.nps)).all()
    assert found.weights.iloc[-1] == 2.0
    assert "too few: 20 scored responses, 30 people needed" in found.notes


def test_without_scores_there_are_weights_only(who_answered):
    found = post_stratify(who_answered.assign(category=None), "channel", {"chat": 1, "mail": 1, "phone": 1})
    assert found.weights.gt(0).all()
    assert np.isnan(found.nps.value)
    assert found.notes[-1] == "no scores: weights only"


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"chat": 1, "mail": 1}, "no size for 'phone' of 'segment_channel'; found chat, mail"),
        (
            {"chat": 1, "mail": 1, "phone": 1, "fone": 1},
            "no value 'fone'; found chat, mail, phone; did you mean 'phone'",
        ),
        ({"chat": 1, "mail": 1, "phone": 0}, "'phone': 0 is no size; give the number of people, above 0"),
        ({"chat": 1, "mail": 1, "phone": float("nan")}, "'phone': nan is no size"),
        ({"chat": 1, "mail": 1, "phone": "many"}, "'phone': 'many' is no size"),
        ({}, "no size for 'chat'.*found none"),
    ],
)
def test_impossible_sizes_are_refused_in_one_line(who_answered, sizes, message):
    with pytest.raises(InputError, match=message):
        post_stratify(who_answered, "channel", sizes)


def test_a_size_without_scored_responses_is_refused(who_answered):
    silent = who_answered.assign(category=who_answered["category"].mask(who_answered["segment_channel"] == "mail"))
    with pytest.raises(InputError, match="'mail' has no scored response"):
        post_stratify(silent, "channel", {"chat": 1, "mail": 1, "phone": 1})


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.floats(0.05, 0.95))
def test_the_repaired_nps_is_the_mean_of_the_segments_by_size(seed, share):
    rng = np.random.default_rng(seed)
    responses = pd.DataFrame(
        {"response_id": range(60), "city": ["a", "b", "b"] * 20, "weight": rng.uniform(0.1, 3, 60)}
    )
    responses["category"] = rng.choice(["promoter", "passive", "detractor"], 60)
    parts = [nps(part["category"], part["weight"]).value for _, part in responses.groupby("city")]
    found = post_stratify(responses, "city", {"a": share, "b": 1 - share})
    assert found.nps.value == pytest.approx(share * parts[0] + (1 - share) * parts[1])
    assert found.nps.low <= found.nps.value <= found.nps.high


# --- commenters ---


@pytest.fixture
def commented():
    responses = pd.DataFrame(
        {
            "response_id": [f"r{i}" for i in range(100)],
            "category": np.repeat(["detractor", "promoter", "passive"], [30, 50, 20]),
        }
    )
    return responses, pd.DataFrame({"response_id": [f"r{i}" for i in range(40)], "comment": "Too slow"})


def test_commenters_stand_beside_those_who_gave_only_a_score(commented):
    responses, comments = commented
    gap = response_gap(responses, comments)
    assert ends(gap.commenters) == pytest.approx(ends(nps(responses["category"][:40])))
    assert ends(gap.silent) == pytest.approx(ends(nps(responses["category"][40:])))
    assert gap.difference.value == pytest.approx(gap.commenters.value - gap.silent.value)
    assert (gap.n_commenters, gap.n_silent) == (40, 60)


def test_the_share_of_commenters_has_wilson_s_interval(commented):
    assert ends(response_gap(*commented).share) == pytest.approx(ends(wilson(0.4, 100)))


def test_a_gap_beyond_chance_is_said(commented):
    assert response_gap(*commented).notes[0].startswith("those who commented score differently")


def test_the_unhappy_who_comment_more_readily_show_as_a_gap(everybody):
    wrote = pd.DataFrame({"response_id": everybody.responses["response_id"][everybody.commented], "status": "comment"})
    assert response_gap(everybody.responses, wrote).difference.high < -20


def test_a_comment_in_another_language_is_a_comment_and_a_non_answer_is_none(commented):
    responses, comments = commented
    status = np.repeat(["comment", "other-language", "non-answer", "empty"], 10)
    assert response_gap(responses, comments.assign(status=status), SMALL).n_commenters == 20


def test_blank_and_missing_texts_are_no_comments(commented):
    responses, comments = commented
    blank = comments.assign(comment=[" ", None, "", "ok"] * 10)
    assert response_gap(responses, blank, SMALL).n_commenters == 10


def test_two_comments_of_one_response_are_one_commenter(commented):
    responses, comments = commented
    assert response_gap(responses, pd.concat([comments, comments])) == response_gap(responses, comments)


def test_where_nobody_commented_there_is_no_gap(commented):
    gap = response_gap(commented[0], commented[1].iloc[:0])
    assert np.isnan([*ends(gap.commenters), *ends(gap.difference)]).all()
    assert gap.share.value == 0
    assert gap.notes == ("too few: 0 commented, 30 people needed",)


def test_without_scores_or_responses_there_is_nothing_to_compare(commented):
    responses, comments = commented
    for table in (responses.assign(category=None), responses.iloc[:0]):
        gap = response_gap(table, comments if len(table) else comments.iloc[:0])
        assert np.isnan([gap.share.value, gap.silent.value, gap.difference.value]).all()
        assert gap.n_commenters == 0


def test_a_comment_of_an_unknown_response_is_refused(commented):
    responses, comments = commented
    with pytest.raises(InputError, match="row 1: 'r0' is not in responses"):
        response_gap(responses.iloc[50:], comments)


def test_missing_columns_are_named(commented):
    responses, comments = commented
    with pytest.raises(InputError, match="comments: no column 'comment'; found response_id, coment; did you mean"):
        response_gap(responses, comments.rename(columns={"comment": "coment"}))
    with pytest.raises(InputError, match="responses: no column 'response_id'"):
        response_gap(responses.drop(columns="response_id"), comments)


def test_a_comment_each_in_another_order_is_the_same_gap(survey):
    responses, _, _ = survey()
    says = ["Slow." if number % 3 else None for number in range(len(responses))]
    comments = pd.DataFrame({"response_id": responses["response_id"].to_numpy(), "comment": says})
    assert response_gap(responses, comments) == response_gap(responses, comments.iloc[::-1])
