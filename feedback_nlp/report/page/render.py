"""The HTML page around a summary: one file, no external resource, the same bytes for the same run.

Everything a respondent, an export or a theme's name says is escaped by the template engine; the page's own style sheet
and scripts, named by their hashes, are the only ones its content security policy lets act.
"""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from feedback_nlp import numbers
from feedback_nlp.report.page import bars, shapes
from feedback_nlp.report.page.choices import choices_of
from feedback_nlp.report.page.vega import as_script_json, chart_pictures, chart_specs, runtime
from feedback_nlp.report.summary.data import Summary
from feedback_nlp.report.summary.summarise import summarise
from feedback_nlp.track import Run

# control characters and halves of surrogate pairs: not allowed in HTML, or not writable as UTF-8
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_FILTERS = ("points", "change", "percent", "count", "plural", "probability", "score", "day", "listed")


def render_report(run: Run, earlier: Sequence[Run] = ()) -> str:
    """Returns the report of a run as one self-contained HTML page; earlier runs with its themes give it a history.

    It loads nothing, needs no script to be read, and does not depend on the clock or the order of rows.
    """
    return render_summary(summarise(run, earlier))


def render_summary(summary: Summary) -> str:
    """Returns the HTML page of a summary; the drawing and wording, without any figure of its own."""
    specs, pictures = chart_specs(summary), chart_pictures(summary)
    shares = [point.complain.value for theme in summary.themes for point in theme.trend if point.complain]
    return fill(
        "report.html",
        {name: as_script_json(spec) for name, spec in specs.items()},
        summary=summary,
        pictures=pictures,
        choices=choices_of(summary),
        anchors={theme.theme_id: theme.anchor for theme in summary.themes},
        scale=bars.theme_scale(summary.themes),
        account_scale=bars.account_scale(summary.account),
        largest_share=max((theme.share.value for theme in summary.themes if theme.share), default=0.0),
        largest_trend=max(shares, default=0.0),
    )


def fill(template: str, specs: Mapping[str, Markup] | None = None, **values: Any) -> str:
    """Returns a page template filled with values, its content security policy naming what may act in it.

    Args:
        template: a file of templates/ that extends page.html.
        specs: chart id -> its specification as JSON; with any, the page carries the runtime that draws them.
        values: what the template names.
    """
    style, scripts = _asset("styles.css"), [_asset("page.js"), *([runtime()] if specs else [])]
    environment = _environment()
    page = environment.get_template(template).render(
        style=style,
        style_hash=_hash(style),
        scripts=scripts,
        script_hashes=[_hash(script) for script in scripts],
        **{"specs": specs or {}, "bars": bars, "shapes": shapes, **values},
    )
    return page.rstrip() + "\n"


def printable(value: Any) -> Any:
    """Returns text with what HTML forbids shown as "�"; anything else as it is.

    >>> printable("a\\x00b"), printable(3)
    ('a�b', 3)
    """
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", value.replace("\r\n", "\n").replace("\r", "\n"))


@cache
def _asset(name: str) -> Markup:
    text = (files("feedback_nlp.report.page") / "templates" / name).read_text(encoding="utf-8").strip()
    return Markup(text)  # noqa: S704 - a file of this package without any placeholder: nothing of a run is in it


def _hash(text: str) -> str:
    """Returns a script's or style sheet's name in a policy (Content Security Policy Level 3, hash-source)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("feedback_nlp.report.page"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {name: getattr(numbers, name) for name in _FILTERS}
    environment.globals |= {
        "interval": numbers.interval,
        "percent_of": numbers.percent_of,
        "share_change": numbers.share_change,
    }
    return environment
