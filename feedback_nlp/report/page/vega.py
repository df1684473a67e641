"""The page's interactive charts: their specifications, their pictures without script, and the script that draws them.

How a page shows them::

    specs, pictures = chart_specs(summary), chart_pictures(summary)
    <figure class="chart" id="chart-ID">
      <div class="vega" data-chart="ID" role="img" aria-label="…">{{ pictures[ID] }}</div>
      <figcaption>…</figcaption>
    </figure>
    <script type="application/json" id="spec-ID">{{ as_script_json(specs[ID]) }}</script>   for each ID
    <script>{{ runtime() }}</script>                                                        last, its hash in the policy

for the ids that `chart_specs` has: "trend" (NPS), "complaints" (shares per theme; stands below the trend), "bridge",
"map". All three results are safe where they stand and must not be escaped again; only what `runtime` returns needs a
hash, for a browser does not run JSON. The script needs neither `eval` nor a style sheet of its own ('unsafe-inline'
styles or none). Colours are the page's CSS variables (`charts.palette.css_variables`), so that a dark page has dark
charts. The page's own rules for svg and text must not reach `.vega svg`: they win over what Vega writes.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd
from markupsafe import Markup

from feedback_nlp.charts.palette import PAGE
from feedback_nlp.charts.style import Look, records
from feedback_nlp.charts.waterfall import walk_rows
from feedback_nlp.report.page.chart_tables import bridge_of, complaints_of, map_of, trend_of
from feedback_nlp.report.page.map_picture import map_picture
from feedback_nlp.report.summary.data import Summary

_Made = tuple[Any, dict[str, pd.DataFrame]]
_IN_PAGE = Look(PAGE, "container", for_page=True)
_PICTURE = Look(PAGE, 720, for_page=True)


def chart_specs(summary: Summary) -> dict[str, dict[str, Any]]:
    """Returns chart id -> its Vega specification, compiled, for the charts that the summary has data for.

    Ids: "trend", "complaints" (both with two periods or more), "bridge", "map". The same summary gives the same bytes.
    """
    specs = {name: _compiled(*made) for name, made in _charts(summary, _IN_PAGE).items()}
    if "map" in specs:
        specs["map"] = _with_height(specs["map"], "containerSize()[0] < 560 ? 400 : 600")
    return specs


def chart_pictures(summary: Summary) -> dict[str, Markup]:
    """Returns chart id -> the chart as inline SVG, for the ids of `chart_specs`: what stands there without script."""
    charts = _charts(summary, _PICTURE)
    pictures = {name: _picture(_compiled(*made)) for name, made in charts.items() if name != "map"}
    return pictures | ({"map": map_picture(*map_of(summary))} if "map" in charts else {})


def as_script_json(spec: dict[str, Any]) -> Markup:
    r"""Returns a specification as JSON that can stand in a script element whatever texts are in it.

    >>> as_script_json({"text": "</script>"})
    Markup('{"text":"\\u003c/script>"}')
    """
    text = json.dumps(spec, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704 - no "<" is left, and nothing ends the element


@cache
def runtime() -> Markup:
    """Returns the script that draws the charts of a page: Vega's runtime and the page's own driver, 450 kB of ASCII."""
    folder = files("feedback_nlp.report.page") / "templates"
    parts = [(folder / name).read_text(encoding="utf-8").strip() for name in ("vega_runtime.js", "vega_page.js")]
    return Markup("\n".join(parts))  # noqa: S704 - files of this package; a test holds that no "</" is in them


def _charts(summary: Summary, look: Look) -> dict[str, _Made]:
    """Returns id -> chart and its tables by name, in the order of the page."""
    from feedback_nlp import charts

    made: dict[str, _Made] = {}
    if summary.trend:
        periods = trend_of(summary)
        made["trend"] = charts.trend_chart(periods, look), {"periods": periods}
    shares = complaints_of(summary)
    if len(shares):
        made["complaints"] = charts.complaints_chart(shares, look), {"shares": shares}
    if summary.bridge and summary.bridge.nps_a and summary.bridge.nps_b:
        walk = bridge_of(summary.bridge)
        made["bridge"] = charts.bridge_chart(walk, look), {"walk": walk_rows(walk)}
    if summary.map and summary.map.points:
        points, names = map_of(summary)
        made["map"] = charts.map_chart(points, names, look), {"points": points, "names": names}
    return made


def _compiled(chart: Any, tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """Returns the chart as Vega with its rows in it; charts of a page name their tables (`charts.style.source`)."""
    import vl_convert

    spec: dict[str, Any] = vl_convert.vegalite_to_vega(chart.to_dict(validate=False))
    spec.pop("$schema", None)  # an address that nobody asks for, but which looks like a request
    for data in spec["data"]:
        if data["name"] in tables:
            data["values"] = records(tables[data["name"]])
    return spec


def _with_height(spec: dict[str, Any], height: str) -> dict[str, Any]:
    """Returns the specification with a height that follows its place, as the width of each chart does."""
    signal = {"name": "height", "init": height, "on": [{"update": height, "events": "window:resize"}]}
    return {key: value for key, value in spec.items() if key != "height"} | {"signals": [*spec["signals"], signal]}


def _picture(spec: dict[str, Any]) -> Markup:
    """Returns the drawn specification as SVG; the page's style sheet lets it shrink with its place."""
    import vl_convert

    drawn: str = vl_convert.vega_to_svg(spec)
    # Vega escapes texts
    return Markup(drawn.replace("<svg ", '<svg aria-hidden="true" ', 1))  # noqa: S704
