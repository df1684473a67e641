"""Whatever an export looks like: rows in = rows in the cells + rejected rows, and no error but one clear line."""

import bz2
import csv
import gzip
import io
import json
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_nlp.config import IngestConfig
from feedback_nlp.errors import InputError
from feedback_nlp.ingest.reading.files import list_exports
from feedback_nlp.ingest.reading.formats import Export, read_export

LONG = " ".join(map(str, range(30_000)))  # hardly packs, as real texts do
CELLS = st.sampled_from([
    "", "9", "Friendly agents", "Très déçu", "slow, rude; late | never\tagain", 'so "good"', '"', "two\nlines",
    "a\r\nb",
    "=1+1", "@cmd", "-", "日本語", "🎉", "nul\0here", "ab " * 2_000, " ", "\xa0", "NA", "{", "sep=;", "<b>", "'",
])  # fmt: skip


@dataclass(frozen=True)
class Made:
    """A generated export: its bytes, and the cells that are in it."""

    content: bytes
    width: int
    rows: list[list[str]]

    def __repr__(self) -> str:
        return f"{self.content[:300]!r} … {len(self.rows)} rows"


@st.composite
def exports(draw: st.DrawFn) -> Made:
    width = draw(st.integers(2, 6))
    rows = [
        [f"row {i}", *row]
        for i, row in enumerate(draw(st.lists(st.lists(CELLS, max_size=width), min_size=1, max_size=8)))
    ]
    if draw(st.integers(0, 9)) == 9:
        rows[0][-1] = LONG
    text = io.StringIO(newline="")
    delimiter = draw(st.sampled_from(",;\t|"))
    quoting = draw(st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
    line_end = draw(st.sampled_from(["\n", "\r\n", "\r"][: 3 if quoting == csv.QUOTE_ALL else 2]))  # else \n is bare
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=line_end)
    writer.writerows([[f"column {chr(97 + i)}" for i in range(width)], *rows])
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]))
    return Made(text.getvalue().encode(encoding), width, rows)


def packed(content: bytes, how: str) -> bytes:
    if how == "gzip":
        return gzip.compress(content)
    if how != "zip":
        return content
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("q3.csv", content)
    return archive.getvalue()


def one_line(error: InputError) -> None:
    assert "\n" not in str(error)


def read(content: bytes, name: str = "x.csv") -> Export:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        ((own, place),) = list_exports([path]).items()
        return read_export(place, own, IngestConfig())


@settings(max_examples=80, deadline=None)
@given(exports(), st.sampled_from(["bare", "gzip", "zip"]))
def test_every_row_is_in_the_cells_or_rejected_with_all_it_held(made: Made, how: str) -> None:
    export = read(packed(made.content, how))
    assert export.source.rows == len(made.rows) == len(export.cells) + len(export.rejected)
    assert sorted([*export.cells.index, *export.rejected["row"]]) == list(range(1, len(made.rows) + 1))
    for number, row in export.cells.fillna("").iterrows():
        given_cells = made.rows[number - 1]
        assert [*row][: len(given_cells)] == given_cells[: made.width]
        assert not any(given_cells[made.width :])
    for rejected in export.rejected.itertuples():
        assert [cell or "" for cell in json.loads(rejected.content).values()] == made.rows[rejected.row - 1]


@settings(max_examples=80, deadline=None)
@given(exports(), st.data())
def test_a_damaged_export_is_read_or_refused_in_one_line(made: Made, data: st.DataObject) -> None:
    content = bytearray(packed(made.content, data.draw(st.sampled_from(["bare", "gzip", "zip"]))))
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.integers(1, len(content)))]
    try:
        export = read(bytes(content))
    except InputError as error:
        one_line(error)
    else:
        assert export.source.rows == len(export.cells) + len(export.rejected)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from(["Très", "déçu", "l’été", "9", "", "ok, so", "süß"]), min_size=3, max_size=3),
        min_size=1,
        max_size=6,
    )
)
def test_a_one_byte_encoding_keeps_every_row(rows: list[list[str]]) -> None:
    rows = [[str(i), *row] for i, row in enumerate(rows)]
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["id", "score", "why", "where"], *rows])
    export = read(text.getvalue().encode("cp1252"))
    assert export.cells.fillna("").to_numpy().tolist() == rows
    assert export.source.n_repaired == 0


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".json", ".xlsx", ".parquet", ".gz", ".zip", ".ods", ".txt"])
@pytest.mark.parametrize(
    "content", [b"\0" * 500, b"\xff" * 500, b"[]", b"{", b"PK\x03\x04", b"PK\x05\x06",
                b"\x1f\x8b", b"PAR1", bz2.compress(b"x"), b'"']
)  # fmt: skip
def test_no_junk_under_any_name_makes_a_traceback(content: bytes, suffix: str) -> None:
    with pytest.raises(InputError) as caught:
        read(content, "x" + suffix)
    assert "\n" not in str(caught.value)
