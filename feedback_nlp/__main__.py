"""`python -m feedback_nlp` is `feedback-nlp`."""

from feedback_nlp.cli import main

main()
