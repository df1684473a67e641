"""Data to files and back: JSON, tables and the figures of the drivers; what can't be read is one clear line."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from feedback_nlp.drivers.result import GROUP_COLUMNS, Drivers
from feedback_nlp.errors import RunError
from feedback_nlp.schema import FIGURES, Estimate

_COUNTS = ("n_responses", "n_negative", "n_positive", "rank", "rank_low", "rank_high", "rank_shrunk")


def write_json(path: Path, data: object) -> None:
    """Writes data as JSON: two spaces, UTF-8, missing numbers as null."""
    text = json.dumps(_without_nan(data), indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def read_json(path: Path, remedy: str) -> dict[str, Any]:
    """Returns the JSON object of a file; RunError with the remedy where there is none."""
    try:
        data = json.loads(read_text(path))
    except ValueError:
        raise RunError(f"{path}: no valid JSON; {remedy}") from None
    if not isinstance(data, dict):
        raise RunError(f"{path}: no JSON object; {remedy}")
    return data


def read_text(path: Path) -> str:
    """Returns a file's text; RunError where it can't be read."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise RunError(f"{path}: not found; is that a whole run folder?") from None
    except (OSError, UnicodeDecodeError) as error:
        raise RunError(f"{path}: can't be read: {error}") from None


def read_csv(path: Path, types: dict[str, str]) -> pd.DataFrame:
    """Returns a table of the run folder, empty cells as null; RunError where it can't be read."""
    try:
        return pd.read_csv(StringIO(read_text(path)), dtype=types, keep_default_na=False, na_values=[""])
    except ValueError as error:
        raise RunError(f"{path}: damaged: {error}") from None


def read_parquet(path: Path) -> pd.DataFrame:
    """Returns a table of the run folder; RunError where it can't be read."""
    try:
        return pd.read_parquet(path)
    except FileNotFoundError:
        raise RunError(f"{path}: not found; is that a whole run folder?") from None
    except (OSError, ValueError) as error:  # pyarrow's own errors are one or the other
        raise RunError(f"{path}: damaged: {error}") from None


def read_drivers(folder: Path) -> Drivers:
    """Returns the figures of a run folder from themes.csv, drivers.json and covariance.parquet."""
    themes = read_csv(folder / "themes.csv", {"theme_id": "str", "flagged": "boolean"})
    data = read_json(folder / "drivers.json", "run it again")
    columns = ["theme_id", "polarity", "share", "effect", "contribution", "standard_error"]
    try:
        ends = (data["nps"], data["interval"]["low"], data["interval"]["high"])
        return Drivers(
            table=themes.astype(dict.fromkeys(_COUNTS, "Int64"))[["theme_id", *FIGURES]],
            account=pd.DataFrame(data["account"], columns=columns),
            covariance=read_parquet(folder / "covariance.parquet").to_numpy(dtype=np.float64),
            nps=Estimate(*(float("nan") if end is None else float(end) for end in ends)),
            n=data["n"],
            notes=tuple(data["notes"]),
            level=float(data.get("level", 0.95)),  # runs of earlier releases have neither level nor groups
            p_worst=data.get("p_worst", {}),
            groups=pd.DataFrame(data.get("groups", []), columns=list(GROUP_COLUMNS)),
            names=dict(zip(themes["theme_id"], themes["name"].fillna(""), strict=True)),
            kinds=dict(zip(themes["theme_id"], themes["kind"], strict=True)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise RunError(f"{folder}: themes.csv or drivers.json is damaged: {error!r}; run it again") from None


def drivers_as_data(drivers: Drivers) -> dict[str, Any]:
    """Returns the additive account: nps = base + contributions of the terms + generic + other; null without scores."""
    account = drivers.account
    own = account["theme_id"].isin(["base", "generic", "other"])
    by_line = account.groupby("theme_id")["contribution"].sum()
    is_scored = len(account) > 0
    return {
        "nps": drivers.nps.value,
        "base": float(by_line["base"]) if is_scored else None,
        "terms": account[~own].astype(object).where(account[~own].notna(), None).to_dict("records"),
        "generic": float(by_line.get("generic", 0.0)) if is_scored else None,
        "other": float(by_line.get("other", 0.0)) if is_scored else None,
        "interval": {"low": drivers.nps.low, "high": drivers.nps.high},
        "n": drivers.n,
        "notes": list(drivers.notes),
        "account": account.astype(object).where(account.notna(), None).to_dict("records"),
        "level": drivers.level,
        "p_worst": dict(sorted(drivers.p_worst.items())),
        "groups": drivers.groups.to_dict("records"),
    }


def covariance_as_table(drivers: Drivers) -> pd.DataFrame:
    """Returns the square table with the terms, "theme_id:polarity", as index and columns."""
    account = drivers.account[["theme_id", "polarity"]]
    names = [theme if pd.isna(side) else f"{theme}:{side}" for theme, side in account.itertuples(index=False)]
    return pd.DataFrame(drivers.covariance, index=pd.Index(names, dtype="str", name="term"), columns=names)


def _without_nan(data: object) -> object:
    if isinstance(data, dict):
        return {key: _without_nan(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_without_nan(value) for value in data]
    if isinstance(data, np.generic):
        data = data.item()
    return None if isinstance(data, float) and not np.isfinite(data) else data
