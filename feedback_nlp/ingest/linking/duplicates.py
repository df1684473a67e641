"""Duplicates, and the rule by which they are kept, merged or rejected. Every one of them is counted.

1. **The same id twice** is one response, whose rows are merged: their comments are joined, contradicting scores are an
   error, and other contradictions are settled by value. Without an id column, but with a question and a respondent
   column, the rows of one respondent and day are one response in the same way.
2. **Identical rows** have no id to say whether they are one response or several. They are alike in every cell that is
   read (comments, score, respondent, date, weight, segments, ratings; and in every cell of the file where no comment is
   given). If a cell tells people or moments apart (a respondent, or a date with a time of day), two people can't have
   written them: `identical_rows` = "merge" (one response), "reject" (all but the first), or "keep" (one each). Without
   such a cell two people may have said the same, and the rows are kept whatever the setting.
3. **Bursts**: the same text (case, blanks and punctuation aside; at least 20 letters and digits long) from at least
   `burst_size` responses within `burst_minutes`. They may be a campaign, a script, or a form that was sent again and
   again. `bursts` = "keep", or "reject" (all but the first). Without times of day no burst can be told.
"""

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

MIN_BURST_LENGTH = 20  # characters of the folded text: shorter ones ("great service") are said by many
_NO_LETTER = re.compile(r"[\W_]+")
_KEPT_BYTES = b"abcdefghijklmnopqrstuvwxyz0123456789"
_DROPPED_BYTES = bytes(set(range(256)) - set(_KEPT_BYTES))


@dataclass(frozen=True)
class Bursts:
    """Bursts of one text. `first_of[i]` is the response that said first what response i repeats, -1 if it does not.

    `examples` are the responses of the earliest burst, in the order of time.
    """

    first_of: np.ndarray
    n_bursts: int
    n_responses: int
    examples: tuple[int, ...] = ()


def fold_text(text: str) -> str:
    """Returns the text in one case, with single blanks instead of all that is neither letter nor digit.

    >>> fold_text("Great  service - THANKS!")
    'great service thanks'
    """
    return _NO_LETTER.sub(" ", text.casefold()).strip()


def find_bursts(
    texts: pd.Series, responses: np.ndarray, moments: pd.Series, n_responses: int, size: int, minutes: float
) -> Bursts:
    """Returns the bursts among comments; the order of the comments does not matter.

    Args:
        texts: the comments, null where none.
        responses: of each comment its response, 0..n_responses - 1, in an order that does not depend on the rows.
        moments: datetime64[us] of each comment, null where no time of day is known.
        n_responses: how many responses there are.
        size: so many different responses make a burst ...
        minutes: ... if so many minutes or fewer lie between the first and the last of them (sliding window).
    """
    said = _repeated(texts, responses, moments, size)
    if len(said) < size:
        return Bursts(np.full(n_responses, -1), 0, 0)
    text, moment = said["text"].to_numpy(), said["moment"].to_numpy()
    start = np.arange(len(said) - size + 1)
    window = np.timedelta64(round(minutes * 60e6), "us")
    is_burst = (text[start] == text[start + size - 1]) & (moment[start + size - 1] - moment[start] <= window)
    # a window links `size` comments in a row; linked ones are one burst
    links = np.zeros(len(said) + 1, dtype="int64")
    np.add.at(links, start[is_burst] + 1, 1)
    np.add.at(links, start[is_burst] + size, -1)
    is_linked = np.cumsum(links[:-1]) > 0  # to the comment before
    is_member = is_linked | np.append(is_linked[1:], False)
    members = said[is_member].assign(burst=np.cumsum(~is_linked)[is_member])
    return _described(members, n_responses)


def _repeated(texts: pd.Series, responses: np.ndarray, moments: pd.Series, size: int) -> pd.DataFrame:
    """Returns text (number), moment, response of texts that `size` comments share, sorted; one per response."""
    known = np.flatnonzero((texts.notna() & moments.notna()).to_numpy(bool))
    plain = texts.iloc[known].tolist()
    # cheap first: equal texts have equal ASCII letters and digits
    keys = [text.lower().encode("utf-8", "surrogatepass").translate(None, _DROPPED_BYTES) for text in plain]
    often = {key for key, count in Counter(keys).items() if count >= size}
    chosen = [i for i, key in enumerate(keys) if key in often]
    folded = [fold_text(plain[i]) for i in chosen]
    is_long = np.array([len(text) >= MIN_BURST_LENGTH for text in folded], dtype=bool)
    place = known[np.array(chosen, dtype="int64")[is_long]]
    long_texts = np.array(folded, dtype=object)[is_long]
    frame = pd.DataFrame({
        "text": pd.factorize(long_texts, sort=True)[0],
        "moment": moments.iloc[place].to_numpy(),
        "response": responses[place],
    })  # fmt: skip
    frame = frame.sort_values(["text", "moment", "response"], ignore_index=True)
    return frame.drop_duplicates(["text", "response"], ignore_index=True)


def _described(members: pd.DataFrame, n_responses: int) -> Bursts:
    first_of = np.full(n_responses, -1)
    if members.empty:
        return Bursts(first_of, 0, 0)
    first = members.groupby("burst")["response"].transform("first").to_numpy()
    responses = members["response"].to_numpy()
    repeats = ~np.isin(responses, first)  # the first of a burst stays, even if it takes part in another
    order = np.flatnonzero(repeats)[::-1]  # of several bursts the first in order wins
    first_of[responses[order]] = first[order]
    earliest = members.sort_values(["moment", "burst"])["burst"].iloc[0]
    examples = tuple(int(i) for i in members.loc[members["burst"] == earliest, "response"])
    return Bursts(first_of, int(members["burst"].nunique()), int(members["response"].nunique()), examples)
