"""An inspection as one screen of text; what it quotes from an export can't control the terminal."""

import textwrap
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from feedback_nlp.ingest.inspection import Column, Inspection

_MAX_LINES = 8  # per list, so that all fits one screen
_WIDTH = 118
_MAX_NAME = 60
_ROLES = ("id", "respondent", "date", "score", "rating", "comment", "question", "weight", "segment")


def screen(seen: "Inspection") -> str:
    """Returns what a person wants to know of an export before running it, in about forty lines."""
    parts: list[tuple[str, Iterable[str]]] = [("files", _files(seen)), (_columns_title(seen), _columns(seen))]
    if seen.problem:
        parts.append(("problem", [seen.problem, *([seen.suggestion] if seen.suggestion else [])]))
        parts.append(("columns in the file", _all_columns(seen.candidates)))
    if seen.facts:
        parts += [("score", _score(seen)), ("comments", _comments(seen))]
        parts += [("periods", _counted(seen.periods, "response"))]
        parts += [("rows = responses + merged + rejected", _rows(seen))]
    elif seen.questions:
        parts.append(("comments", _comments(seen)))
    parts.append(("suspicious", [f"- {note}" for note in seen.notes[:_MAX_LINES]] + _more(seen.notes)))
    return "\n".join(line for title, lines in parts for line in _section(title, list(lines)))


def _section(title: str, lines: list[str]) -> Iterator[str]:
    if not lines:
        return
    yield title
    for line in lines:
        plain = "".join(character if character.isprintable() else " " for character in line)
        hanging = "    " if line.startswith("- ") else "      "
        yield from textwrap.wrap(plain, _WIDTH, initial_indent="  ", subsequent_indent=hanging, break_on_hyphens=False)


def _files(seen: "Inspection") -> Iterator[str]:
    for source in seen.sources[:_MAX_LINES]:
        repaired = f"; {source.n_repaired:,} lines repaired" if source.n_repaired else ""
        yield f"{source.name}: {source.rows:,} rows ({source.layout}{repaired})"
    if len(seen.sources) > _MAX_LINES:
        rest = seen.sources[_MAX_LINES:]
        yield f"… and {len(rest):,} more: {sum(source.rows for source in rest):,} rows"


def _columns_title(seen: "Inspection") -> str:
    n_used = len({column for own in seen.roles.values() for column in own})
    return f"columns: {len(seen.columns):,}, {n_used} of them with a role"


def _columns(seen: "Inspection") -> Iterator[str]:
    for role in sorted(seen.roles, key=lambda role: _ROLES.index(role) if role in _ROLES else len(_ROLES)):
        names = ", ".join(_short(name) for name in seen.roles[role])
        why = f"   (guessed: {seen.guessed[role]})" if role in seen.guessed else ""
        yield f"{role:<10} {names}{why}"
    used = {column for own in seen.roles.values() for column in own}
    others = [_short(column) for column in seen.columns if column not in used]
    if seen.roles and others:
        more = f" and {len(others) - _MAX_LINES:,} more" if len(others) > _MAX_LINES else ""
        yield f"{'not used':<10} {', '.join(others[:_MAX_LINES])}{more}"


def _all_columns(columns: Iterable["Column"]) -> list[str]:
    """Every column with what it holds, the most varied first: what a person needs to name the right one."""
    ordered = sorted(columns, key=lambda column: -column.n_distinct)
    lines = [
        f"{_short(own.name)}: {own.n_filled:,} filled, {own.n_distinct:,} different, e.g. '{_short(own.example)}'"
        for own in ordered[: 2 * _MAX_LINES]
    ]
    more = len(ordered) - len(lines)
    return [*lines, f"… and {more:,} more"] if more else lines


