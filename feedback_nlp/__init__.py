"""feedback_nlp: themes in open-ended survey feedback, ranked by how much each drags NPS down.

    >>> from feedback_nlp import Config
    >>> Config().themes.max_themes
    30

The public names are imported on first use, so that `import feedback_nlp` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from feedback_nlp.config import Config, load_config
    from feedback_nlp.errors import FeedbackError
    from feedback_nlp.pipeline import analyze
    from feedback_nlp.themes import ThemeModel
    from feedback_nlp.track import Run, load_run

__version__ = "0.1.0"
__all__ = ["Config", "FeedbackError", "Run", "ThemeModel", "analyze", "load_config", "load_run"]

_HOME = {
    "analyze": "pipeline",
    "Config": "config",
    "load_config": "config",
    "FeedbackError": "errors",
    "load_run": "track",
    "Run": "track",
    "ThemeModel": "themes",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'feedback_nlp' has no attribute {name!r}")
    return getattr(import_module(f"feedback_nlp.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
