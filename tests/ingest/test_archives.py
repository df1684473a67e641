"""gzip and zip archives of exports, by content, within limits; standard input; what each export is called."""

import gzip
import io
import os
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest

from feedback_nlp.config import IngestConfig
from feedback_nlp.errors import InputError
from feedback_nlp.ingest.reading.files import list_exports
from feedback_nlp.ingest.reading.formats import Export, read_export

CSV = b"id,score,why\n1,9,Friendly and quick\n2,3,Too slow\n"


def zipped(members: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def read_all(*given: Path | str) -> dict[str, Export]:
    return {name: read_export(place, name, IngestConfig()) for name, place in list_exports(given).items()}


def parquet() -> bytes:
    content = io.BytesIO()
    pd.DataFrame({"id": ["1", "2"], "score": [9, 3], "why": ["Friendly and quick", "Too slow"]}).to_parquet(content)
    return content.getvalue()


JSON_LINES = b'{"id": 1, "score": 9, "why": "Friendly and quick"}\n{"id": 2, "score": 3, "why": "Too slow"}\n'


@pytest.mark.parametrize(
    "content", [CSV, CSV.replace(b",", b"\t"), parquet(), JSON_LINES], ids=["csv", "tsv", "parquet", "jsonl"]
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda content: zipped({"any.bin": content})])
def test_each_format_is_read_bare_and_packed_whatever_its_name(tmp_path: Path, content: bytes, pack) -> None:
    (export,) = read_all(written(tmp_path / "q3.data", pack(content))).values()
    assert export.cells.to_numpy().tolist() == [["1", "9", "Friendly and quick"], ["2", "3", "Too slow"]]


def test_the_files_of_a_zip_have_its_name_before_theirs(tmp_path: Path) -> None:
    members = {
        "q3.csv": CSV, "old/q2.csv": CSV, "README.md": b"hi", "__MACOSX/._q3.csv": b"x", ".hidden.csv": b"x",
        "old/": b"",
    }  # fmt: skip
    exports = read_all(written(tmp_path / "export.zip", zipped(members)))
    assert list(exports) == ["export.zip/old/q2.csv", "export.zip/q3.csv"]
    assert exports["export.zip/q3.csv"].source.sha256 == sha256(CSV).hexdigest()


def test_a_folder_may_hold_archives_beside_files(tmp_path: Path) -> None:
    for name, content in {"a.csv": CSV, "b.zip": zipped({"q3.csv": CSV}), "c.csv.gz": gzip.compress(CSV)}.items():
        written(tmp_path / name, content)
    exports = read_all(tmp_path)
    assert list(exports) == ["a.csv", "b.zip/q3.csv", "c.csv.gz"]
    assert [export.source.rows for export in exports.values()] == [2, 2, 2]


def test_the_hash_of_a_gzip_file_is_the_files(tmp_path: Path) -> None:
    packed = gzip.compress(CSV)
    assert read_all(written(tmp_path / "q3.csv.gz", packed))["q3.csv.gz"].source.sha256 == sha256(packed).hexdigest()


def test_files_of_one_name_in_two_archives_are_told_apart(tmp_path: Path) -> None:
    for folder in ["a", "b"]:
        (tmp_path / folder).mkdir()
        written(tmp_path / folder / "export.zip", zipped({"q3.csv": CSV}))
    assert list(list_exports([tmp_path / "a", tmp_path / "b"])) == ["a/export.zip/q3.csv", "b/export.zip/q3.csv"]


def tarred() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        info = tarfile.TarInfo("q3.csv")
        info.size = len(CSV)
        archive.addfile(info, io.BytesIO(CSV))
    return packed.getvalue()


