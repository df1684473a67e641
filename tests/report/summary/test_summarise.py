"""What a report says of a run, before it has any looks."""

from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

from feedback_nlp.drivers import rank_drivers
from feedback_nlp.report import summarise
from feedback_nlp.report.summary.groups import MOST_GROUPS, count_groups
from feedback_nlp.report.summary.pairs import pairs_of
from feedback_nlp.report.summary.sections import Rating
from feedback_nlp.track import Run


def with_themes(run: Run, themes: pd.DataFrame) -> Run:
    return replace(run, model=SimpleNamespace(themes=themes))  # type: ignore[arg-type]


def without_scores(run: Run) -> Run:
    responses = run.responses.assign(score=float("nan"), category=None)
    return replace(run, responses=responses, drivers=rank_drivers(responses, run.mentions, run.model.themes))


def test_themes_come_worst_drag_first(run: Run) -> None:
    drags = [theme.drag.value for theme in summarise(run).themes if theme.drag]
    assert drags == sorted(drags)


def test_the_worst_planted_theme_is_named_first(run: Run) -> None:
    assert summarise(run).dragging[0].name == "Waiting time"


def test_a_theme_too_rare_to_rank_comes_last_without_a_drag(run: Run) -> None:
    last = summarise(run).themes[-1]
    assert (last.name, last.drag, last.rank) == ("Gift wrapping", None, None)


def test_the_most_praised_theme_has_the_largest_lift(run: Run) -> None:
    summary = summarise(run)
    assert summary.praised is not None
    assert summary.praised.lift is not None
    assert summary.praised.lift.value == pytest.approx(run.drivers.table["lift"].max())


def test_the_account_ends_at_the_nps(run: Run) -> None:
    summary = summarise(run)
    assert summary.nps is not None
    assert summary.account[-1].value == pytest.approx(summary.nps.value, abs=1e-9)


def test_every_response_said_something_or_is_counted_as_silent(run: Run) -> None:
    summary = summarise(run)
    unknown = summary.unknown
    assert summary.n_commented + unknown.n_silent + unknown.n_non_answers + unknown.n_other_language == summary.n


def test_a_response_counts_under_the_most_it_said(run: Run) -> None:
    more = run.comments.assign(question="And what else?", comment="n/a", status="non-answer")
    changed = summarise(replace(run, comments=pd.concat([run.comments, more])))
    assert (changed.n_commented, changed.unknown.n_silent) == (summarise(run).n_commented, 0)


def test_generic_words_are_counted_and_no_theme(run: Run) -> None:
    summary = summarise(run)
    counted = {generic.name: generic.n_responses for generic in summary.unknown.generic}
    assert counted["Generic praise"] == (run.mentions["theme_id"] == "generic-praise").sum()
    assert "Generic praise" not in {theme.name for theme in summary.themes}


def test_statements_without_a_theme_are_counted(run: Run) -> None:
    assert summarise(run).unknown.n_statements_unthemed == run.mentions["theme_id"].isna().sum() > 0


def test_notes_name_themes_and_not_their_ids(run: Run) -> None:
    notes = " ".join(summarise(run).unknown.notes)
    assert "“Gift wrapping”" in notes
    assert "t08" not in notes


def test_the_row_order_does_not_matter(run: Run) -> None:
    drivers = replace(run.drivers, table=run.drivers.table.iloc[::-1])
    tables = {name: getattr(run, name).iloc[::-1] for name in ("responses", "comments", "mentions")}
    assert summarise(replace(run, drivers=drivers, **tables)) == summarise(run)


def test_the_run_is_left_as_it_was(run: Run) -> None:
    before = [table.copy() for table in (run.responses, run.comments, run.mentions, run.model.themes)]
    summarise(run)
    for old, new in zip(before, (run.responses, run.comments, run.mentions, run.model.themes), strict=True):
        pd.testing.assert_frame_equal(old, new)


def test_the_title_does_not_depend_on_the_name_of_a_file(run: Run) -> None:
    config = {**run.manifest["config"], "report": {"title": "", "n_quotes": 5}}
    assert summarise(replace(run, manifest=run.manifest | {"config": config})).title == "Survey feedback"


def test_an_empty_manifest_still_makes_a_summary(run: Run) -> None:
    summary = summarise(replace(run, manifest={}))
    assert (summary.title, summary.level, summary.unknown.n_rows_rejected) == ("Survey feedback", 0.95, 3)


def test_without_scores_themes_are_ordered_by_how_many_mention_them(run: Run) -> None:
    summary = summarise(without_scores(run))
    counts = [theme.n_responses for theme in summary.themes]
    assert summary.nps is None
    assert summary.account == ()
    assert counts == sorted(counts, reverse=True)


