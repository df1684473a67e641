"""Made-up surveys whose true drag is known: tables of scores and mentions, and exports with comments in words."""

from feedback_nlp.drivers.simulation.audits import draw_audit
from feedback_nlp.drivers.simulation.settings import SimulationSettings, ThemeSettings, random_themes
from feedback_nlp.drivers.simulation.world import Simulation, simulate

__all__ = ["Simulation", "SimulationSettings", "ThemeSettings", "draw_audit", "random_themes", "simulate"]
