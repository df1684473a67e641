"""Commands that look deeper into a finished run: what a drag means, how far it can be trusted, what else it says."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedback_nlp.cli.app import app
from feedback_nlp.cli.flags import Overwrite

if TYPE_CHECKING:
    import pandas as pd

    from feedback_nlp.track import Run

RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.", show_default=False)]
TableFile = Annotated[
    Path | None, typer.Option("--out", help="The CSV to write; printed if not given.", show_default=False)
]


@app.command()
def explain(
    run_folder: RunFolder,
    themes: Annotated[list[str] | None, typer.Argument(metavar="[THEME]...", help="Names or ids; all if none.")] = None,
) -> None:
    """Say in two plain sentences what a theme's figures mean, and what they do not mean.

    Example: feedback-nlp explain runs/q3 "Waiting time"
    """
    run = _load(run_folder)
    ranked = run.themes.loc[run.themes["drag"].notna(), "theme_id"]
    for theme_id in [_theme(run, theme) for theme in themes or ()] or ranked:
        typer.echo(run.drivers.explain(theme_id))


@app.command("what-if")
def what_if(
    run_folder: RunFolder,
    cuts: Annotated[list[str], typer.Argument(metavar="THEME=PERCENT...", help='Such as "Billing=50%".')],
) -> None:
    """Say what NPS the account gives if a share of some themes' complaints were not there, and what that leaves out.

    Example: feedback-nlp what-if runs/q3 "Waiting time=50%"
    """
    from feedback_nlp.drivers.what_if import what_if as cut_complaints

    run = _load(run_folder)
    asked = [_cut(cut) for cut in cuts]
    typer.echo(cut_complaints(run.drivers, {_theme(run, theme): share for theme, share in asked}))


@app.command()
def audit(
    run_folder: RunFolder,
    audited: Annotated[Path, typer.Argument(metavar="AUDIT", help="CSV: response_id, theme, polarity.")],
    out: TableFile = None,
    overwrite: Overwrite = False,
) -> None:
    """Correct drags for themes that were missed or found falsely, from responses that people have read.

    Example: feedback-nlp audit runs/q3 read-by-us.csv --out corrected.csv
    """
    from feedback_nlp.drivers.audit_file import read_audit
    from feedback_nlp.drivers.noise import audit_confusions, audit_rates, correct_drags

    run = _load(run_folder)
    truth, themes = read_audit(audited, run.model.themes), run.model.themes
    rates = audit_rates(run.responses, run.mentions, truth, themes, run.drivers_settings)
    corrected = correct_drags(run.drivers, rates, audit_confusions(run.responses, run.mentions, truth, themes))
    complaints = rates[rates["polarity"] == "negative"].drop(columns="polarity")
    _show(_named(run, corrected.merge(complaints, on="theme_id", how="left")), out, overwrite=overwrite)


@app.command()
def passives(
    run_folder: RunFolder,
    most: Annotated[int, typer.Option(help="Passives listed on either side.", min=1)] = 50,
    nearest: Annotated[bool, typer.Option("--nearest", help="List passives, not themes.")] = False,
    out: TableFile = None,
    overwrite: Overwrite = False,
) -> None:
    """Split each drag into detractor to passive and passive to promoter; --nearest lists the passives close to either.

    Example: feedback-nlp passives runs/q3 --nearest --out passives.csv
    """
    from feedback_nlp.drivers.passives import nearest_passives, passive_effects

    run = _load(run_folder)
    tables = (run.responses, run.mentions, run.model.themes, run.drivers_settings)
    table = nearest_passives(*tables, n=most) if nearest else _named(run, passive_effects(*tables))
    _show(table, out, overwrite=overwrite)


@app.command("second-opinion")
def second_opinion(run_folder: RunFolder, out: TableFile = None, overwrite: Overwrite = False) -> None:
    """Rank the themes again by an ordinal model with an exact Shapley split, beside the regression's drags.

    Example: feedback-nlp second-opinion runs/q3
    """
    from feedback_nlp.drivers.ordinal import ordinal_drivers

    run = _load(run_folder)
    opinion = ordinal_drivers(run.responses, run.mentions, run.model.themes, run.drivers_settings)
    _show(_named(run, opinion.table), out, overwrite=overwrite)
    for note in (opinion.comparison, *opinion.notes):
        typer.echo(f"  {note}", err=True)


@app.command()
def retention(
    run_folder: RunFolder,
    outcome: Annotated[str, typer.Argument(metavar="SEGMENT", help="The segment that says what people did later.")],
    kept: Annotated[list[str], typer.Option(help="A value that means they stayed; repeat for several.")],
    out: TableFile = None,
    overwrite: Overwrite = False,
) -> None:
    """Say how many stayed, by category of score and by theme, where a column says what people did later.

    Example: feedback-nlp retention runs/q3 renewed --kept yes
    """
    from feedback_nlp.drivers.people.retention import retention as share_kept

    run = _load(run_folder)
    table = share_kept(run.responses, outcome, kept, run.mentions, run.model.themes, run.drivers_settings)
    _show(_named(run, table), out, overwrite=overwrite)


@app.command()
def experiment(
    run_folder: RunFolder,
    group: Annotated[str, typer.Argument(metavar="SEGMENT", help="The segment that says who was treated.")],
    treated: Annotated[str, typer.Option(help="Its value for the treated.")],
    control: Annotated[str, typer.Option(help="Its value for the others.")],
    before: Annotated[str | None, typer.Option(help="The period of the baseline.", show_default=False)] = None,
    after: Annotated[str | None, typer.Option(help="The period of the effect.", show_default=False)] = None,
    out: TableFile = None,
    overwrite: Overwrite = False,
) -> None:
    """Say how NPS and complaints of the treated differ from the others', less what they differed by before.

    Example: feedback-nlp experiment runs/q3 callback --treated yes --control no
    """
    from feedback_nlp.drivers.people.experiments import effect_of

    run = _load(run_folder)
    found = effect_of(
        run.responses, group, treated, control, "period" if before or after else "", before, after,
        run.mentions, run.model.themes, run.drivers_settings,
    )  # fmt: skip
    for name in ("treated", "control", "difference", "baseline_difference", "effect"):
        estimate = getattr(found, name)
        if estimate.value == estimate.value:
            line = f"{estimate.value:.1f} ({estimate.low:.1f} to {estimate.high:.1f})"
            typer.echo(f"{name.replace('_', ' ')}: {line.replace('-', '−')}")
    for note in found.notes:
        typer.echo(f"  {note}", err=True)
    _show(_named(run, found.themes), out, overwrite=overwrite)


@app.command()
def benchmark(
    run_folder: RunFolder,
    figures: Annotated[Path, typer.Argument(metavar="FIGURES", help="CSV: industry, source, value, n, year.")],
    out: TableFile = None,
    overwrite: Overwrite = False,
) -> None:
    """Hold a run's NPS against figures of your industry: the difference, and the probability of being above.

    Example: feedback-nlp benchmark runs/q3 industry.csv
    """
    from feedback_nlp.drivers.benchmarks import against_benchmarks, read_benchmarks

    run = _load(run_folder)
    answers, settings = run.responses, run.drivers_settings
    table = against_benchmarks(
        answers["category"], read_benchmarks(figures), settings.level, answers["weight"], answers["respondent_id"],
        settings.min_group,
    )  # fmt: skip
    _show(table, out, overwrite=overwrite)


def _load(folder: Path) -> "Run":
    from feedback_nlp.track import load_run

    return load_run(folder)


def _theme(run: "Run", text: str) -> str:
    """Returns the id of the theme that has this id or name, whatever its case."""
    from feedback_nlp.errors import InputError, did_you_mean

    ids = {theme_id.casefold(): theme_id for theme_id in run.themes["theme_id"]}
    names = dict(zip(run.themes["name"].str.casefold(), run.themes["theme_id"], strict=True))
    found = ids.get(text.casefold()) or names.get(text.casefold())
    if found is None:
        raise InputError(f"no theme '{text}'{did_you_mean(text, run.themes['name'].tolist())}")
    return str(found)


def _cut(text: str) -> tuple[str, float]:
    """Returns theme and share of "Billing=50%" or "Billing=.5"."""
    from feedback_nlp.errors import InputError

    theme, equals, amount = text.rpartition("=")
    try:
        share = float(amount.rstrip("% ")) / (100 if amount.rstrip().endswith("%") else 1)
    except ValueError:
        share = -1.0
    if not equals or not 0 <= share <= 1:
        raise InputError(f"what-if: '{text}' says no theme and share; write it as 'Billing=50%'")
    return theme, share


def _named(run: "Run", table: "pd.DataFrame") -> "pd.DataFrame":
    """Returns the table with the name of each theme after its id."""
    names = run.themes.set_index("theme_id")["name"]
    named = table.copy()
    named.insert(list(table.columns).index("theme_id") + 1, "name", table["theme_id"].map(names))
    return named


def _show(table: "pd.DataFrame", out: Path | None, *, overwrite: bool) -> None:
    """Writes the table as CSV, or prints it for people: two decimals, shares with three, missing as –."""
    from feedback_nlp.cells import without_formulas
    from feedback_nlp.folders import check_file

    if out is None:
        with_lists = table.map(lambda cell: ", ".join(cell) if isinstance(cell, list) else cell)
        typer.echo(with_lists.to_string(index=False, na_rep="–", float_format=lambda value: f"{value:.3g}"))
        return
    check_file(out, overwrite=overwrite)
    without_formulas(table.map(lambda cell: "; ".join(cell) if isinstance(cell, list) else cell)).to_csv(
        out, index=False, lineterminator="\n"
    )
    typer.echo(out)
