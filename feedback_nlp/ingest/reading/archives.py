"""What gzip and zip files hold, unpacked in memory within stated limits, so that no small file fills it.

An archive that unpacks to more than 200 times its own size (once beyond 1 MiB), or to more than 2 GiB, is refused: real
exports pack 5- to 50-fold. So are archives within archives: they would be unpacked without end.
"""

import gzip
import io
import lzma
import re
import zipfile
import zlib
from collections import Counter
from pathlib import Path

from feedback_nlp.errors import InputError

MAX_FOLD = 200  # unpacked bytes for a packed one ...
SMALL = 1 << 20  # ... where it unpacks to more than so many
MAX_UNPACKED = 2 << 30  # bytes
MAX_MEMBERS = 1_000
ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06")  # a zip with members, and one without
GZIP_MARK = b"\x1f\x8b"
OLE_MARK = b"\xd0\xcf\x11\xe0"  # of .xls, and of every password-protected workbook
_MARKS = {  # start -> name of what is no export
    **dict.fromkeys(ZIP_MARKS, "zip"), GZIP_MARK: "gzip", b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz", b"7z\xbc\xaf": "7z",
    b"Rar!": "rar", b"\x28\xb5\x2f\xfd": "zstandard",
}  # fmt: skip
ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, NotImplementedError)
_WORKBOOK_MEMBER = re.compile(r"xl/workbook\.(xml|bin)|\[Content_Types\]\.xml|content\.xml")


def archive_kind(content: bytes) -> str:
    """Returns "gzip", "zip" …, or "tar", from the first bytes of a file; "" for anything else, workbooks included.

    >>> archive_kind(gzip.compress(b"id,why")), archive_kind(b"id,why")
    ('gzip', '')
    """
    kind = next((kind for mark, kind in _MARKS.items() if content.startswith(mark)), "")
    if kind == "zip" and is_workbook(io.BytesIO(content)):
        return ""
    return "tar" if not kind and content[257:262] == b"ustar" else kind


def is_workbook(file: Path | io.BytesIO) -> bool:
    """Returns whether a zip archive is a workbook; a broken one counts as such, as most are.

    Raises:
        OSError: the file can't be read.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            return any(_WORKBOOK_MEMBER.fullmatch(name) for name in archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return True


def gunzipped(content: bytes, name: str) -> bytes:
    """Returns what a gzip file holds; `name` is the file's, for errors.

    Raises:
        InputError: it is truncated or damaged, expands beyond the limits of this module, or holds another archive.
    """
    limit = unpacked_limit(len(content))
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            unpacked = file.read(limit + 1)
    except EOFError:
        raise InputError(f"{name}: the gzip file is truncated: its end is missing; copy or export it again") from None
    except (OSError, zlib.error) as error:
        raise InputError(f"{name}: a damaged gzip file: {error}; copy or export it again") from None
    if len(unpacked) > limit:
        raise too_large(name, len(content))
    return _checked(unpacked, name)


def list_members(file: Path | io.BytesIO, name: str) -> list[str]:
    """Returns the files in a zip archive, in its order; folders, hidden files and `__MACOSX` left out.

    Raises:
        InputError: it is damaged, protected by a password, or holds no file, one name twice, or too much.
        OSError: the file can't be read.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            infos = [info for info in archive.infolist() if not (info.is_dir() or _is_hidden(info.filename))]
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise InputError(f"{name}: a damaged zip archive: {error}; copy or export it again") from None
    if not infos:
        raise InputError(f"{name}: the zip archive holds no file")
    if len(infos) > MAX_MEMBERS:
        raise InputError(f"{name}: the zip archive holds {len(infos):,} files; {MAX_MEMBERS:,} are read at most")
    if sum(info.file_size for info in infos) > MAX_UNPACKED:
        raise too_large(name, sum(info.compress_size for info in infos))
    names = [info.filename for info in infos]
    twice = [member for member, count in Counter(names).items() if count > 1]
    if twice:
        raise InputError(f"{name}: the zip archive holds '{twice[0]}' twice; pack it again")
    return names


def read_member(file: Path | io.BytesIO, member: str, name: str) -> bytes:
    """Returns the bytes of one file of a zip archive; `name` is what it is called in errors.

    Raises:
        InputError: it is damaged or protected by a password, expands beyond the limits, or is itself an archive.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            info = archive.getinfo(member)
            if info.flag_bits & 1:
                raise InputError(f"{name}: protected by a password; unpack it and name the file")
            limit = unpacked_limit(info.compress_size)
            with archive.open(info) as packed:
                unpacked = packed.read(limit + 1)
    except ZIP_ERRORS as error:
        raise InputError(f"{name}: damaged: {error}; copy or export the zip archive again") from None
    if len(unpacked) > limit:
        raise too_large(name, info.compress_size)
    return _checked(unpacked, name)


def unpacked_limit(n_packed: int) -> int:
    """Returns how many bytes may come out of `n_packed` ones.

    >>> unpacked_limit(10) == SMALL, unpacked_limit(1_000_000), unpacked_limit(10**9) == MAX_UNPACKED
    (True, 200000000, True)
    """
    return min(max(SMALL, MAX_FOLD * n_packed), MAX_UNPACKED)


def too_large(name: str, n_packed: int) -> InputError:
    """Returns the error of an archive or workbook that expands beyond the limits.

    >>> print(too_large("q3.zip", 40_000))
    q3.zip: its 40,000 bytes unpack to more than 8,000,000; at most 200 times the size and 2 GiB are read
    """
    limit = unpacked_limit(n_packed)
    return InputError(
        f"{name}: its {n_packed:,} bytes unpack to more than {limit:,}; at most {MAX_FOLD} times the size and "
        f"{MAX_UNPACKED >> 30} GiB are read"
    )


def _is_hidden(member: str) -> bool:
    parts = [part for part in member.split("/") if part not in (".", "..")]
    return any(part.startswith(".") or part == "__MACOSX" for part in parts)


def _checked(unpacked: bytes, name: str) -> bytes:
    if kind := archive_kind(unpacked):
        raise InputError(f"{name}: holds another archive ({kind}); unpack it first")
    return unpacked
