"""A text's encoding is told from its bytes, and lines that stand in another one are mended and counted."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.config import IngestConfig
from feedback_nlp.errors import InputError
from feedback_nlp.ingest.reading.encodings import Text, to_utf8
from feedback_nlp.ingest.reading.formats import read_export
from feedback_nlp.ingest.reading.strays import BLANK, stray_readings

BENCH = Path(os.environ.get("FEEDBACK_NLP_BENCH", Path(__file__).parents[3] / "shared" / "bench"))
FRENCH = "id;pourquoi\n1;Très bien reçu à l’accueil\n2;Le délai était gênant où j’étais\n3;C’est ça, bientôt l’été…\n"
GERMAN = "id;warum\n1;Die Größe der Tür paßt „gut“ für Übergrößen\n2;Ärger über schöne Öfen – 5 €\n3;Müßig\n"
SPANISH = "id;motivo\n1;¿Por qué? Señal pésima ayer, mañana también\n2;¡Rápido y fácil! El niño está contento\n"
ENGLISH = "id,why\n1,“Great”—but late… isn’t it?\n2,It’s fine–ish: 5 £ or 6 €\n3,Fine\n"


def one_line(error: InputError) -> None:
    assert "\n" not in str(error)


def read(content: bytes, encoding: str = "") -> Text:
    return to_utf8(content, encoding, "x.csv")


def encoded(text: str, encoding: str) -> bytes:
    return text.translate({0x2019: "'", 0x2026: "...", 0x201C: '"', 0x201E: '"', 0x2013: "-", 0x20AC: "E"}).encode(
        encoding
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
@pytest.mark.parametrize("text", [FRENCH, GERMAN, SPANISH, ENGLISH])
def test_an_encoding_is_recognised_without_any_repair(encoding: str, text: str) -> None:
    found = read(text.encode(encoding))
    assert found.utf8.decode() == text
    assert (found.layout, found.n_repaired) == (
        encoding.removesuffix("-sig").removesuffix("-le").removesuffix("-be"),
        0,
    )


@pytest.mark.parametrize("encoding", ["cp850", "mac-roman"])
@pytest.mark.parametrize("text", [FRENCH, GERMAN, SPANISH])
def test_an_older_encoding_of_a_whole_file_is_recognised(encoding: str, text: str) -> None:
    content = encoded(text, encoding)
    found = read(content)
    assert (found.utf8.decode(), found.layout) == (content.decode(encoding), encoding)


@pytest.mark.parametrize(
    "text", ["id\n意见：很好\n", "id;мнение\n1;Очень хорошо\n2;Плохо\n", "id,γνώμη\n1,Πολύ καλό\n2,Αργό\n"]
)
@pytest.mark.parametrize("order", ["le", "be"])
def test_utf_16_without_a_mark_is_read_in_other_scripts_too(text: str, order: str) -> None:
    found = read((text * 3).encode(f"utf-16-{order}"))
    assert (found.utf8.decode(), found.layout) == (text * 3, "utf-16")


def test_nul_bytes_in_a_text_do_not_make_it_utf_16() -> None:
    content = b"id,why\n1,slow\0\n2,fine\n3,never\0\0 again\n"
    assert (read(content).utf8, read(content).layout) == (content, "utf-8")


def test_cp1252_stays_cp1252_with_dashes_and_dots_between_words() -> None:
    text = "why\n" + "good—but late\nwait…what\nMon–Fri only\nsaid “no”once\n50°C isn’t hot®\n" * 20
    assert read(text.encode("cp1252")) == Text(text.encode(), "cp1252")


def test_a_hard_blank_between_words_is_none_of_another_encodings_letters() -> None:
    text = "why\nTrès\xa0bien et\xa0vite\n"
    assert read(text.encode("cp1252")) == Text(text.encode(), "cp1252")


def test_a_line_in_another_encoding_is_repaired_and_counted() -> None:
    lines = ["id;pourquoi", "1;Très bien reçu", "2;Délai gênant", "3;Rien à dire", "4;Prix élevés"]
    content = b"\n".join(line.encode("cp850" if i == 4 else "cp1252") for i, line in enumerate(lines))
    found = read(content)
    assert found.utf8.decode().split("\n") == lines
    assert (found.layout, found.n_repaired) == ("cp1252, 1 line repaired as cp850", 1)


def test_a_line_that_mixes_encodings_byte_by_byte_is_repaired_at_each_byte() -> None:
    content = (
        "Très déçu, ".encode("cp1252") + "pénible et gênant, ".encode("cp850") + "où étiez-vous ?\n".encode("cp1252")
    )
    found = read(b"pourquoi\n" + content + "Très bien, très près\n".encode("cp1252"))
    assert found.utf8.decode().split("\n")[1] == "Très déçu, pénible et gênant, où étiez-vous ?"
    assert found.n_repaired == 1


def test_utf_8_with_a_few_stray_lines_stays_utf_8() -> None:
    good = ["Très bien reçu", "Délai gênant", "日本語もできます", "Ça va 🎉"] * 5
    content = b"\n".join(
        [*(line.encode() for line in good), "Prix élevés".encode("cp1252"), "Où ça ?".encode("cp1252")]
    )
    found = read(content)
    assert found.utf8.decode().split("\n") == [*good, "Prix élevés", "Où ça ?"]
    assert found.layout == "utf-8, 2 lines repaired as cp1252"


def test_cp1252_with_a_few_lines_of_utf_8_stays_cp1252() -> None:
    lines = ["Très bien reçu", "Délai gênant", "Prix élevés là-bas"] * 5
    content = b"\n".join(line.encode("utf-8" if i == 7 else "cp1252") for i, line in enumerate(lines))
    found = read(content)
    assert found.utf8.decode().split("\n") == lines
    assert found.layout == "cp1252, 1 line repaired as utf-8"


def test_a_character_cut_off_in_the_middle_becomes_the_sign_of_it() -> None:
    content = "とても良い対応でした".encode()
    found = read(b"why\n" + content + b"\n" + content[:-2] + b"\n" + content)
    assert found.utf8.decode().split("\n")[2] == "とても良い対応でし\ufffd"
    assert found.n_repaired == 1


def test_a_given_encoding_is_strict() -> None:
    assert read("Très".encode("cp850"), "cp850").utf8.decode() == "Très"
    with pytest.raises(InputError, match=r"x.csv: not utf-8: .* at byte 2"):
        read("Très".encode("cp1252"), "utf-8")


def test_another_alphabet_in_one_byte_is_read_with_a_word_of_warning() -> None:
    text = "мнение\n" + "Очень хорошее обслуживание, спасибо\n" * 5
    assert "cp1251" in read(text.encode("cp1251")).notes[0]
    assert read(text.encode("cp1251"), "cp1251") == Text(text.encode(), "cp1251")
    assert read(FRENCH.encode("cp1252")).notes == ()


@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 9, bytes(range(256)) * 20, b"%PDF\0\1\2\3\4\5"]
)
def test_junk_is_one_clear_line(content: bytes) -> None:
    with pytest.raises(InputError, match=r"^x.csv: neither text nor a workbook"):
        read(content)


def test_a_truncated_utf_16_file_is_one_clear_line() -> None:
    with pytest.raises(InputError, match=r"x.csv: not utf-16: truncated data"):
        read("id,why\n1,fine\n".encode("utf-16")[:-1])


@given(st.binary(max_size=200))
def test_whatever_the_bytes_the_text_is_utf_8_or_the_error_one_line(content: bytes) -> None:
    try:
        found = read(b"id,why\n" + content)
    except InputError as error:
        one_line(error)
    else:
        found.utf8.decode()


@given(st.lists(st.sampled_from(["Très bien", "déjà vu", "l’été", "Größe", "señal", "«ça»", "5 €", "ok"]), min_size=1))
def test_usual_words_in_cp1252_are_never_repaired(words: list[str]) -> None:
    text = "why\n" + "\n".join(words)
    assert read(text.encode("cp1252")).utf8.decode() == text


@given(st.lists(st.tuples(st.sampled_from(["Très bien", "était déçu", "même délai"]), st.booleans()), min_size=1))
def test_repairs_add_and_lose_no_line(lines: list[tuple[str, bool]]) -> None:
    base = b"Tr\xe8s pr\xe8s, \xe9t\xe9\n" * 9
    found = read(base + b"\n".join(line.encode("cp850" if is_old else "cp1252") for line, is_old in lines))
    assert found.utf8.decode().split("\n")[9:] == [line for line, _ in lines]
    assert found.n_repaired == sum(is_old for _, is_old in lines)


@pytest.mark.bench
def test_an_export_that_mixes_two_encodings_is_french_throughout() -> None:
    path = BENCH.parent / "data" / "botanic-nps-fr" / "nps.csv"
    if not path.is_file():
        pytest.skip("the real exports are not here")
    export = read_export(path, "nps.csv", IngestConfig())
    texts = " ".join(export.cells["explication"].dropna())
    assert "cp1252, " in export.source.layout
    assert export.source.n_repaired > 1_000
    n_odd = sum(texts.count(sign) for sign in "‚ƒ„†‡ˆ‰Š‹Œ–—\x81\x8d\x8f\x90\x9d")
    assert n_odd == 0


def test_a_character_cut_off_after_its_second_byte_is_one_sign() -> None:
    text = read("好 很好\n".encode() * 3 + "好很".encode()[:5] + b"\nfine\n")
    assert text.utf8.decode() == "好 很好\n" * 3 + "好\ufffd\nfine\n"
    assert text.layout == "utf-8, 1 line repaired as \ufffd"


@pytest.mark.parametrize(("n_whole", "base"), [(1, "cp1252"), (3, "utf-8")])
def test_the_base_is_utf8_where_enough_characters_are_whole(n_whole: int, base: str) -> None:
    text = read(b"why\n" + "é".encode() * n_whole + b"\n" + b"tr\xe9s\n" * 4)
    assert text.layout.startswith(f"{base}, ")
    assert text.utf8.decode() == "why\n" + "é" * n_whole + "\n" + "trés\n" * 4


def test_utf32_without_its_mark_is_no_text() -> None:
    with pytest.raises(InputError, match="neither text nor a workbook"):
        read(("id,why\n" + "1,slow reply\n" * 5).encode("utf-32-le"))


def test_what_may_be_meant_is_read_otherwise_only_beside_what_can_not_be() -> None:
    dash, accent = (0, 0x96, BLANK), (0, 0x82, 0)  # "d\x96 " and "r\x82s"; 0 is a lower-case letter
    assert stray_readings({dash: 1}, "cp1252") == {dash: ("cp1252", "–")}
    assert stray_readings({dash: 1, accent: 5}, "cp1252") == {dash: ("cp850", "û"), accent: ("cp850", "é")}
