"""Scores and what drives them: NPS, CSAT, CES, CRR with intervals, the drag of each theme, and what moved it."""

from feedback_nlp.drivers.bridge import Bridge, BridgeTotal, compare_periods
from feedback_nlp.drivers.ranking import rank_drivers
from feedback_nlp.drivers.scores import EffortScore, ces, crr, csat, nps
from feedback_nlp.drivers.simulation import Simulation, SimulationSettings, ThemeSettings, random_themes, simulate

__all__ = [
    "Bridge",
    "BridgeTotal",
    "EffortScore",
    "Simulation",
    "SimulationSettings",
    "ThemeSettings",
    "ces",
    "compare_periods",
    "crr",
    "csat",
    "nps",
    "random_themes",
    "rank_drivers",
    "simulate",
]
