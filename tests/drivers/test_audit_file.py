"""Audit files: what people write into a spreadsheet, read as it is meant or refused in one line."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_nlp.drivers.audit_file import read_audit
from feedback_nlp.drivers.noise import audit_rates
from feedback_nlp.drivers.simulation import SimulationSettings, draw_audit, simulate
from feedback_nlp.errors import InputError

THEMES = pd.DataFrame(
    {
        "theme_id": ["response-time", "price", "t7", "t8"],
        "name": ["Response time", "Price and billing", "Agents", "Agents"],
        "kind": "topic",
    }
)


def read(tmp_path: Path, text: str, encoding: str = "utf-8") -> list[list[object]]:
    path = tmp_path / "audit.csv"
    path.write_bytes(text.encode(encoding))
    table = read_audit(path, THEMES)
    assert table.columns.tolist() == ["response_id", "theme_id", "polarity"]
    return table.astype(object).where(table.notna(), None).to_numpy().tolist()


def test_a_row_per_response_theme_and_polarity_is_read(tmp_path: Path):
    text = "response_id,theme,polarity\nr2,price,positive\nr1,response-time,negative\nr1,price,neutral\n"
    assert read(tmp_path, text) == [["r1", "price", 0.0], ["r1", "response-time", -1.0], ["r2", "price", 1.0]]


def test_an_empty_theme_says_that_none_applies(tmp_path: Path):
    assert read(tmp_path, "response_id,theme,polarity\nr1,,\nr2,price,-\n") == [
        ["r1", None, None],
        ["r2", "price", -1.0],
    ]


@pytest.mark.parametrize("name", ["price", "PRICE", "Price and billing", "  price AND billing "])
def test_a_theme_is_known_by_id_or_name_in_any_case(tmp_path: Path, name: str):
    assert read(tmp_path, f"response_id,theme,polarity\nr1,{name},-1\n") == [["r1", "price", -1.0]]


@pytest.mark.parametrize(
    ("written", "sign"),
    [("negative", -1), ("Negative", -1), ("-", -1), ("−", -1), ("–", -1), ("-0.4", -1), ("−1", -1), ("+", 1),
     ("positive", 1), ("0.2", 1), ("+1", 1), ("NEUTRAL", 0), ("0", 0), ("-0", 0)],
)  # fmt: skip
def test_a_polarity_is_a_word_a_sign_or_a_number(tmp_path: Path, written: str, sign: int):
    assert read(tmp_path, f"response_id,theme,polarity\nr1,price,{written}\n") == [["r1", "price", sign]]


def test_a_theme_may_be_praised_and_complained_of_at_once(tmp_path: Path):
    text = "response_id,theme,polarity\nr1,price,+\nr1,price,-\nr1,PRICE,negative\n"
    assert read(tmp_path, text) == [["r1", "price", -1.0], ["r1", "price", 1.0]]


@pytest.mark.parametrize("separator", [";", "\t", ","])
def test_spreadsheets_separate_by_commas_semicolons_or_tabs(tmp_path: Path, separator: str):
    text = 'Response_ID,THEME,Polarity,note\nr1,price,negative,"dear, and late"\n'
    text = text.replace("dear, and", "dear and").replace(",", separator)
    assert read(tmp_path, text) == [["r1", "price", -1.0]]


def test_a_decimal_comma_is_read(tmp_path: Path):
    assert read(tmp_path, "response_id;theme;polarity\nr1;price;-0,5\n") == [["r1", "price", -1.0]]


def test_a_byte_order_mark_windows_newlines_and_empty_rows_do_no_harm(tmp_path: Path):
    text = "\r\nresponse_id,theme_id,polarity\r\n\r\nr1,price,negative\r\n,,\r\n"
    assert read(tmp_path, text, "utf-8-sig") == [["r1", "price", -1.0]]


def test_ids_stay_as_they_are_written(tmp_path: Path):
    text = 'response_id,theme,polarity\n0012,price,-\n"=HYPERLINK(""x"")",price,-\n<b>7</b>,,\nNA,,\n'
    assert [row[0] for row in read(tmp_path, text)] == ["0012", "<b>7</b>", '=HYPERLINK("x")', "NA"]


def test_a_short_row_says_that_none_applies(tmp_path: Path):
    assert read(tmp_path, "response_id,theme,polarity\nr1\n") == [["r1", None, None]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "audit.csv: empty; expected a header with response_id, theme, polarity"),
        ("response_id,theme,polarity\n\n", "audit.csv: no row below the header; give a row for each response"),
        ("id,theme,polarity\nr1,,\n", "audit.csv: no column 'response_id'; found 'id', 'theme', 'polarity'"),
        ("response_id,themes,polarity\n", "no column 'theme'; .*; did you mean 'themes'?"),
        ("response_id,theme,theme_id,polarity\n", "several columns for 'theme'"),
        ("response_id,theme,polarity\n,price,-\n", "row 1: column 'response_id': found nothing; every row needs"),
        ("response_id,theme,polarity\nr1,,negative\n", "row 1: column 'theme': found nothing beside the polarity"),
        ("response_id,theme,polarity\nr1,prise,-\n", "row 1: column 'theme': 'prise' is neither .* mean 'price'?"),
        ("response_id,theme,polarity\nr1,agents,-\n", "'agents' is the name of t7, t8; give the id"),
        ("response_id,theme,polarity\n\nr1,price,\n", "row 2: column 'polarity': found nothing; give negative"),
        ("response_id,theme,polarity\nr1,price,negativ\n", "'negativ'; give negative, .* did you mean 'negative'?"),
        ("response_id,theme,polarity\nr1,price,2\n", "found '2'; give negative, positive, neutral or a number"),
        ("response_id,theme,polarity\nr1,price,nan\n", "found 'nan'"),
        ("response_id,theme,polarity\nr1,price,inf\n", "found 'inf'"),
        ("response_id,theme,polarity\nr1,price,-\nr1,,\n", "row 2: .* 'r1' has a theme in row 1; keep the one"),
        ("response_id,theme,polarity\nr1,,\nr2,,\nr1,price,-\n", "row 1: .* 'r1' has a theme in row 3; keep the one"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_line(tmp_path: Path, text: str, message: str):
    with pytest.raises(InputError, match=message) as error:
        read(tmp_path, text)
    assert "\n" not in str(error.value)
    assert str(error.value).startswith("audit.csv: ")


def test_a_missing_file_names_the_nearest(tmp_path: Path):
    (tmp_path / "audit-q3.csv").write_text("")
    with pytest.raises(InputError, match=r"no such file; did you mean 'audit-q3.csv'\?"):
        read_audit(tmp_path / "audit_q3.csv", THEMES)


def test_another_encoding_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="byte 35 is not UTF-8; save it as CSV in UTF-8"):
        read(tmp_path, "response_id,theme,polarity\nr1,prix élevé,-\n", "latin-1")


@pytest.mark.parametrize("length", [100_000, 200_000])  # the csv module's own limit is between them
def test_a_huge_cell_is_not_shown_whole(tmp_path: Path, length: int):
    with pytest.raises(InputError) as error:
        read(tmp_path, f"response_id,theme,polarity\nr1,{'x' * length},-\n")
    assert len(str(error.value)) < 300


def test_themes_without_names_are_known_by_id(tmp_path: Path):
    (tmp_path / "audit.csv").write_text("response_id,theme,polarity\nr1,PRICE,-\n")
    table = read_audit(tmp_path / "audit.csv", pd.DataFrame({"theme_id": ["price"]}))
    assert table["theme_id"].tolist() == ["price"]


def test_an_id_goes_before_a_name(tmp_path: Path):
    themes = pd.DataFrame({"theme_id": ["price", "cost"], "name": ["Cost", "Fees"]})
    (tmp_path / "audit.csv").write_text("response_id,theme,polarity\nr1,cost,-\nr2,fees,-\n")
    assert read_audit(tmp_path / "audit.csv", themes)["theme_id"].tolist() == ["cost", "cost"]


def test_a_written_audit_gives_the_rates_of_the_table_it_came_from(tmp_path: Path):
    world = simulate(400, seed=1, settings=SimulationSettings(label_noise=0.2, population=0))
    audit = draw_audit(world, 200)
    audit.sample(frac=1, random_state=1).to_csv(tmp_path / "audit.csv", index=False)
    again = read_audit(tmp_path / "audit.csv", world.themes)
    pd.testing.assert_frame_equal(again, audit)
    rates = [audit_rates(world.responses, world.mentions, table, world.themes) for table in (audit, again)]
    pd.testing.assert_frame_equal(*rates)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["r1", "r2", "ü 3"]), st.text(max_size=6), st.text(max_size=4)),
        min_size=1,
        max_size=6,
    )
)
def test_any_rows_are_a_table_or_one_line(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]]):
    path = tmp_path_factory.mktemp("audit") / "audit.csv"
    pd.DataFrame(rows, columns=["response_id", "theme", "polarity"]).to_csv(path, index=False, errors="replace")
    try:
        table = read_audit(path, THEMES)
    except InputError:
        return
    assert set(table["response_id"]) <= {"r1", "r2", "ü 3"}
    assert not table.duplicated().any()