def _score(seen: "Inspection") -> Iterator[str]:
    facts = seen.facts
    if not facts["scale"]:
        yield "none: themes without drivers"
        return
    guess = facts["scale_guessed"]
    yield f"scale {facts['scale']}" + (f"   (guessed: {guess})" if guess else "")
    for category, counts in seen.scores.items():
        values = [f"{score} x {count:,}" for score, count in counts.items()]
        more = " …" if len(values) > _MAX_LINES else ""
        yield f"{category:<10} {sum(counts.values()):>7,}   {', '.join(values[:_MAX_LINES])}{more}"
    if seen.direction:
        yield f"direction: {seen.direction.sentence()}"
    if n_outside := facts["n_scores_outside"]:
        yield f"{n_outside:,} outside the scale: {', '.join(facts['scores_outside'])}"
    for rating in facts.get("ratings", {}).values():
        mean = "" if rating["mean"] is None else f", mean {rating['mean']:.2f}"
        span = f"{rating['low']:g} to {rating['high']:g}" if rating["n"] else "nothing readable"
        yield f"beside it: {_short(rating['column'])} ({rating['kind']}): {span}, {rating['n']:,} answers{mean}"


def _comments(seen: "Inspection") -> Iterator[str]:
    yield from _counted(seen.questions, "answer")
    if not seen.comments:
        return
    yield f"of {seen.n_looked_at:,} looked at: " + "; ".join(_figures(seen.comments))


def _figures(counts: dict[str, Any]) -> Iterator[str]:
    """Counts as words: "non-answers 12 (phrase 10, emoji 2)"; zero is left out."""
    for name, value in counts.items():
        said = name.replace("_", " ")
        if isinstance(value, dict):
            own = {key: count for key, count in value.items() if count}
            if own:
                shown = sorted(own.items(), key=lambda item: (-item[1], item[0]))[:_MAX_LINES]
                yield f"{said} {sum(own.values()):,} ({', '.join(f'{key} {count:,}' for key, count in shown)})"
        elif value:
            yield f"{said} {value:,}"


def _rows(seen: "Inspection") -> Iterator[str]:
    for row in seen.ledger.head(_MAX_LINES).itertuples(index=False):
        yield f"{row.source}: {row.rows:,} = {row.responses:,} + {row.merged:,} + {row.rejected:,}"
    if len(seen.ledger) > 1:
        total = seen.ledger[["rows", "responses", "merged", "rejected"]].sum()
        yield f"all: {total['rows']:,} = {total['responses']:,} + {total['merged']:,} + {total['rejected']:,}"
    yield from (f"{fate}: {reason}: {count:,}" for fate, reason, count in _by_reason(seen.reasons))


def _by_reason(reasons: pd.DataFrame) -> list[tuple[str, str, int]]:
    if reasons.empty:
        return []
    counts = reasons.groupby(["fate", "reason"])["rows"].sum().reset_index()
    first = counts.sort_values("rows", ascending=False, kind="stable").head(_MAX_LINES).to_dict("records")
    return [(row["fate"], row["reason"], int(row["rows"])) for row in first]


def _counted(counts: dict[str, int], unit: str) -> list[str]:
    lines = [f"{_short(name)}: {_number(count, unit)}" for name, count in list(counts.items())[:_MAX_LINES]]
    rest = list(counts.values())[_MAX_LINES:]
    return [*lines, f"… and {len(rest):,} more: {_number(sum(rest), unit)}"] if rest else lines


def _number(count: int, unit: str) -> str:
    return f"{count:,} {unit}" if count == 1 else f"{count:,} {unit}s"


def _more(notes: tuple[str, ...]) -> list[str]:
    return [f"… and {len(notes) - _MAX_LINES:,} more"] if len(notes) > _MAX_LINES else []


def _short(name: str) -> str:
    """Returns a name on one line, cut where it is longer than 60 characters.

    >>> _short("Why that\\nscore?")
    'Why that score?'
    """
    plain = " ".join(name.split())
    return plain if len(plain) <= _MAX_NAME else f"{plain[: _MAX_NAME - 1]}…"
