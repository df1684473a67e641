"""The run folder: written whole or not at all, read back as a Run. Its layout is a contract that scripts rely on."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from feedback_nlp.errors import RunError
from feedback_nlp.folders import RUN, save_whole
from feedback_nlp.schema import FORMAT_VERSION, Drivers, Estimate
from feedback_nlp.themes import load_model
from feedback_nlp.track.runs import Run, figures_of

_TABLES = ("responses", "comments", "mentions")
_COUNTS = ("n_responses", "n_negative", "n_positive", "rank", "rank_low", "rank_high", "rank_shrunk")


def save_run(run: Run, folder: Path, *, overwrite: bool) -> Path:
    """Returns the run folder after writing every file of the contract into it."""
    return save_whole(folder, RUN, lambda beside: _write_run(run, beside), overwrite=overwrite)


def load_run(folder: str | Path) -> Run:
    """Returns the Run of a run folder.

    Raises:
        RunError: there is no run folder, a file is missing or damaged, or it has another format version.
    """
    folder = Path(folder)
    manifest = _read_json(folder / RUN, "is that a run folder?")
    version = manifest.get("format_version")
    if version != FORMAT_VERSION:
        raise RunError(f"{folder}: format version {version}, this release reads {FORMAT_VERSION}; run it again")
    tables = {name: _read_parquet(folder / f"{name}.parquet") for name in _TABLES}
    themes = pd.read_csv(folder / "themes.csv", dtype={"theme_id": "str", "parent_id": "str", "flagged": "boolean"})
    return Run(
        **tables,
        drivers=_read_drivers(folder, themes),
        model=load_model(folder / "model"),
        manifest=manifest,
        rejected=pd.read_csv(folder / "rejected.csv", dtype={"source": "str", "reason": "str", "content": "str"}),
        timings=_read_json(folder / "timings.json", "run it again"),
        report=(folder / "report.html").read_text(encoding="utf-8"),
    )


def write_json(path: Path, data: object) -> None:
    """Writes data as JSON: two spaces, UTF-8, missing numbers as null."""
    text = json.dumps(_without_nan(data), indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def _write_run(run: Run, folder: Path) -> None:
    write_json(folder / RUN, run.manifest)
    for name in _TABLES:
        getattr(run, name).to_parquet(folder / f"{name}.parquet", index=False)
    run.themes.to_csv(folder / "themes.csv", index=False, lineterminator="\n")
    write_json(folder / "drivers.json", _drivers_as_data(run.drivers))
    _covariance_as_table(run.drivers).to_parquet(folder / "covariance.parquet")
    write_json(folder / "summary.json", run.summary)
    run.rejected.to_csv(folder / "rejected.csv", index=False, lineterminator="\n")
    run.model.save(folder / "model")
    (folder / "report.html").write_text(run.report, encoding="utf-8", newline="\n")
    write_json(folder / "timings.json", run.timings)


def _drivers_as_data(drivers: Drivers) -> dict[str, Any]:
    """The additive account: nps = base + the contributions of the terms + generic + other; null without scores."""
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
    }


def _covariance_as_table(drivers: Drivers) -> pd.DataFrame:
    """Square table with the terms, "theme_id:polarity", as index and columns."""
    account = drivers.account[["theme_id", "polarity"]]
    names = [theme if pd.isna(side) else f"{theme}:{side}" for theme, side in account.itertuples(index=False)]
    return pd.DataFrame(drivers.covariance, index=pd.Index(names, dtype="str", name="term"), columns=names)


def _read_drivers(folder: Path, themes: pd.DataFrame) -> Drivers:
    data = _read_json(folder / "drivers.json", "run it again")
    columns = ["theme_id", "polarity", "share", "effect", "contribution", "standard_error"]
    ends = (data["nps"], data["interval"]["low"], data["interval"]["high"])
    return Drivers(
        table=figures_of(themes.astype(dict.fromkeys(_COUNTS, "Int64"))),
        account=pd.DataFrame(data["account"], columns=columns),
        covariance=_read_parquet(folder / "covariance.parquet").to_numpy(dtype=np.float64),
        nps=Estimate(*(float("nan") if end is None else float(end) for end in ends)),
        n=data["n"],
        notes=tuple(data["notes"]),
    )


def _read_json(path: Path, remedy: str) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise RunError(f"{path}: not found; {remedy}") from None
    except ValueError:
        raise RunError(f"{path}: no valid JSON; {remedy}") from None
    if not isinstance(data, dict):
        raise RunError(f"{path}: no JSON object; {remedy}")
    return data


def _read_parquet(path: Path) -> pd.DataFrame:
    try:
        return pd.read_parquet(path)
    except OSError as error:  # pyarrow's own errors are OSErrors or ValueErrors
        raise RunError(f"{path}: can't be read: {error}") from None
    except ValueError as error:
        raise RunError(f"{path}: damaged: {error}") from None


def _without_nan(data: object) -> object:
    if isinstance(data, dict):
        return {key: _without_nan(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_without_nan(value) for value in data]
    if isinstance(data, np.generic):
        data = data.item()
    return None if isinstance(data, float) and not np.isfinite(data) else data
