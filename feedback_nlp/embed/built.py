"""Models that are built once into the user's cache: whole or absent, and never trusted when damaged."""

import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from platformdirs import user_cache_path

from feedback_nlp.embed.weights import hash_files
from feedback_nlp.errors import ModelError

_CHECKSUM = "SHA256"


def built_folder(name: str, build: Callable[[Path], None]) -> Path:
    """Returns the folder `encoders/name` of the user's cache, which `build` has filled; built anew if damaged.

    Built beside its place and then renamed, so two processes may build at once: one of them wins, and both find a
    whole folder. Its checksum is verified at every call.

    Args:
        name: of the folder; holds the hash of everything the content depends on.
        build: writes the files, without folders, into an empty folder.

    Raises:
        ModelError: the cache folder can't be written.
    """
    folder = user_cache_path("feedback_nlp") / "encoders" / name
    try:
        if not _is_whole(folder):
            folder.parent.mkdir(parents=True, exist_ok=True)
            _build(folder, build)
    except OSError as error:
        raise ModelError(f"{folder}: can't be written: {error.strerror or error}") from None
    return folder


def _build(folder: Path, build: Callable[[Path], None]) -> None:
    beside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        build(beside)
        (beside / _CHECKSUM).write_text(_checksum(beside), encoding="ascii")
        _put(beside, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _put(beside: Path, folder: Path) -> None:
    """Renames; what stood there is moved aside first, and another process's whole folder is as good as ours."""
    with suppress(FileNotFoundError):  # most often; or another process has just moved it aside
        folder.rename(beside.with_name(f"{beside.name}.old.{os.getpid()}"))
    try:
        beside.rename(folder)
    except OSError:
        if not _is_whole(folder):
            raise
    shutil.rmtree(beside.with_name(f"{beside.name}.old.{os.getpid()}"), ignore_errors=True)


def _is_whole(folder: Path) -> bool:
    """A folder that vanishes or changes while it is read is not whole."""
    try:
        return (folder / _CHECKSUM).read_text(encoding="ascii") == _checksum(folder)
    except (OSError, UnicodeDecodeError):
        return False


def _checksum(folder: Path) -> str:
    return hash_files([path for path in sorted(folder.iterdir()) if path.name != _CHECKSUM])
