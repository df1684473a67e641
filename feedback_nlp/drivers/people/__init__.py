"""People and groups: segments side by side, experiments, who stays silent, who stays a customer, who contradicts."""

from feedback_nlp.drivers.people.contradictions import Contradictions, contradictions
from feedback_nlp.drivers.people.experiments import Experiment, effect_of
from feedback_nlp.drivers.people.nonresponse import PostStratified, ResponseGap, post_stratify, response_gap
from feedback_nlp.drivers.people.retention import retention
from feedback_nlp.drivers.people.segments import segment_table, segment_themes, segments_at_once

__all__ = [
    "Contradictions",
    "Experiment",
    "PostStratified",
    "ResponseGap",
    "contradictions",
    "effect_of",
    "post_stratify",
    "response_gap",
    "retention",
    "segment_table",
    "segment_themes",
    "segments_at_once",
]