def test_the_order_follows_the_chosen_rank(run: Run) -> None:
    table = run.drivers.table.assign(drag_shrunk=-run.drivers.table["drag"])
    config = {**run.manifest["config"], "drivers": {"rank_by": "shrunk"}}
    changed = replace(run, drivers=replace(run.drivers, table=table), manifest=run.manifest | {"config": config})
    ranked = [theme.drag.value for theme in summarise(changed).themes if theme.drag]
    assert ranked == sorted(ranked, reverse=True)


def test_a_parent_gives_its_name_and_is_not_ranked_beside_its_parts(run: Run) -> None:
    themes = run.model.themes.copy()
    themes["parent_id"] = ["t02", *[None] * (len(themes) - 1)]
    summary = summarise(with_themes(run, themes))
    assert summary.themes[0].parent == "Reaching a person"
    assert "Reaching a person" not in {theme.name for theme in summary.themes}


def test_anchors_are_unique_even_for_odd_ids(run: Run) -> None:
    odd = {"t01": "a b", "t02": "a%20b", "t03": 'a"b'}
    themes = run.model.themes.assign(theme_id=run.model.themes["theme_id"].replace(odd))
    mentions = run.mentions.assign(theme_id=run.mentions["theme_id"].replace(odd))
    anchors = [theme.anchor for theme in summarise(with_themes(replace(run, mentions=mentions), themes)).themes]
    assert len(set(anchors)) == len(anchors)
    assert not any(sign in anchor for anchor in anchors for sign in ' "')


def test_a_small_group_gets_no_share(run: Run) -> None:
    few = run.responses.assign(segment_channel=["fax"] * 8 + ["phone"] * (len(run.responses) - 8))
    channel = count_groups(pairs_of(replace(run, responses=few)))["t01"][0]
    assert [(group.value, group.n, group.mention is None) for group in channel.groups] == [
        ("phone", len(few) - 8, False), ("fax", 8, True),
    ]  # fmt: skip


def test_group_shares_are_those_of_the_groups_own_responses(run: Run) -> None:
    phone = run.responses.loc[run.responses["segment_channel"] == "phone", "response_id"]
    said = run.mentions[(run.mentions["theme_id"] == "t01") & (run.mentions["polarity"] < 0)]["response_id"]
    groups = count_groups(pairs_of(run))["t01"][0].groups
    group = next(group for group in groups if group.value == "phone")
    assert group.complain is not None
    assert group.complain.value == pytest.approx(phone.isin(said).mean())


def test_groups_beyond_those_listed_are_counted(run: Run) -> None:
    agents = run.responses.assign(segment_agent=[f"agent {k % 20}" for k in range(len(run.responses))])
    agent = next(g for g in count_groups(pairs_of(replace(run, responses=agents)))["t01"] if g.name == "agent")
    assert (len(agent.groups), agent.n_more) == (MOST_GROUPS, 20 - MOST_GROUPS)


def test_a_response_that_says_it_twice_counts_once(run: Run) -> None:
    twice = pd.concat([run.mentions, run.mentions.assign(segment_id=run.mentions["segment_id"] + "x")])
    assert count_groups(pairs_of(replace(run, mentions=twice))) == count_groups(pairs_of(run))


def test_what_looked_odd_in_the_export_is_among_what_is_not_known(run):
    note = "5 responses say the same within minutes."
    odd = replace(run, manifest={**run.manifest, "notes": [note]})
    assert summarise(odd).unknown.suspicions == (note,)


@pytest.mark.parametrize(("verdict", "warning"), [("against", "Try 5-1."), ("agrees", ""), ("can't tell", "")])
def test_only_a_score_that_runs_against_its_words_is_a_warning(run, verdict, warning):
    facts = {**run.manifest["facts"], "direction": {"verdict": verdict, "sentence": "Try 5-1."}}
    assert summarise(replace(run, manifest={**run.manifest, "facts": facts})).warning == warning


def test_a_rating_beside_the_score_is_shown_and_an_empty_one_is_not(run):
    own = {"column": "CSAT", "kind": "csat", "n": 12, "n_unread": 0, "low": 1.0, "high": 5.0, "mean": 3.9}
    facts = {**run.manifest["facts"], "ratings": {"csat": own, "ease": {**own, "n": 0, "mean": None}}}
    shown = summarise(replace(run, manifest={**run.manifest, "facts": facts})).ratings
    assert shown == (Rating("CSAT", 12, 3.9, 1.0, 5.0),)
