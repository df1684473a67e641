"""Dataclasses as plain data that any reader of JSON takes."""

import math
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any


def as_plain(value: Any) -> Any:
    """Returns dataclasses as dicts in the order of their fields, tuples as lists, dates as ISO text, NaN as None.

    >>> from feedback_nlp.report.summary.figure import Figure
    >>> as_plain((Figure(1.5), float("nan"), date(2024, 11, 12)))
    [{'value': 1.5, 'low': None, 'high': None}, None, '2024-11-12']
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {str(key): as_plain(own) for key, own in value.items()}
    if isinstance(value, list | tuple):
        return [as_plain(own) for own in value]
    if isinstance(value, date):
        return value.isoformat()
    return None if isinstance(value, float) and not math.isfinite(value) else value
