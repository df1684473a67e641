"""Scores and what drives them: NPS, CSAT, CES, CRR with intervals, the drag of each theme, and what moved it."""

from feedback_nlp.drivers.audit_file import read_audit
from feedback_nlp.drivers.benchmarks import against_benchmarks, read_benchmarks
from feedback_nlp.drivers.bridge import Bridge, BridgeTotal, compare_periods, compare_segments
from feedback_nlp.drivers.inputs import categories_of
from feedback_nlp.drivers.metrics import nps_band, score_table, sure_band
from feedback_nlp.drivers.noise import audit_confusions, audit_rates, correct_drags, correct_lifts
from feedback_nlp.drivers.ordinal import Ordinal, ordinal_drivers
from feedback_nlp.drivers.passives import nearest_passives, passive_effects
from feedback_nlp.drivers.people import (
    Contradictions,
    Experiment,
    PostStratified,
    ResponseGap,
    contradictions,
    effect_of,
    post_stratify,
    response_gap,
    retention,
    segment_table,
    segment_themes,
)
from feedback_nlp.drivers.ranking import rank_drivers
from feedback_nlp.drivers.result import Drivers
from feedback_nlp.drivers.sample_size import minimum_n, sample_size, smallest_change
from feedback_nlp.drivers.scores import EffortScore, ces, crr, csat, nps
from feedback_nlp.drivers.simulation import (
    Simulation,
    SimulationSettings,
    ThemeSettings,
    draw_audit,
    random_themes,
    simulate,
)
from feedback_nlp.drivers.what_if import WhatIf, what_if

__all__ = [
    "Bridge",
    "BridgeTotal",
    "Contradictions",
    "Drivers",
    "EffortScore",
    "Experiment",
    "Ordinal",
    "PostStratified",
    "ResponseGap",
    "Simulation",
    "SimulationSettings",
    "ThemeSettings",
    "WhatIf",
    "against_benchmarks",
    "audit_confusions",
    "audit_rates",
    "categories_of",
    "ces",
    "compare_periods",
    "compare_segments",
    "contradictions",
    "correct_drags",
    "correct_lifts",
    "crr",
    "csat",
    "draw_audit",
    "effect_of",
    "minimum_n",
    "nearest_passives",
    "nps",
    "nps_band",
    "ordinal_drivers",
    "passive_effects",
    "post_stratify",
    "random_themes",
    "rank_drivers",
    "read_audit",
    "read_benchmarks",
    "response_gap",
    "retention",
    "sample_size",
    "score_table",
    "segment_table",
    "segment_themes",
    "simulate",
    "smallest_change",
    "sure_band",
    "what_if",
]
