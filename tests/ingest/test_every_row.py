"""No row is ever lost, doubled or a crash: random exports through reading and linking, the account checked per file."""

import csv
import gzip
import io
import tempfile
import zipfile
from pathlib import Path

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedback_nlp.config import IngestConfig, LinkConfig
from feedback_nlp.errors import InputError
from feedback_nlp.ingest import link_ratings, read_exports
from feedback_nlp.schema import Linked

TEXTS = st.one_of(
    st.sampled_from(["", "Slow reply", "n/a", "=1+1", "@SUM(A1)", 'He said "no"', "a;b,c|d\te", "a\nb", "Bien 👍"]),
    st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x00"), max_size=40),
)  # fmt: skip
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["p1", "p2", "p3", "p4", ""]),  # respondent
        st.sampled_from(["0", "5", "9", "10", "", "N/A"]),  # score
        TEXTS,
        st.sampled_from(["2024-07-01 10:00", "2024-07-01", "2024-09-30T23:59:59Z", "soon", ""]),
    ),
    min_size=1, max_size=25,
)  # fmt: skip
OPTIONS = st.builds(
    LinkConfig,
    scale=st.just("nps"),
    date_order=st.just("ymd"),
    identical_rows=st.sampled_from(["merge", "keep", "reject"]),
    bursts=st.sampled_from(["keep", "reject"]),
    burst_size=st.integers(2, 3),
)
WRAPPINGS = st.sampled_from(["plain", "gzip", "zip"])
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])
DELIMITERS = st.sampled_from([",", ";", "\t", "|"])
HEADER = ["who", "nps", "why", "when"]
ROLES = IngestConfig(comment=("why",), score="nps", respondent="who", date="when", id="none", segment=("none",))
EXAMPLES = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def write(folder: Path, rows: list[tuple[str, ...]], delimiter: str, encoding: str, wrapping: str, name: str) -> Path:
    """Writes one export and returns its path."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([HEADER, *rows])
    content = text.getvalue().encode(encoding)
    path = folder / (name + {"plain": ".csv", "gzip": ".csv.gz", "zip": ".zip"}[wrapping])
    if wrapping == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("export.csv", content)
    else:
        path.write_bytes(gzip.compress(content) if wrapping == "gzip" else content)
    return path


def linked_or_refused(paths: list[Path], options: LinkConfig) -> Linked | None:
    """What is read from the files, or None where the tool says why it can't."""
    try:
        return link_ratings(read_exports(paths, ROLES), options)
    except InputError:
        return None


def check_account(linked: Linked) -> None:
    """The ledger adds up per file and per reason, and its parts are the tables themselves."""
    ledger = linked.ledger
    assert (ledger["rows"] == ledger["responses"] + ledger["merged"] + ledger["rejected"]).all()
    assert ledger["responses"].sum() == len(linked.responses)
    assert ledger["rejected"].sum() == len(linked.rejected)
    assert not linked.rejected.duplicated(["source", "row"]).any()
    by_reason = linked.reasons.groupby(["source", "fate"])["rows"].sum()
    for row in ledger.itertuples(index=False):
        assert by_reason.get((row.source, "merged"), 0) == row.merged
        assert by_reason.get((row.source, "rejected"), 0) == row.rejected


@given(rows=ROWS, options=OPTIONS, delimiter=DELIMITERS, encoding=ENCODINGS, wrapping=WRAPPINGS)
@EXAMPLES
def test_every_row_is_behind_a_response_merged_or_rejected(rows, options, delimiter, encoding, wrapping) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder), rows, delimiter, encoding, wrapping, "export")
        linked = linked_or_refused([path], options)
    if linked is not None:
        assert linked.ledger["rows"].tolist() == [len(rows)]
        check_account(linked)


@given(first=ROWS, second=ROWS, options=OPTIONS)
@EXAMPLES
def test_the_account_holds_for_each_of_two_files(first, second, options) -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = [write(Path(folder), rows, ",", "utf-8", "plain", name) for name, rows in [("a", first), ("b", second)]]
        linked = linked_or_refused(paths, options)
    if linked is not None:
        assert linked.ledger["rows"].tolist() == [len(first), len(second)]
        check_account(linked)


@given(rows=ROWS, options=OPTIONS)
@EXAMPLES
def test_a_rejected_row_can_be_corrected_and_run_again(rows, options) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder), [*rows, ("p9", "9", "Good", "")], ",", "utf-8", "plain", "export")
        before = linked_or_refused([path], options)
        if before is None or before.rejected.empty:
            return
        rejected = before.rejected
        again = Path(folder) / "rejected.csv"
        corrected = [text.replace('"nps": null', '"nps": "10"') for text in rejected["content"]]
        rejected.assign(content=corrected).to_csv(again, index=False)
        linked = linked_or_refused([again], options)
    if linked is not None:
        assert linked.ledger["rows"].sum() == len(rejected)
        check_account(linked)


@given(rows=ROWS, options=OPTIONS, seed=st.integers(0, 5))
@EXAMPLES
def test_the_order_of_rows_changes_no_table(rows, options, seed) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shuffled = pd.DataFrame(rows).sample(frac=1, random_state=seed).itertuples(index=False, name=None)
        tables = []
        for number, own in enumerate([rows, list(shuffled)]):
            own_folder = Path(folder) / str(number)
            own_folder.mkdir()
            tables.append(linked_or_refused([write(own_folder, own, ",", "utf-8", "plain", "e")], options))
    if tables[0] is None or tables[1] is None:
        assert tables == [None, None]
        return
    pd.testing.assert_frame_equal(tables[0].responses, tables[1].responses)
    pd.testing.assert_frame_equal(tables[0].comments, tables[1].comments)
