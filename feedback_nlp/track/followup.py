"""Whom to ask back: detractors and passives with what they complain of, ranked by how much it goes with their score."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from feedback_nlp.errors import ConfigError, RunError, did_you_mean

if TYPE_CHECKING:
    from feedback_nlp.track.runs import Run

FOLLOW_UP_COLUMNS = (
    "rank", "contact_id", "response_id", "category", "score", "date", "period", "theme", "statement", "owner",
    "points", "points_at_least", "other_themes", "theme_id", "polarity", "confidence",
)  # fmt: skip


def follow_up(run: "Run", owners: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Returns one row per person to contact, in the order in which to do it.

    Who: everybody whose latest response is a detractor's or a passive's and complains of anything. Responses of a
    respondent count as one person; without a respondent each is its own. Who said nothing has nothing to ask back.

    In which order: by `points_at_least`, largest first; then detractors before passives, the worse score, the stronger
    words, the later date, and response_id. For each theme that a response complains of,

        points = −drag / the (weighted) share of responses that complain of it,

    how far below like responses without that complaint its score lies, on the scale where a promoter is 100 and a
    detractor −100 (drag is that, spread over all scored responses; see STATISTICS). `points_at_least` is the same
    of the drag's end nearest to 0, times the confidence that the statement is of that theme: how much, and how sure. A
    response has the sums over its themes, at most what separates its category from a promoter's (200 or 100 points);
    complaints without a ranked theme add nothing, and no figure says what a call would change.

    Args:
        run: with scores.
        owners: theme name or theme_id -> who is to follow up; a parent's owner is its themes' too. None for those of
            the run's [report.owners].

    Returns:
        The columns of FOLLOW_UP_COLUMNS. contact_id is the respondent's id, or the response's where it has none.
        theme, statement (masked), polarity, confidence: of the complaint with the most points_at_least; theme is null
        where it has no topic. owner: null where the theme has none. other_themes: the names of the others it complains
        of, parted by "; ", or null. score is in its own scale. No row where nobody complains.

    Raises:
        RunError: no score was given.
        ConfigError: an owner's theme is none of the run's.
    """
    if not run.responses["category"].notna().any():
        raise RunError("no score was given, so that nobody is a detractor or a passive; there is no one to follow up")
    owner_of = theme_owners(run, run.report_settings.owners if owners is None else owners)
    people = latest_responses(run.responses)
    people = people[people["category"].isin(["detractor", "passive"])]
    said = _complaints(run, people["response_id"])
    if said.empty:
        return pd.DataFrame(columns=list(FOLLOW_UP_COLUMNS))
    told = _main_complaints(said).merge(people, on="response_id")
    told["owner"] = pd.Series([owner_of.get(theme_id) for theme_id in told["theme_id"]], told.index, dtype="str")
    told["_passive"] = told["category"] == "passive"
    told["_worse"] = told["score"] * _direction(run.responses)
    for name in ("points", "points_at_least"):
        told[name] = told[name].clip(upper=np.where(told["_passive"], 100.0, 200.0))
    told = told.reindex(columns=[*FOLLOW_UP_COLUMNS, "_passive", "_worse"])
    order = ["points_at_least", "_passive", "_worse", "polarity", "date", "response_id"]
    told = told.sort_values(order, ascending=[False, True, True, True, False, True], kind="stable", ignore_index=True)
    told["rank"] = np.arange(1, len(told) + 1)
    return told.reindex(columns=list(FOLLOW_UP_COLUMNS))


def theme_owners(run: "Run", owners: Mapping[str, str]) -> dict[str, str]:
    """Returns theme_id -> owner, of the themes that have one, by id, by name, or by their parent's.

    Raises:
        ConfigError: a name is none of the run's themes.
    """
    themes = run.model.themes
    for name in unknown_owned(run, owners):
        near = did_you_mean(name, [*themes["theme_id"], *themes["name"]])
        raise ConfigError(f"[report.owners]: no theme '{name}'{near}; there are {', '.join(themes['name'])}")
    names = dict(zip(themes["theme_id"], themes["name"], strict=True))
    found: dict[str, str] = {}
    for theme_id, parent in zip(themes["theme_id"], themes["parent_id"], strict=True):
        of_parent = [] if pd.isna(parent) else [parent, names.get(parent, "")]
        owner = next((owners[name] for name in (theme_id, names[theme_id], *of_parent) if name in owners), None)
        if owner is not None:
            found[str(theme_id)] = owner
    return found


