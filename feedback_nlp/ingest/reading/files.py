"""Which files an argument means, and what each is called in the ledger."""

import io
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from feedback_nlp.errors import InputError, did_you_mean
from feedback_nlp.ingest.reading.archives import ZIP_MARKS, is_workbook, list_members, read_member
from feedback_nlp.ingest.reading.database import database_of

EXPORT_SUFFIXES = (
    ".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xlsm", ".xls", ".ods", ".parquet", ".jsonl", ".ndjson", ".zip", ".gz",
)  # fmt: skip
_STDIN = "-"


@dataclass(frozen=True)
class Place:
    """Where an export is: a file, one of those in a zip archive, standard input, or a database."""

    path: Path = Path(_STDIN)  # of the file or the archive
    member: str = ""  # within the archive
    content: bytes | None = None  # what standard input held
    url: str = ""  # of a database

    @property
    def suffix(self) -> str:
        """The ending that tells the format: of "q3.jsonl.gz" it is ".jsonl"."""
        name = PurePath(self.member or self.path.name)
        return PurePath(name.stem).suffix.lower() if name.suffix.lower() == ".gz" else name.suffix.lower()

    def read(self, name: str) -> bytes:
        """Returns the bytes of the export, unpacked from a zip archive if it is in one.

        Raises:
            InputError: it can't be read; `name` is what the ledger calls it.
        """
        file = self.path if self.content is None else io.BytesIO(self.content)
        try:
            if self.member:
                return read_member(file, self.member, name)
            return self.path.read_bytes() if self.content is None else self.content
        except OSError as error:
            raise unreadable(name, error) from None


def list_exports(files: Sequence[str | Path], query: str = "") -> dict[str, Place]:
    """Returns name -> place of every export, sorted by name, so that the order of the arguments does not matter.

    A folder means the data files directly in it (EXPORT_SUFFIXES); its other files are ignored. A zip archive means
    the data files in it; if it holds only one file, that one whatever its name. "-" is standard input, and what has
    "://" in it is the SQLAlchemy URL of a database, to which `query` is put. The name is the file's name without its
    folder ("export.zip/q3.csv" within an archive, "stdin", or the database's name); files of the same name get the
    shortest ends of their paths that tell them apart.

    Raises:
        InputError: nothing was given, a file or folder is missing, unreadable or given twice, a folder or archive holds
            no export, or there is a query without a URL.
    """
    given = [files] if isinstance(files, str | Path) else list(files)
    if not given:
        raise InputError("no export was given: name at least one file or folder")
    if query and not any("://" in str(entry) for entry in given):
        raise InputError(
            f"--query is for a database, but {given[0]} is none: name its URL, e.g. sqlite:///survey.db, or leave "
            "--query out"
        )
    places = [place for entry in map(str, given) for place in _expanded(entry)]
    paths = [_path_of(place) for place in places]
    for path, count in Counter(paths).items():
        if count > 1:
            raise InputError(f"{path.name}: given {count} times; its rows would be counted {count} times")
    depths = [len(PurePath(place.member).parts) + 1 if place.member else 1 for place in places]
    return dict(sorted(zip(distinct_names(paths, depths), places, strict=True)))


def distinct_names(paths: Sequence[PurePath], depths: Sequence[int] = ()) -> list[str]:
    """Returns for each of the (different, absolute) paths the shortest end that no other of them has.

    An end has at least so many parts as `depths` says, one by default.

    >>> distinct_names([Path("/q3/a.csv"), Path("/q4/a.csv"), Path("/q4/b.csv")])
    ['q3/a.csv', 'q4/a.csv', 'b.csv']
    """
    depths = list(depths) or [1] * len(paths)
    while True:
        names = ["/".join(path.parts[-depth:]) for path, depth in zip(paths, depths, strict=True)]
        counts = Counter(names)
        if max(counts.values()) == 1:
            return names
        depths = [depth + (counts[name] > 1) for name, depth in zip(names, depths, strict=True)]


def unreadable(name: str | Path, error: OSError) -> InputError:
    """Returns the error of a file or folder that the system does not let us read.

    >>> print(unreadable("q3.csv", PermissionError(13, "Permission denied")))
    q3.csv: can't be read: Permission denied; name a file that you may read
    """
    return InputError(f"{name}: can't be read: {error.strerror or error}; name a file that you may read")


def single_place(path: Path) -> Place:
    """Returns the only export a file means.

    Raises:
        InputError: it is a zip archive of several, or can't be read.
    """
    try:
        places = _of_file(path)
    except OSError as error:
        raise unreadable(path.name, error) from None
    if len(places) > 1:
        raise InputError(f"{path.name}: holds {len(places)} files where one table is expected; unpack it and name one")
    return places[0]


def _path_of(place: Place) -> PurePath:
    """Returns an absolute path that is the export's own."""
    if place.url:
        return PurePath("/", *database_of(place.url))
    path = place.path.resolve() if place.content is None else PurePath("/dev/stdin")
    return PurePath(*path.parts, *(part for part in place.member.split("/") if part.strip("./")))


def _expanded(entry: str) -> list[Place]:
    if "://" in entry:
        return [Place(url=entry)]
    try:
        return _of_stdin() if entry == _STDIN else _expand(Path(entry))
    except OSError as error:  # a folder without permission, a name that is too long
        raise unreadable(entry, error) from None


def _of_stdin() -> list[Place]:
    if sys.stdin is None or sys.stdin.isatty():
        raise InputError("-: nothing is piped into standard input; pipe an export in, or name its file")
    content = sys.stdin.buffer.read()
    if content.startswith(ZIP_MARKS) and not is_workbook(io.BytesIO(content)):
        members = _exports_among(list_members(io.BytesIO(content), "stdin"), "stdin")
        return [Place(member=member, content=content) for member in members]
    return [Place(content=content)]


def _expand(path: Path) -> list[Place]:
    if path.is_dir():
        found = sorted(p for p in path.iterdir() if p.suffix.lower() in EXPORT_SUFFIXES and p.is_file())
        if not found:
            raise InputError(f"{path}: the folder holds no export ({' '.join(EXPORT_SUFFIXES)})")
        return [place for own in found for place in _of_file(own)]
    if not path.is_file():
        what = "neither a file nor a folder but a pipe or device; pipe an export in as -" if path.exists() else ""
        raise InputError(f"{path}: {what or f'no such file or folder{_nearest(path)}'}")
    return _of_file(path)


def _of_file(path: Path) -> list[Place]:
    with path.open("rb") as file:
        is_zip = file.read(4).startswith(ZIP_MARKS)
    if not is_zip or is_workbook(path):
        return [Place(path)]
    return [Place(path, member) for member in _exports_among(list_members(path, path.name), path.name)]


def _exports_among(members: list[str], name: str) -> list[str]:
    found = [member for member in members if PurePath(member).suffix.lower() in EXPORT_SUFFIXES]
    if not found and len(members) > 1:
        raise InputError(f"{name}: the zip archive holds no export ({' '.join(EXPORT_SUFFIXES)})")
    return found or members


def _nearest(path: Path) -> str:
    return did_you_mean(path.name, sorted(p.name for p in path.parent.iterdir())) if path.parent.is_dir() else ""
