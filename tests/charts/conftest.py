"""Small tables as the charts take them."""

import pandas as pd
import pytest

NAMES = {"t1": "Waiting time", "t2": "Billing", "t3": "Agent attitude"}


@pytest.fixture
def themes() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "theme_id": ["t2", "t1", "t3", "t4", "g1"],
            "name": ["Billing", "Waiting time", "Agent attitude", "Gift wrapping", "Generic praise"],
            "kind": ["topic", "topic", "topic", "topic", "generic"],
            "n_negative": [120, 271, 20, 3, 0],
            "n_positive": [10, 41, 300, 2, 90],
            "drag": [-2.2, -6.1, -0.4, None, None],
            "drag_low": [-3.4, -8.0, -1.1, None, None],
            "drag_high": [-0.9, -4.2, 0.3, None, None],
            "lift": [None, 0.8, 5.0, None, None],
            "lift_low": [None, None, 3.6, None, None],
            "lift_high": [None, None, 6.3, None, None],
        }
    )


@pytest.fixture
def account() -> pd.DataFrame:
    rows = [
        ("base", None, 31.0),
        ("t1", "negative", -6.0),
        ("t1", "positive", 1.0),
        ("t2", "negative", -2.0),
        ("t3", "positive", 5.0),
        ("other", "negative", -0.5),
    ]
    return pd.DataFrame(rows, columns=["theme_id", "polarity", "contribution"])


@pytest.fixture
def moves() -> pd.DataFrame:
    rows = [
        ("Billing", "complaints", -0.2, -0.9, 0.5, 0.1, -0.4, 0.6),
        ("Waiting time", "complaints", -3.0, -4.5, -1.5, -0.4, -1.4, 0.6),
        ("Agent attitude", "praise", 0.9, 0.2, 1.6, 0.3, -0.5, 1.1),
        ("Gift wrapping", "complaints", None, None, None, None, None, None),
    ]
    columns = ["name", "side", "mix", "mix_low", "mix_high", "rate", "rate_low", "rate_high"]
    return pd.DataFrame(rows, columns=columns)


@pytest.fixture
def parts() -> pd.DataFrame:
    return pd.DataFrame({"label": ["Base: the unexplained part"], "value": [-1.7], "low": [-4.0], "high": [0.6]})


@pytest.fixture
def ends() -> pd.DataFrame:
    return pd.DataFrame(
        {"label": ["NPS Q3", "NPS Q4"], "value": [27.0, 23.0], "low": [23.0, 19.0], "high": [31.0, 27.0]}
    )


@pytest.fixture
def periods() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "period": ["2024 Q2", "2024 Q3", "2024 Q4"],
            "n": [400, 8, 1450],
            "nps": [27.0, 60.0, 23.0],
            "nps_low": [23.0, 10.0, 19.0],
            "nps_high": [31.0, 90.0, 27.0],
            "too_few": [False, True, False],
        }
    )


@pytest.fixture
def over_periods() -> pd.DataFrame:
    rows = [
        (period, theme_id, NAMES[theme_id], n, share, share - 0.02, share + 0.02, n < 30)
        for period, n, shares in (
            ("Q2", 400, (0.11, 0.08, 0.02)),
            ("Q3", 8, (0.5, 0.1, 0.1)),
            ("Q4", 900, (0.15, 0.151, 0.02)),
        )
        for theme_id, share in zip(NAMES, shares, strict=True)
    ]
    columns = ["period", "theme_id", "name", "n", "complain", "complain_low", "complain_high", "too_few"]
    return pd.DataFrame(rows, columns=columns)


@pytest.fixture
def points() -> pd.DataFrame:
    rows = [
        (0.1, 0.2, "t1", 1, "On hold for an hour.", -0.7),
        (0.12, 0.21, "t1", 1, "Nobody answers.", -0.5),
        (-0.5, -0.4, "t2", 3, "", None),
        (0.9, 0.9, "", 1, "", 0.0),
        (-0.4, 0.3, "t9", 1, "A theme without a name here.", 0.4),
    ]
    return pd.DataFrame(rows, columns=["x", "y", "theme_id", "n", "text", "polarity"])


@pytest.fixture
def labels() -> pd.DataFrame:
    rows = [("t1", "Waiting time", 0.11, 0.2), ("t2", "Billing", -0.5, -0.4), ("t3", "Nobody said it", 0.0, 0.0)]
    return pd.DataFrame(rows, columns=["theme_id", "name", "x", "y"])


@pytest.fixture
def cells() -> pd.DataFrame:
    rows = [
        ("Waiting time", "phone", 300, 63, 0.21, 0.17, 0.26, True, False),
        ("Waiting time", None, 8, 4, None, None, None, None, True),
        ("Waiting time", "chat", 155, 14, 0.09, 0.05, 0.15, False, False),
        ("Billing", "phone", 300, 15, 0.05, 0.03, 0.08, False, False),
        ("Billing", None, 8, 0, None, None, None, None, True),
        ("Billing", "chat", 155, 0, 0.0, 0.0, 0.02, False, False),
    ]
    columns = ["name", "value", "n", "n_negative", "share", "share_low", "share_high", "flagged", "too_few"]
    return pd.DataFrame(rows, columns=columns)
