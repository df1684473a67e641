"""Reading tables of labels: what is accepted, and what the errors say."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.errors import InputError
from feedback_nlp.train.labels import folded, listed, one_spelling, read_labels

PAIRS = pd.DataFrame({"response_id": ["2", "1", "1"], "theme": ["Price", "Price", "Staff"], "note": ["x", None, "y"]})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "labels.csv"


@pytest.mark.parametrize("suffix", ["csv", "tsv", "xlsx", "parquet", "jsonl"])
def test_every_kind_of_table_gives_the_same_labels(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"labels.{suffix}"
    if suffix in {"csv", "tsv"}:
        PAIRS.to_csv(path, index=False, sep="\t" if suffix == "tsv" else ",")
    elif suffix == "xlsx":
        PAIRS.to_excel(path, index=False)
    elif suffix == "parquet":
        PAIRS.to_parquet(path)
    else:
        PAIRS.to_json(path, orient="records", lines=True)
    found = read_labels(path, has_run=True)
    assert found.table.to_numpy().tolist() == [["1", "Price"], ["1", "Staff"], ["2", "Price"]]
    assert (found.source, found.n_rows, found.key) == (path.name, 3, "response_id")


def test_texts_are_used_when_there_is_no_run(path: Path) -> None:
    path.write_text("response_id,text,theme\nr1,Too slow,Speed\n", encoding="utf-8")
    assert read_labels(path, has_run=False).key == "text"
    assert read_labels(path, has_run=True).key == "response_id"


def test_a_row_without_a_theme_says_that_none_applies(path: Path) -> None:
    path.write_text("text,theme\nHello there,\nToo slow,Speed\n", encoding="utf-8")
    table = read_labels(path, has_run=False).table
    assert table["theme"].isna().tolist() == [True, False]


def test_an_empty_theme_beside_a_label_of_the_same_text_is_no_label(path: Path) -> None:
    path.write_text("text,theme\nToo slow,\nToo slow,Speed\n", encoding="utf-8")
    assert read_labels(path, has_run=False).table.to_numpy().tolist() == [["Too slow", "Speed"]]


def test_spellings_of_one_theme_become_the_most_frequent_one(path: Path) -> None:
    path.write_text("text,theme\na,price\nb,Price\nc,Price \nd, PRICE\n", encoding="utf-8")
    assert read_labels(path, has_run=False).table["theme"].unique().tolist() == ["Price"]


def test_columns_are_found_whatever_their_case(path: Path) -> None:
    path.write_text("Text,THEME \nToo slow,Speed\n", encoding="utf-8")
    assert len(read_labels(path, has_run=False).table) == 1


def test_a_missing_theme_column_is_answered_with_the_known_ones(path: Path) -> None:
    path.write_text("text,themes\nToo slow,Speed\n", encoding="utf-8")
    with pytest.raises(
        InputError, match=r"labels.csv: no column theme; did you mean 'themes'\? \(columns: text, themes\)"
    ):
        read_labels(path, has_run=False)


def test_a_table_without_responses_or_texts_is_refused(path: Path) -> None:
    path.write_text("comment,theme\nToo slow,Speed\n", encoding="utf-8")
    with pytest.raises(InputError, match="no column response_id or text"):
        read_labels(path, has_run=False)


def test_response_ids_without_a_run_are_refused(path: Path) -> None:
    PAIRS.to_csv(path, index=False)
    with pytest.raises(InputError, match="add --run RUN"):
        read_labels(path, has_run=False)


def test_a_theme_without_a_text_is_refused_with_its_row(path: Path) -> None:
    path.write_text("text,theme\nToo slow,Speed\n,Price\n", encoding="utf-8")
    with pytest.raises(InputError, match="row 2: theme 'Price' without a text"):
        read_labels(path, has_run=False)


def test_a_table_in_which_no_theme_is_given_is_refused(path: Path) -> None:
    path.write_text("text,theme\nToo slow,\nHello there,\n", encoding="utf-8")
    with pytest.raises(InputError, match="column theme is empty in all 2 rows"):
        read_labels(path, has_run=False)


def test_a_row_with_too_many_cells_is_refused_not_skipped(path: Path) -> None:
    path.write_text("text,theme\nToo slow,Speed,Price\nx,Price\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"labels\.csv: row 1: 3 cells where the header has 2"):
        read_labels(path, has_run=False)


def test_a_file_that_is_not_there_is_answered_with_the_nearest_name(path: Path) -> None:
    PAIRS.to_csv(path, index=False)
    with pytest.raises(InputError, match=r"did you mean 'labels.csv'"):
        read_labels(path.with_name("label.csv"), has_run=True)


def test_an_empty_file_is_refused(path: Path) -> None:
    path.write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="the file is empty"):
        read_labels(path, has_run=True)


@given(st.lists(st.text(alphabet="aAbB ", min_size=1, max_size=4)))
def test_names_get_one_spelling_exactly_when_they_fold_to_one(names: list[str]) -> None:
    spelling = one_spelling(names)
    assert set(spelling) == set(names)
    for first in names:
        assert all((spelling[first] == spelling[other]) == (folded(first) == folded(other)) for other in names)


@given(st.lists(st.text(alphabet="aAbB ", min_size=1, max_size=4)), st.randoms())
def test_the_spelling_does_not_depend_on_the_order_of_rows(names: list[str], random) -> None:  # type: ignore[no-untyped-def]
    shuffled = random.sample(names, len(names))
    assert one_spelling(shuffled) == one_spelling(names)


def test_a_short_list_of_names_is_shown_whole() -> None:
    assert listed(["a", "b"]) == "a, b"
