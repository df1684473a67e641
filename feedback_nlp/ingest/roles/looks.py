"""The columns of an export as the guesses see them: folded names, question texts, and counts of a sample of rows."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa

from feedback_nlp.ingest.dates.columns import is_date_text
from feedback_nlp.ingest.scores.labels import no_answers
from feedback_nlp.ingest.scores.scales import NULL_WORDS, is_score_text
from feedback_nlp.ingest.scores.values import folded as value_words

_MAX_NAME = 300  # characters of a name that are looked at
_SAMPLE = 5_000  # rows; counts of so many tell a column's kind
_MAX_ANSWER = 60  # characters of an answer that is chosen from a list
_MIN_TYPED = 0.1  # different texts per text, where people type them
_SHOWN_COLUMNS, _SHOWN_CHARACTERS = 12, 40
_SERIAL = re.compile(r"[2-7]\d{4}(?:\.\d{1,12})?")  # days since 1899-12-30, as Excel counts: 1954 to 2118
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,15})?")


class Looks:
    """What is known of the columns of `cells` (text or null); `labels` gives the question texts of some of them.

    Shares and lengths come from a sample of about 5,000 rows, chosen by their content, so that neither the order of
    the rows nor their number matters much.
    """

    def __init__(self, cells: pd.DataFrame, labels: Mapping[str, str] | None = None) -> None:
        self.cells = cells
        self.labels = labels or {}
        self._counts: dict[str, Counter[str]] = {}

    @cached_property
    def names(self) -> dict[str, tuple[str, ...]]:
        """Returns for each column its folded name and, if it has one, its folded label."""
        given = {column: (column, self.labels.get(column, "")) for column in self.cells.columns}
        return {column: tuple(folded(name) for name in own if name) for column, own in given.items()}

    @cached_property
    def sample(self) -> pd.DataFrame:
        """Returns the rows that the shares and lengths are computed from."""
        return sample_rows(self.cells, _SAMPLE)

    def named(self, pattern: str, columns: Iterable[str], unless: str = "") -> list[str]:
        """Returns the columns whose name or label the pattern matches as a whole, and `unless` matches neither."""
        wanted, unwanted = re.compile(pattern), re.compile(unless or r"(?!)")
        return [
            column
            for column in columns
            if any(wanted.fullmatch(name) for name in self.names[column])
            and not any(unwanted.fullmatch(name) for name in self.names[column])
        ]

    def counts(self, column: str) -> Counter[str]:
        """Returns how often each value occurs in the sample, outer blanks stripped, nulls and NULL_WORDS left out."""
        if column not in self._counts:
            texts = pa.Array.from_pandas(self.sample[column]).to_pylist()
            counts = Counter(text.strip() for text in texts if text is not None)
            self._counts[column] = Counter({text: n for text, n in counts.items() if text.casefold() not in NULL_WORDS})
        return self._counts[column]

    def share(self, column: str, holds: Callable[[str], bool]) -> float:
        """Returns the share (0 to 1) of the cells that say something for which `holds` is true; 0 if none does."""
        return _share(self.counts(column), holds)

    def mean_length(self, column: str) -> float:
        """Returns the mean number of characters of the cells that say something; 0 if none does."""
        return self.text_length(column) / self.counts(column).total() if self.counts(column) else 0.0

    def text_length(self, column: str) -> int:
        """Returns the number of characters of all cells of the sample that say something."""
        return sum(len(text) * n for text, n in self.counts(column).items())

    def is_unique(self, column: str) -> bool:
        """Returns whether no cell is missing and none occurs twice."""
        values = self.cells[column]
        return bool(values.notna().all() and values.is_unique)

    def is_unique_by(self, column: str, question: str) -> bool:
        """Returns whether no cell is missing and none occurs twice beside the same cell of `question`."""
        is_complete = self.cells[column].notna().all() and self.cells[question].notna().all()
        return bool(is_complete and not self.cells.duplicated([column, question]).any())

    def is_scores(self, column: str) -> bool:
        """Returns whether the values are numbers or words of a rating scale, but for those that say "no answer"."""
        return _share(self._rated(column), is_score_text) >= 0.8

    def is_rating(self, column: str) -> bool:
        """Returns whether the values are scores from 0 to 100 or words, 2 to 101 different ones, not only 0 and 1."""
        values = self._rated(column)
        if not 2 <= len(values) <= 101 or set(values) <= {"0", "1", "0.0", "1.0"}:
            return False
        return _share(values, _is_small_score) >= 0.8

    def _rated(self, column: str) -> Counter[str]:
        return Counter({text: n for text, n in self.counts(column).items() if not _is_no_answer(text)})

    def is_dates(self, column: str) -> bool:
        """Returns whether the values are dates, or the days that Excel counts."""
        return self.share(column, lambda text: is_date_text(text) or bool(_SERIAL.fullmatch(text))) >= 0.8

    def is_text(self, column: str) -> bool:
        """Returns whether most values are no scores."""
        return self.share(column, lambda text: not is_score_text(text)) > 0.5

    def is_free_text(self, column: str) -> bool:
        """Returns whether enough values are several words, no dates, and not the few texts of a list of options."""
        counts = self.counts(column)
        if len(counts) < max(_MIN_TYPED * counts.total(), min(2, counts.total())):
            return False
        return self.share(column, lambda text: " " in text.strip() and not is_date_text(text)) > 0.3

    def is_varied(self, column: str) -> bool:
        """Returns whether most texts differ, as typed ones do and chosen ones do not."""
        counts = self.counts(column)
        return len(counts) > 0.5 * counts.total()


def plain_name(name: str) -> str:
    """Returns a column's name as lower-case words.

    >>> plain_name("ResponseId"), plain_name("Response_ID "), plain_name("How likely … recommend?")
    ('response id', 'response id', 'how likely recommend')
    >>> plain_name("NPSScore")
    'nps score'
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})", " ", name)
    return re.sub(r"[\W_]+", " ", spaced).strip().lower()


