"""The rejected.csv of a run is read as the rows it holds, so that they can be corrected and run again."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_nlp.config import IngestConfig
from feedback_nlp.errors import InputError
from feedback_nlp.ingest.reading.cells import REJECTED_COLUMNS, to_json
from feedback_nlp.ingest.reading.formats import Export, read_export
from feedback_nlp.ingest.reading.rejects import restored


def rejected_csv(path: Path, contents: list[str]) -> Path:
    table = pd.DataFrame(
        {"source": "q3.csv", "row": range(5, 5 + len(contents)), "reason": "empty row", "content": contents}
    )
    table.to_csv(path, index=False, lineterminator="\n")  # as a run folder writes it
    return path


def read(path: Path) -> Export:
    return read_export(path, path.name, IngestConfig())


def test_the_rows_come_back_as_they_stood(tmp_path: Path) -> None:
    contents = [
        '{"id": "1", "score": null, "why": "=SUM(A1) said \\"no\\"\\nand hung up"}',
        '{"id": "2", "score": "9"}',
    ]
    export = read(rejected_csv(tmp_path / "rejected.csv", contents))
    assert list(export.cells.columns) == ["id", "score", "why"]
    assert export.cells.fillna("").to_numpy().tolist() == [["1", "", '=SUM(A1) said "no"\nand hung up'], ["2", "9", ""]]
    assert export.source.layout == "csv, utf-8, comma, rejected rows of a run"


def test_content_that_is_no_object_rejects_its_row_with_the_reason(tmp_path: Path) -> None:
    export = read(rejected_csv(tmp_path / "rejected.csv", ['{"id": "1"}', "[1]", '{"id": ', "{}", "", '{"id": "6"}']))
    assert export.cells["id"].to_dict() == {1: "1", 6: "6"}
    assert export.rejected["row"].tolist() == [2, 3, 4, 5]
    assert set(export.rejected["reason"]) == {"content is no JSON object"}
    assert (
        export.rejected["content"].iloc[0]
        == '{"source": "q3.csv", "row": "6", "reason": "empty row", "content": "[1]"}'
    )
    assert list(export.rejected.columns) == REJECTED_COLUMNS


def test_a_table_without_any_usable_content_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^rejected.csv: no row's 'content' is a JSON object"):
        read(rejected_csv(tmp_path / "rejected.csv", ["slow", "rude"]))


def test_a_row_too_wide_is_read_with_its_further_cells_when_it_comes_back(tmp_path: Path) -> None:
    (tmp_path / "q3.csv").write_text("id,why\n1,slow\n2,late,again\n", encoding="utf-8")
    read(tmp_path / "q3.csv").rejected.to_csv(tmp_path / "rejected.csv", index=False, lineterminator="\n")
    assert read(tmp_path / "rejected.csv").cells.to_dict("records") == [{"id": "2", "why": "late", "column 3": "again"}]


def test_other_tables_with_such_columns_stay_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("source,row,reason,content,score\nq,1,x,{},9\n", encoding="utf-8")
    assert list(read(tmp_path / "x.csv").cells.columns) == [*REJECTED_COLUMNS, "score"]


_RECORDS = st.dictionaries(st.sampled_from(["id", "why", "q"]), st.none() | st.text('aé,"\n=', min_size=1, max_size=5))


@settings(max_examples=40, deadline=None)
@given(st.lists(_RECORDS | st.just({"id": "1"}), min_size=1, max_size=6))
def test_no_row_is_lost_or_doubled(records: list[dict[str, str | None]]) -> None:
    rows = pd.Index(range(3, 3 + len(records)), name="row")
    table = pd.DataFrame(dict.fromkeys(REJECTED_COLUMNS, "x"), index=rows).assign(
        content=[to_json(record) for record in records]
    )
    if not any(records):
        with pytest.raises(InputError, match="JSON object"):
            restored(table, "x.csv")
        return
    cells, rejected = restored(table, "x.csv")
    assert sorted([*cells.index, *rejected["row"]]) == list(rows)
    for row, record in zip(rows, records, strict=True):
        if record:
            assert dict(cells.loc[row].dropna().items()) == {k: v for k, v in record.items() if v}
