"""The HTML page around a summary: one file, no external resource, the same bytes for the same run.

Everything a respondent, an export or a theme's name says is escaped by the template engine; the page's own script is
the only one its content security policy lets run.
"""

import base64
import hashlib
import re
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from feedback_nlp import numbers
from feedback_nlp.report.page import bars
from feedback_nlp.report.summary.data import Summary
from feedback_nlp.report.summary.summarise import summarise
from feedback_nlp.track import Run

# control characters and halves of surrogate pairs: not allowed in HTML, or not writable as UTF-8
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_FILTERS = ("points", "change", "percent", "count", "plural", "probability", "score", "day", "listed")


def render_report(run: Run) -> str:
    """Returns the report of a run as one self-contained HTML page.

    It loads nothing, needs no script to be read, and does not depend on the clock or the order of rows.
    """
    return render_summary(summarise(run))


def render_summary(summary: Summary) -> str:
    """Returns the HTML page of a summary; the drawing and wording, without any figure of its own."""
    account_scale = bars.account_scale(summary.account)
    return fill(
        "report.html",
        summary=summary,
        scale=bars.theme_scale(summary.themes),
        account_scale=account_scale,
        bars=bars,
        largest_share=max((theme.share.value for theme in summary.themes if theme.share), default=0.0),
    )


def fill(template: str, **values: Any) -> str:
    """Returns a page template filled with values, its content security policy naming the hash of its script."""
    environment = _environment()
    script = environment.get_template("open_theme.js").render().strip()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    # the script is a file of this package without any placeholder, so nothing of the run is in it
    page = environment.get_template(template).render(script=Markup(script), script_hash=digest, **values)  # noqa: S704
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
