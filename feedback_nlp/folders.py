"""Result folders: written whole or not at all, and never over something that is not a result of the same kind."""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from feedback_nlp.errors import RunError

RUN, MODEL, COMPARISON = "manifest.json", "model.json", "bridge.json"  # the file that tells each kind of folder
FOLLOW_UP = "followup.csv"


def check_target(folder: Path, marker: str, *, overwrite: bool) -> None:
    """Raises RunError unless a result may be written to the folder; called before anything slow starts.

    Args:
        folder: where the result is to go.
        marker: the file that tells a folder of this kind, e.g. RUN.
        overwrite: replace a folder of the same kind, never one that holds something else, nor the model of a run.
    """
    if any((parent / RUN).is_file() for parent in folder.resolve().parents):
        raise RunError(f"{folder}: inside a finished run, which never changes; name another folder")
    if not folder.exists():
        return
    is_same = (folder / marker).is_file()
    if not overwrite:
        what = "holds an earlier result" if is_same else "exists already"
        raise RunError(f"{folder}: {what}; name a new folder{', or add --overwrite' if is_same else ''}")
    if not is_same and not (folder.is_dir() and not any(folder.iterdir())):
        raise RunError(
            f"{folder}: holds something else ({marker} is missing), so --overwrite leaves it; name a new one"
        )


def save_whole(folder: Path, marker: str, write: Callable[[Path], object], *, overwrite: bool = False) -> Path:
    """Returns the folder after `write` has filled it: beside its place first, then renamed, so it is whole or absent.

    Raises:
        RunError: see `check_target`; or the disk refuses.
    """
    check_target(folder, marker, overwrite=overwrite)
    place = folder.resolve()  # "." has no name to write beside
    beside, old = (place.with_name(f".{place.name}.{os.getpid()}.{role}") for role in ("partial", "old"))
    try:
        beside.mkdir(parents=True)
        write(beside)
        _swap(beside, place, old)
    except OSError as error:
        raise RunError(f"{folder}: can't be written: {error.strerror or error}") from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return folder


def check_file(path: Path, *, overwrite: bool) -> None:
    """Raises RunError unless a file may be written there: not inside a finished run, and over an earlier file only if
    told so."""
    if any((parent / RUN).is_file() for parent in path.resolve().parents):
        raise RunError(f"{path}: inside a finished run, which never changes; name another place")
    if path.exists() and not (overwrite and path.is_file()):
        raise RunError(f"{path}: exists already; name a new file{', or add --overwrite' if path.is_file() else ''}")


def check_place(path: Path) -> None:
    """Raises RunError unless a file can stand there: its folder is there, and it replaces nothing of a finished run."""
    parents = path.resolve().parents
    if not parents[0].is_dir():
        raise RunError(f"{path}: can't be written: there is no folder {path.parent}")
    if path.exists() and any((parent / RUN).is_file() for parent in parents):
        raise RunError(f"{path}: part of a finished run, which never changes; name another place")


def save_file(path: Path, write: Callable[[Path], object]) -> Path:
    """Returns the path after `write` has written the file: beside its place first, then renamed, so it is whole or as
    it was.

    Raises:
        RunError: the disk refuses.
    """
    beside = path.resolve().with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        write(beside)
        beside.replace(path)
    except OSError as error:
        raise RunError(f"{path}: can't be written: {error.strerror or error}") from None
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
    return path


def write_file(path: Path, text: str, *, overwrite: bool = False) -> Path:
    """Returns the path after writing the text as UTF-8, whole or not at all.

    Raises:
        RunError: see `check_file`; or the disk refuses.
    """
    check_file(path, overwrite=overwrite)

    def write(beside: Path) -> None:
        """Writes the text, and makes the folder first."""
        beside.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8", newline="\n")

    return save_file(path, write)


def _swap(beside: Path, folder: Path, old: Path) -> None:
    """Puts the new folder in its place; the old one goes only once the new one stands."""
    if folder.exists():
        folder.rename(old)
    try:
        beside.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)
