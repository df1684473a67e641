"""Which files an argument means, and what each is called in the ledger."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from feedback_nlp.errors import InputError, did_you_mean

EXPORT_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".parquet", ".jsonl")


def list_exports(files: Sequence[str | Path]) -> dict[str, Path]:
    """Returns name -> path of every export, sorted by name, so that the order of the arguments does not matter.

    A folder means the data files directly in it (EXPORT_SUFFIXES); its other files are ignored. The name is the file's
    name without its folder; files of the same name get the shortest ends of their paths that tell them apart.

    Raises:
        InputError: nothing was given, a file or folder is missing, unreadable or given twice, or a folder holds no
            export.
    """
    given = [files] if isinstance(files, str | Path) else list(files)
    if not given:
        raise InputError("no export was given: name at least one file or folder")
    paths = [path for entry in given for path in _expanded(Path(entry))]
    places = [path.resolve() for path in paths]
    for path, count in Counter(places).items():
        if count > 1:
            raise InputError(f"{path.name}: given {count} times; its rows would be counted {count} times")
    return dict(sorted(zip(distinct_names(places), paths, strict=True)))


def distinct_names(paths: Sequence[Path]) -> list[str]:
    """Returns for each of the (different, absolute) paths the shortest end that no other of them has.

    >>> distinct_names([Path("/q3/a.csv"), Path("/q4/a.csv"), Path("/q4/b.csv")])
    ['q3/a.csv', 'q4/a.csv', 'b.csv']
    """
    depths = [1] * len(paths)
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


def _expanded(path: Path) -> list[Path]:
    try:
        return _expand(path)
    except OSError as error:  # a folder without permission, a name that is too long
        raise unreadable(path, error) from None


def _expand(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(p for p in path.iterdir() if p.suffix.lower() in EXPORT_SUFFIXES and p.is_file())
        if not found:
            raise InputError(f"{path}: the folder holds no export ({' '.join(EXPORT_SUFFIXES)})")
        return found
    if not path.is_file():
        raise InputError(f"{path}: no such file or folder{_nearest(path)}")
    return [path]


def _nearest(path: Path) -> str:
    return did_you_mean(path.name, sorted(p.name for p in path.parent.iterdir())) if path.parent.is_dir() else ""
