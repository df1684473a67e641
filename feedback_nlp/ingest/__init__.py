"""Survey exports in, linked responses and comments out, with an account of every row.

read_exports     files or folders -> one row per answer, as text, nothing lost
link_ratings     answers -> one row per response, its comments beside it, and the ledger
inspect_export   what would be read, for a person, before anything slow starts; and a config file that says it
with_direction   whether the scores run with the words beside them
SCALES           the rating scales known by name, and their promoter / passive / detractor buckets
"""

from feedback_nlp.ingest.exports import read_exports
from feedback_nlp.ingest.inspection import Inspection, inspect_export
from feedback_nlp.ingest.linking.link import link_ratings
from feedback_nlp.ingest.scores.direction import with_direction
from feedback_nlp.ingest.scores.scales import SCALES, Scale

__all__ = ["SCALES", "Inspection", "Scale", "inspect_export", "link_ratings", "read_exports", "with_direction"]
