"""Charts of plain tables, for reports and notebooks: the data behind each, and an Altair chart of it."""

from feedback_nlp.charts.drivers import drivers_chart, drivers_data
from feedback_nlp.charts.heat import segments_chart, segments_data
from feedback_nlp.charts.map import map_chart, map_data, map_labels
from feedback_nlp.charts.palette import DARK, LIGHT, PAGE, Colours, css_variables
from feedback_nlp.charts.style import Look
from feedback_nlp.charts.trend import complaints_chart, complaints_data, trend_chart, trend_data
from feedback_nlp.charts.waterfall import account_chart, account_data, bridge_chart, bridge_data

__all__ = [
    "DARK",
    "LIGHT",
    "PAGE",
    "Colours",
    "Look",
    "account_chart",
    "account_data",
    "bridge_chart",
    "bridge_data",
    "complaints_chart",
    "complaints_data",
    "css_variables",
    "drivers_chart",
    "drivers_data",
    "map_chart",
    "map_data",
    "map_labels",
    "segments_chart",
    "segments_data",
    "trend_chart",
    "trend_data",
]
