"""The stages of a run: each announced as it starts and timed; the only place that looks at a clock."""

from collections.abc import Callable
from time import perf_counter
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Stages:
    """Runs functions one after another; `seconds` maps each stage's name to how long it took."""

    def __init__(self, progress: Callable[[str], None]) -> None:
        self._progress = progress
        self.seconds: dict[str, float] = {}

    def __call__(self, name: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Returns what the function returns."""
        self._progress(name)
        start = perf_counter()
        result = function(*args, **kwargs)
        self.seconds[name] = round(perf_counter() - start, 3)
        return result
