"""Audits of a simulated world: what people who read a random sample of its comments would write down."""

import numpy as np
import pandas as pd

from feedback_nlp.drivers.simulation.world import Simulation
from feedback_nlp.errors import ConfigError


def draw_audit(world: Simulation, n: int, seed: int = 0) -> pd.DataFrame:
    """Returns the true mentions of n responses drawn at random: response_id, theme_id, polarity, as `read_audit` does.

    A response that mentions nothing has one row without theme and polarity. Sorted by response and theme.

    Raises:
        ConfigError: n is below 1, or above the number of responses.

    >>> from feedback_nlp.drivers.simulation.world import simulate
    >>> draw_audit(simulate(50), n=20, seed=1)["response_id"].nunique()
    20
    """
    ids = world.responses["response_id"]
    if not 1 <= n <= len(ids):
        raise ConfigError(f"draw_audit: n is {n}, must lie in 1–{len(ids)}, the responses of the world")
    rng = np.random.default_rng([seed, 8])  # apart from the streams of `simulate`
    chosen = pd.DataFrame({"response_id": np.sort(rng.permutation(ids.to_numpy(dtype=object))[:n])}, dtype="str")
    audit = chosen.merge(world.true_mentions, on="response_id", how="left")
    return audit.sort_values(["response_id", "theme_id", "polarity"], ignore_index=True)
