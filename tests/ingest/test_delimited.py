"""Delimited texts are read row by row: delimiters under title lines, long cells, and quotes that swallow rows."""

import csv
import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.config import IngestConfig
from feedback_nlp.errors import InputError
from feedback_nlp.ingest.reading.delimited import MAX_CELL, NO_DELIMITER, read_rows, sniff_delimiter, swallowed_note
from feedback_nlp.ingest.reading.formats import read_export


def read(text: str) -> tuple[list[list[str]], str]:
    """Returns the rows, and what looks odd in them."""
    table = read_rows(text.encode(), "x.csv")
    return list(table.rows), swallowed_note(table.swallowed, 1, "x.csv")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("titles", ["Survey of May\n", "Survey of May\n\nAll regions, all products\n"])
def test_the_delimiter_is_told_below_title_lines(delimiter: str, titles: str) -> None:
    assert (
        sniff_delimiter(titles + delimiter.join(["id", "score", "why"]) + "\n" + delimiter.join("19x") + "\n")
        == delimiter
    )


@pytest.mark.parametrize(
    "text",
    [
        "comment\nGood, fast, cheap\nSlow, rude, late\n",
        "why\nFine\nOk\n",
        "why\na; b\nc; d\n",
        "why\nSo, so\n",
        "why\n",
    ],
)
def test_sentences_in_one_column_have_no_delimiter(text: str) -> None:
    rows, _ = read(text)
    assert {len(row) for row in rows} == {1}


def test_rows_are_read_only_as_far_as_they_are_asked_for() -> None:
    table = read_rows(b'id,why\n1,fine\n2,"never closed', "x.csv")
    assert [next(table.rows), next(table.rows)] == [["id", "why"], ["1", "fine"]]
    with pytest.raises(InputError, match=r"line 3: .* never closed"):
        next(table.rows)


def test_a_quote_that_closes_many_rows_later_is_reported_with_its_row() -> None:
    lines = [f"{i},{i % 10},email,comment {i}" for i in range(1, 30)]
    lines[4], lines[19] = '5,5,email,"forgot to close', '20,0,email,"and another one"'
    rows, note = read("\n".join(["id,score,channel,why", *lines]))
    assert (len(rows), rows[6]) == (15, ["21", "1", "email", "comment 21"])
    assert note == "x.csv: row 5 seems to hold 14 other rows in one cell; was a quote left open there?"


def test_a_swallowed_row_is_found_where_both_quotes_stand_at_a_cells_end() -> None:
    inside = "\n".join(f"{i},9,chat,fine" for i in range(2, 12))
    assert read(f'id,score,channel,why\n1,9,chat,"slow\n{inside}\n12,9,chat,end"\n13,9,chat,ok\n')[1] == (
        "x.csv: row 1 seems to hold 10 other rows in one cell; was a quote left open there?"
    )


@pytest.mark.parametrize(
    "comment",
    ["Slow, rude, late.\nNever, ever, again.\nBad, bad, bad.\nReally, I mean, it.",
     "one\n\ntwo\n\n\nthree\n- a, b\n- c, d",
     "Dear team,\nthank you,\nbest,\nAnn\n\n\n"],
)  # fmt: skip
@pytest.mark.parametrize("header", ["id,why", "id,score,why", "id,score,channel,why"])
def test_a_comment_of_several_lines_is_no_alarm(header: str, comment: str) -> None:
    row = ",".join(["1", *"9x"[: header.count(",") - 1], f'"{comment}"'])
    rows, note = read(f"{header}\n{row}\n{row}\n")
    assert (len(rows), note) == (3, "")


def test_a_million_characters_in_a_cell_are_read_in_linear_time() -> None:
    begun = time.process_time()
    for text in ("ab " * 400_000, '"" ' * 400_000, "x,\n" * 400_000, '""' * 600_000):
        assert read(f'id,why\n1,"{text}"\n')[0][1][1] == text.replace('""', '"')
    assert time.process_time() - begun < 5


def test_a_cell_beyond_the_limit_is_one_clear_line() -> None:
    with pytest.raises(InputError, match=r"x.csv: line 2: .*field larger than field limit \(10000000\)"):
        read('id,why\n1,"' + "a" * (MAX_CELL + 1) + '"\n')


def test_formulas_and_nul_characters_are_text_and_nuls_are_noted(tmp_path) -> None:
    (tmp_path / "x.csv").write_bytes(b'id,why\n1,"=HYPERLINK(""http://x"")"\n2,+1\n3,@a\n4,cut\0\0 off\n')
    export = read_export(tmp_path / "x.csv", "x.csv", IngestConfig())
    assert export.cells["why"].tolist() == ['=HYPERLINK("http://x")', "+1", "@a", "cut\0\0 off"]
    assert export.notes == ("x.csv: 2 NUL characters stand in its cells; was it cut off or copied in part?",)


@given(
    st.lists(st.lists(st.text('ab,"\n', max_size=5), min_size=4, max_size=4), min_size=1, max_size=8), st.integers(0, 7)
)
def test_rows_before_and_after_a_loose_quote_are_the_same_as_without(rows: list[list[str]], place: int) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(["id", "a", "b", "why"])
    for i, row in enumerate(rows):
        if i == place:
            written.write('"x","y" z,,\n')
        writer.writerow(row)
    expected = [["id", "a", "b", "why"], *rows]
    if place < len(rows):
        expected.insert(place + 1, ["x", '"y" z', "", ""])
    assert read(written.getvalue())[0] == expected


def test_a_file_of_one_column_in_which_one_comment_has_a_comma_stays_one_column() -> None:
    assert sniff_delimiter("comment\nGood,fast\nSlow one\nRude\nLate\n") == NO_DELIMITER


def test_a_long_comment_with_a_short_table_in_it_swallowed_nothing() -> None:
    table = "".join(f"{n},{n},{n}\n" for n in range(3))
    inside = f"See my times:\n{table}" + "That is what I waited for.\n" * 5
    assert read("a,b,c\n" + "x,y,z\n" * 5 + f'1,2,"{inside}"\n')[1] == ""
    assert "seems to hold" in read("a,b,c\n" + "x,y,z\n" * 5 + f'1,2,"open\n{table}end"\n')[1]
