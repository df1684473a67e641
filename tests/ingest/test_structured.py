"""Parquet, JSON lines and JSON arrays become text cells."""

import decimal
import io
import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.config import IngestConfig
from feedback_nlp.errors import InputError
from feedback_nlp.ingest.reading.cells import cell_text
from feedback_nlp.ingest.reading.formats import read_export
from feedback_nlp.ingest.reading.structured import read_json, read_parquet


def parquet_rows(**columns: pa.Array) -> list[list[str]]:
    content = io.BytesIO()
    pq.write_table(pa.table(columns), content)
    return list(read_parquet(content.getvalue(), "x.parquet").rows)


@pytest.mark.parametrize(
    ("array", "text"),
    [
        (pa.array([7], pa.int8()), "7"), (pa.array([2**64 - 1], pa.uint64()), "18446744073709551615"),
        (pa.array([9.0], pa.float32()), "9"), (pa.array([8.5]), "8.5"), (pa.array([float("nan")]), ""),
        (pa.array([True]), "true"), (pa.array([None], pa.null()), ""), (pa.array(["Très bien"]), "Très bien"),
        (pa.array([b"Tr\xc3\xa8s"]), "Très"), (pa.array(["a"]).dictionary_encode(), "a"),
        (pa.array([decimal.Decimal("9.00")]), "9"), (pa.array([decimal.Decimal("8.50")]), "8.50"),
        (pa.array([date(2024, 7, 1)]), "2024-07-01"), (pa.array([time(9, 30)]), "09:30:00"),
        (pa.array([datetime(2024, 7, 1)]), "2024-07-01"),  # noqa: DTZ001
        (pa.array([datetime(2024, 7, 1, 9, 30, tzinfo=UTC)]), "2024-07-01T09:30:00+00:00"),
        (pa.array([1_719_826_200_000_000_000], pa.timestamp("ns")), "2024-07-01T09:30:00"),
        (pa.array([timedelta(hours=1)]), "1:00:00"),
        (pa.array([["a", None]]), '["a", null]'),
        (pa.array([{"x": 1, "on": date(2024, 7, 1)}]), '{"x": 1, "on": "2024-07-01"}'),
        (pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int64())), '[["k", 1]]'),
    ],
)  # fmt: skip
def test_each_type_of_parquet_has_its_text(array: pa.Array, text: str) -> None:
    assert parquet_rows(id=pa.array(["1"]), value=array)[1] == ["1", text]


def test_a_parquet_file_of_many_batches_keeps_its_order() -> None:
    rows = parquet_rows(n=pa.array(range(120_000)))
    assert rows == [["n"], *([str(n)] for n in range(120_000))]


@pytest.mark.parametrize("n_bytes", [4, 20, 200, -1])
def test_a_truncated_parquet_file_is_one_clear_line(tmp_path: Path, n_bytes: int) -> None:
    pq.write_table(pa.table({"id": ["1"] * 100, "why": ["Fine"] * 100}), tmp_path / "x.parquet")
    content = (tmp_path / "x.parquet").read_bytes()
    (tmp_path / "x.parquet").write_bytes(content[:n_bytes])
    with pytest.raises(InputError, match=r"^x.parquet: not a readable Parquet file") as caught:
        read_export(tmp_path / "x.parquet", "x.parquet", IngestConfig())
    assert "\n" not in str(caught.value)


def test_a_damaged_page_of_parquet_is_one_clear_line() -> None:
    content = io.BytesIO()
    pq.write_table(pa.table({"why": [f"comment {i}" for i in range(5_000)]}), content, use_dictionary=False)
    damaged = bytearray(content.getvalue())
    damaged[200:4_000] = bytes(3_800)
    with pytest.raises(InputError, match=r"^x.parquet: not a readable Parquet file"):
        list(read_parquet(bytes(damaged), "x.parquet").rows)


@pytest.mark.parametrize("name", ["x.json", "x.txt"])
def test_a_json_array_of_objects_reads_like_lines(tmp_path: Path, name: str) -> None:
    records = [{"id": 1, "why": "Fine"}, {"id": 2, "tags": ["a"], "more": {"x": None}}]
    (tmp_path / name).write_text(json.dumps(records), encoding="utf-8")
    export = read_export(tmp_path / name, name, IngestConfig())
    assert export.source.layout == "json, utf-8"
    assert export.cells.fillna("").to_numpy().tolist() == [["1", "Fine", "", ""], ["2", "", '["a"]', '{"x": null}']]


@pytest.mark.parametrize(
    ("text", "says"),
    [("[1, 2]", "object 1: int where a JSON object"), ('[{"a": 1}', "x.json: not JSON"),
     ('{"a": 1} {', "line 1: not JSON"),
     ("[" * 100_000, "not JSON"), ('[{"a": ' + "9" * 5_000 + "}]", "a number of more than"),
     ("[]", "x.json: the file is empty"), ("[{}]", "x.json: the file is empty")],
)  # fmt: skip
def test_json_that_is_no_table_is_one_clear_line(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "x.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=says):
        read_export(tmp_path / "x.json", "x.json", IngestConfig())


_VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text('aé"\n \ud800', max_size=8)
    | st.lists(st.integers(), max_size=2)
)


@given(st.lists(st.dictionaries(st.sampled_from("abc"), _VALUES), min_size=1, max_size=6))
def test_json_lines_and_arrays_hold_the_same_cells(records: list[dict[str, Any]]) -> None:
    lines = "\n".join(json.dumps(record) for record in records)
    rows = list(read_json(lines.encode(), "x.jsonl", "utf-8").rows)
    assert rows == list(read_json(json.dumps(records).encode(), "x.json", "utf-8").rows)
    assert rows[1:] == [[cell_text(record.get(name)) for name in rows[0]] for record in records]


def test_a_number_of_hundreds_of_digits_is_not_written_out() -> None:
    assert (cell_text(1e14), cell_text(1e16), cell_text(-1e300)) == ("100000000000000", "1e+16", "-1e+300")
