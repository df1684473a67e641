"""The command line: each command reads, calls one function, writes, and prints where.

Heavy imports stay inside the commands, so that `feedback-nlp --help` answers at once.
"""

from feedback_nlp.cli import exports, results, followup, deeper, models  # noqa: F401, I001 they add their commands, in this order
from feedback_nlp.cli.app import app, main

__all__ = ["app", "main"]