def encrypted() -> bytes:
    content = bytearray(zipped({"q3.csv": CSV}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(mark) + offset] |= 1
    return bytes(content)


def lying() -> bytes:
    content = bytearray(zipped({"q3.csv": CSV}))
    content[content.find(b"PK\x01\x02") + 24] -= 5  # the size in the list of members
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (gzip.compress(CSV * 50)[:-20], "the gzip file is truncated"),
        (gzip.compress(CSV)[:-8] + b"\0" * 8, "a damaged gzip file: CRC check failed"),
        (gzip.compress(CSV) + b"junk", "a damaged gzip file"),
        (gzip.compress(b"0" * 20_000_000), "unpack to more than"),
        (gzip.compress(gzip.compress(CSV)), r"holds another archive \(gzip\); unpack it first"),
        (tarred(), r"holds another archive \(tar\)"),
        (gzip.compress(zipped({"q3.csv": CSV})), r"holds another archive \(zip\)"),
        (gzip.compress(b""), "the file is empty"),
        (zipped({"q3.csv": b"0" * 20_000_000}), "unpack to more than"),
        (zipped({"q3.zip": zipped({"q3.csv": CSV})}), r"holds another archive \(zip\)"),
        (zipped({"q3.csv.gz": gzip.compress(CSV)}), r"holds another archive \(gzip\)"),
        (zipped({}), "holds no file"),
        (zipped({"__MACOSX/._a.csv": b"x"}), "holds no file"),
        (zipped({"a.md": b"x", "b.md": b"y"}), "holds no export"),
        (zipped({"q3.csv": b""}), "the file is empty"),
        (zipped({"q3.csv": CSV})[:-30], "not a readable workbook or zip archive"),
        (zipped({f"{i}.csv": b"x" for i in range(1_001)}), "holds 1,001 files; 1,000 are read at most"),
        (encrypted(), "protected by a password"),
        (lying(), "damaged: Bad CRC-32"),
        (b"7z\xbc\xaf\x27\x1c" + b"\0" * 50, "a 7z archive; unpack it first"),
        (b"BZh91AY&SY" + b"\0" * 50, "a bzip2 archive"),
    ],
)  # fmt: skip
def test_what_is_no_usable_archive_is_one_clear_line(tmp_path: Path, content: bytes, says: str) -> None:
    path = written(tmp_path / "q3.zip", content)
    with pytest.raises(InputError, match=f"^q3.zip[^ ]*: .*{says}") as caught:
        read_all(path)
    assert "\n" not in str(caught.value)


def test_one_name_twice_in_a_zip_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "q3.zip", "w") as archive:
        archive.writestr("q3.csv", CSV)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("q3.csv", CSV)
    with pytest.raises(InputError, match=r"q3.zip: the zip archive holds 'q3.csv' twice"):
        list_exports([tmp_path / "q3.zip"])


def test_a_zip_of_several_is_refused_where_one_table_is_expected(tmp_path: Path) -> None:
    path = written(tmp_path / "labels.zip", zipped({"a.csv": CSV, "b.csv": CSV}))
    with pytest.raises(InputError, match=r"labels.zip: holds 2 files where one table is expected"):
        read_export(path, path.name, IngestConfig())


class _Stdin:
    def __init__(self, content: bytes, is_terminal: bool) -> None:
        self.buffer, self.isatty = io.BytesIO(content), lambda: is_terminal


@pytest.mark.parametrize(
    ("content", "names"),
    [(CSV, ["stdin"]), (gzip.compress(CSV), ["stdin"]), (parquet(), ["stdin"]), (JSON_LINES, ["stdin"]),
     (zipped({"a.csv": CSV, "b.csv": CSV}), ["stdin/a.csv", "stdin/b.csv"])],
)  # fmt: skip
def test_standard_input_may_be_any_format(monkeypatch: pytest.MonkeyPatch, content: bytes, names: list[str]) -> None:
    monkeypatch.setattr(sys, "stdin", _Stdin(content, is_terminal=False))
    exports = read_all("-")
    assert list(exports) == names
    assert [export.source.rows for export in exports.values()] == [2] * len(names)


def test_standard_input_twice_or_from_a_terminal_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", _Stdin(CSV, is_terminal=False))
    with pytest.raises(InputError, match="stdin: given 2 times"):
        list_exports(["-", "-"])
    monkeypatch.setattr(sys, "stdin", _Stdin(b"", is_terminal=True))
    with pytest.raises(InputError, match="nothing is piped into standard input"):
        list_exports(["-"])


def test_nothing_on_standard_input_is_an_empty_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", _Stdin(b"", is_terminal=False))
    with pytest.raises(InputError, match="stdin: the file is empty"):
        read_all("-")


def test_a_pipe_or_device_is_one_clear_line(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    for path in (tmp_path / "pipe.csv", Path("/dev/null")):
        with pytest.raises(InputError, match=f"^{path}: neither a file nor a folder but a pipe or device"):
            list_exports([path])


def test_a_query_without_a_database_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "q3.csv", CSV)
    with pytest.raises(InputError, match=r"--query is for a database, but .*q3.csv is none"):
        list_exports([path], "SELECT 1")