def unknown_owned(run: "Run", owners: Iterable[str]) -> list[str]:
    """Returns what somebody is to own according to the config, and what is no theme of the run."""
    known = {*run.model.themes["theme_id"], *run.model.themes["name"]}
    return [name for name in owners if name not in known]


def latest_responses(responses: pd.DataFrame) -> pd.DataFrame:
    """Returns the last response of each person, with contact_id in front: by date, then period, then response_id.

    A response's id never makes it one of a respondent who is called the same.
    """
    ids = responses["respondent_id"] if "respondent_id" in responses else pd.Series(None, responses.index, dtype="str")
    named = responses.assign(contact_id=ids.fillna(responses["response_id"]), _named=ids.notna())
    order = [name for name in ("date", "period", "response_id") if name in named]
    ordered = named.sort_values(order, na_position="first", kind="stable")
    last = ordered.drop_duplicates(["contact_id", "_named"], keep="last")
    return last[["contact_id", "response_id", "category", "score", *(order[:-1])]]


def _direction(responses: pd.DataFrame) -> int:
    """Returns 1 where high scores are good, −1 on a scale on which one is best."""
    means = responses.groupby("category")["score"].mean()
    return -1 if means.get("promoter", np.inf) < means.get("detractor", -np.inf) else 1


def _complaints(run: "Run", response_ids: "pd.Series[str]") -> pd.DataFrame:
    """Returns a row per response and theme it complains of: the strongest statement, with its points."""
    mentions = run.mentions
    said = mentions[(mentions["polarity"] < 0) & mentions["response_id"].isin(response_ids)]
    topics = run.model.themes.loc[run.model.themes["kind"] == "topic", ["theme_id", "name"]]
    said = said.assign(theme_id=said["theme_id"].where(said["theme_id"].isin(topics["theme_id"])))
    said = said.sort_values(["polarity", "segment_id"], kind="stable").drop_duplicates(["response_id", "theme_id"])
    told = said.merge(_per_person(run), on="theme_id", how="left").merge(topics, on="theme_id", how="left")
    least = told["least"].fillna(0.0) * told["confidence"].fillna(0.0)
    return told.assign(points=told["points"].fillna(0.0), least=least).rename(columns={"name": "theme"})


def _per_person(run: "Run") -> pd.DataFrame:
    """Returns theme_id, points and least: a theme's drag, and its end nearest 0, per one who complains of it."""
    account = run.drivers.account
    complaints = account.loc[account["polarity"] == "negative", ["theme_id", "share"]]
    table = run.drivers.table[["theme_id", "drag", "drag_high"]].merge(complaints, on="theme_id")
    share = table["share"].where(table["share"] > 0)
    return pd.DataFrame({
        "theme_id": table["theme_id"],
        "points": (-table["drag"] / share).clip(lower=0.0),
        "least": (-table["drag_high"] / share).clip(lower=0.0),
    })  # fmt: skip


def _main_complaints(said: pd.DataFrame) -> pd.DataFrame:
    """Returns a row per response: its complaint with the most points, the sums, and the names of the others."""
    ordered = said.sort_values(
        ["response_id", "least", "points", "polarity", "segment_id"], ascending=[True, False, False, True, True],
        kind="stable",
    )  # fmt: skip
    main = ordered.drop_duplicates("response_id").set_index("response_id")
    others = ordered[ordered.duplicated("response_id") & ordered["theme"].notna()]
    names: dict[str, str] = {}
    for key, theme in zip(others["response_id"], others["theme"], strict=True):  # ten times as fast as agg
        names[key] = f"{names[key]}; {theme}" if key in names else theme
    sums = said.groupby("response_id")[["points", "least"]].sum().round(1)
    told = main[["theme", "theme_id", "text", "polarity", "confidence"]].round(3).rename(columns={"text": "statement"})
    told = told.assign(points=sums["points"], points_at_least=sums["least"])
    told["other_themes"] = pd.Series([names.get(key) for key in told.index], told.index, dtype="str")
    return told.reset_index(names="response_id")
