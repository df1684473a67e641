"""What the help-desk should know of a respondent: the last score, what they talk about, and what is still open."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from feedback_nlp.errors import RunError
from feedback_nlp.track.followup import theme_owners

if TYPE_CHECKING:
    from feedback_nlp.track.runs import Run

_ORDER = ("date", "period", "response_id")


def context(run: "Run", earlier: Sequence["Run"] = ()) -> Iterator[dict[str, Any]]:
    """Yields one record per person who said anything that was read, sorted by contact_id; missing is None.

    contact_id (the respondent's id, or the response's where it has none), n_responses, last (response_id, score,
    category, date as ISO text, period: of the latest response, whether it says anything or not), themes (theme,
    theme_id, says: "complaint", "praise", "both" or "neutral", date, period: of the last response that mentions it;
    latest first) and open_points: what the last response that complains of or praises a theme complains of (theme,
    theme_id, statement, date, period, owner; latest first). A later praise closes a point. All texts are masked.

    Args:
        run: the latest run.
        earlier: runs of earlier periods with the same themes.

    Raises:
        RunError: an earlier run has other themes.
    """
    responses, said = _told([*earlier, run])
    owners = theme_owners(run, run.report_settings.owners)
    if said.empty:
        return
    last = responses.drop_duplicates("contact_id", keep="last").set_index("contact_id")
    counts = responses["contact_id"].value_counts()
    themes = _by_person(_themes(said))
    open_points = _open_points(said)
    open_points["owner"] = open_points["theme_id"].map(lambda theme_id: owners.get(theme_id))
    points = _by_person(open_points)
    speaking = np.sort(said["contact_id"].unique())
    latest = _records(last.loc[speaking, ["response_id", "score", "category", "date", "period"]])
    for contact_id, own in zip(speaking.tolist(), latest, strict=True):
        yield {"contact_id": contact_id, "n_responses": int(counts[contact_id]), "last": own,
               "themes": themes.get(contact_id, []), "open_points": points.get(contact_id, [])}  # fmt: skip


def _told(runs: Sequence["Run"]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Returns the responses of all runs, earliest first, and their statements of topics with who said them when."""
    latest = runs[-1]
    if any(run.model.fingerprint != latest.model.fingerprint for run in runs):
        raise RunError("an earlier run has other themes; make the later one with them: feedback-nlp run --model RUN")
    columns = ["response_id", "respondent_id", "score", "category", "date", "period"]
    responses = pd.concat([run.responses.reindex(columns=columns) for run in runs], ignore_index=True)
    responses = responses.drop_duplicates("response_id", keep="last")
    responses["contact_id"] = responses["respondent_id"].fillna(responses["response_id"])
    responses = responses.sort_values(list(_ORDER), na_position="first", kind="stable", ignore_index=True)
    responses["place"] = np.arange(len(responses))
    topics = latest.model.themes.loc[latest.model.themes["kind"] == "topic", ["theme_id", "name"]]
    mentions = pd.concat([run.mentions for run in runs], ignore_index=True).drop_duplicates(["segment_id", "theme_id"])
    said = mentions[["segment_id", "theme_id", "response_id", "text", "polarity"]].merge(
        topics.rename(columns={"name": "theme"}), on="theme_id"
    )
    return responses, said.merge(responses[["response_id", "contact_id", "date", "period", "place"]], on="response_id")


def _themes(said: pd.DataFrame) -> pd.DataFrame:
    """Returns the last that each person says of each theme, latest first."""
    flags = said.assign(complains=said["polarity"] < 0, praises=said["polarity"] > 0)
    keys = ["contact_id", "theme_id", "place"]
    found = flags.groupby(keys, as_index=False).agg(
        theme=("theme", "first"), complains=("complains", "any"), praises=("praises", "any"),
        date=("date", "first"), period=("period", "first"),
    )  # fmt: skip
    found["says"] = np.select(
        [found["complains"] & found["praises"], found["complains"], found["praises"]],
        ["both", "complaint", "praise"],
        "neutral",
    )
    last = found.sort_values([*keys[:2], "place"]).drop_duplicates(keys[:2], keep="last")
    ordered = last.sort_values(["contact_id", "place", "theme_id"], ascending=[True, False, True], kind="stable")
    return ordered[["contact_id", "theme", "theme_id", "says", "date", "period"]]


def _open_points(said: pd.DataFrame) -> pd.DataFrame:
    """Returns the strongest complaint of each theme in the last response that complains of it or praises it."""
    sided = said[said["polarity"].fillna(0.0) != 0]
    keys = ["contact_id", "theme_id"]
    newest = sided[sided["place"] == sided.groupby(keys)["place"].transform("max")]
    complaints = newest[newest["polarity"] < 0].sort_values(["polarity", "segment_id"], kind="stable")
    strongest = complaints.drop_duplicates(keys)
    ordered = strongest.sort_values(["contact_id", "place", "theme_id"], ascending=[True, False, True], kind="stable")
    columns = ["contact_id", "theme", "theme_id", "text", "date", "period"]
    return ordered[columns].rename(columns={"text": "statement"})


def _by_person(table: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for contact_id, record in zip(table["contact_id"], _records(table.drop(columns="contact_id")), strict=True):
        found.setdefault(contact_id, []).append(record)
    return found


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Returns rows as plain data: dates as ISO text, missing as None."""
    plain = {
        str(name): (column.dt.strftime("%Y-%m-%d") if pd.api.types.is_datetime64_any_dtype(column) else column)
        for name, column in table.items()
    }
    values = [column.astype(object).where(column.notna(), None).tolist() for column in plain.values()]
    return [dict(zip(plain, row, strict=True)) for row in zip(*values, strict=True)]