def folded(name: str) -> str:
    """Returns the lower-case words of a name without accents; "#" alone stays.

    >>> folded("Número_de Cliente"), folded("Begründung"), folded(" # ")
    ('numero de cliente', 'begrundung', '#')
    """
    apart = unicodedata.normalize("NFKD", plain_name(name[:_MAX_NAME]))
    return "".join(letter for letter in apart if not unicodedata.combining(letter)) or name.strip()[:1]


def shown(names: Sequence[str]) -> str:
    """Returns the names in a row for an error, the first 12 if there are more.

    >>> shown(["id", "why"])
    'id, why'
    """
    names = [" ".join(name.split()) for name in names]
    names = [name if len(name) <= _SHOWN_CHARACTERS else f"{name[:_SHOWN_CHARACTERS]}…" for name in names]
    more = f" and {len(names) - _SHOWN_COLUMNS} more" if len(names) > _SHOWN_COLUMNS else ""
    return ", ".join(names[:_SHOWN_COLUMNS]) + more


def sample_rows(cells: pd.DataFrame, size: int) -> pd.DataFrame:
    """Returns about `size` rows, all if there are less than twice as many; the same whatever their order.

    A row is in the sample if the hash of its two columns with most text is small; alike rows go together. Should the
    sample be far smaller than asked for, as the rows hardly differ, it is all rows.
    """
    if len(cells) < 2 * size:
        return cells
    heaviest = sorted(cells.columns, key=lambda column: (-cells[column].memory_usage(index=False, deep=False), column))[
        :2
    ]
    hashes = np.zeros(len(cells), dtype="uint64")
    for column in heaviest:
        texts = cells[column].fillna("").to_numpy(dtype=object)
        hashes = hashes * np.uint64(31) + pd.util.hash_array(texts, categorize=False)
    # the upper bits of a second hash: sums of equal hashes would else repeat a pattern
    is_in = pd.util.hash_array(hashes) < np.uint64(2**64 // len(cells) * size)
    return cells[is_in] if is_in.sum() > size / 4 else cells


def _share(counts: Counter[str], holds: Callable[[str], bool]) -> float:
    return sum(n for text, n in counts.items() if holds(text)) / counts.total() if counts else 0.0


def _is_no_answer(text: str) -> bool:
    return len(text) <= _MAX_ANSWER and value_words(text) in no_answers()


def _is_small_score(text: str) -> bool:
    if _NUMBER.fullmatch(text):
        return 0 <= float(text.replace(",", ".")) <= 100
    return is_score_text(text)
