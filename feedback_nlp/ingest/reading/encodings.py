"""The bytes of a text file -> UTF-8: its encoding is told from the bytes, and stray lines are read in another.

A file is read in one encoding, its base. Bytes that make no sense in it are read one by one in the encoding in which
they fit their neighbours (see `strays`), and the lines with such bytes are counted. The base is UTF-8 where most
characters beyond ASCII are whole UTF-8 sequences, else the one-byte encoding in which they fit their neighbours best.
"""

import codecs
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from feedback_nlp.errors import InputError, did_you_mean
from feedback_nlp.ingest.reading.strays import (
    BLANK,
    KINDS,
    N_CONTEXTS,
    N_KINDS,
    ONE_BYTE,
    Context,
    context,
    one_byte_base,
    stray_readings,
)  # fmt: skip

KNOWN_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1", "cp850", "mac-roman", "shift-jis", "gb18030")
_UTF16_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UTF32_BOMS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_CONTROLS = bytes(set(range(1, 32)) - set(b"\t\n\r\f\x1b"))
_HEAD = 4096  # bytes that tell text from junk
_BLOCK = 1 << 22
_READ_AS = (*ONE_BYTE, "utf-8", "\ufffd")  # what a byte may be read as; the last where a character was cut off
_FOREIGN_SHARE = 0.3  # of a one-byte file's letters beyond ASCII; Western languages stay below a tenth
# a whole sequence, as Python reads them: no overlong ones, no surrogates
_SEQUENCE = (
    rb"[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)
_LEADS = bytes(range(0xC2, 0xF5))
_WHOLE = re.compile(rb"(?:" + _SEQUENCE + rb")+")


@dataclass(frozen=True)
class Text:
    """A text file as UTF-8 without byte order mark; `layout` is for people: "cp1252, 31 lines repaired as cp850"."""

    utf8: bytes
    layout: str
    n_repaired: int = 0  # lines
    notes: tuple[str, ...] = ()


def to_utf8(content: bytes, encoding: str, name: str) -> Text:
    """Returns the text of `content` as UTF-8, and how it was read; `name` is the file's, for errors.

    The given `encoding` wins and is strict. Without one: a byte order mark, else the NUL pattern of UTF-16, else UTF-8,
    else the best of cp1252, cp850 and mac-roman with repairs as the module says. Latin-1 is read as cp1252, which holds
    all its printable characters.

    Raises:
        InputError: the encoding is unknown, no encoding of texts or does not fit, or the content is no text.

    >>> to_utf8("Très bien".encode("cp1252"), "", "a.csv").layout
    'cp1252'
    >>> text = to_utf8("Très bien\\nmal gér".encode("cp1252") + "é ici".encode("cp850"), "", "a.csv")
    >>> text.utf8.decode(), text.layout
    ('Très bien\\nmal géré ici', 'cp1252, 1 line repaired as cp850')
    """
    if encoding:
        return Text(_decoded(content, encoding, name), encoding)
    for mark, marked in ((_UTF32_BOMS, "utf-32"), (_UTF16_BOMS, "utf-16")):
        if content.startswith(mark) and not (marked == "utf-32" and len(content) % 4):
            return Text(_decoded(content, marked, name), marked)
    if (guess := _utf16_by_nuls(content)) and (utf16 := _maybe_decoded(content, guess)) is not None:
        return Text(utf16, "utf-16")
    _check_is_text(content[:_HEAD], name)
    content = content.removeprefix(codecs.BOM_UTF8)
    return Text(content, "utf-8") if _is_utf8(content) else _repaired(content, name)


def _decoded(content: bytes, encoding: str, name: str) -> bytes:
    try:
        text = content.decode(encoding).removeprefix("\ufeff")
    except LookupError:
        raise InputError(f"{name}: unknown encoding '{encoding}'{did_you_mean(encoding, KNOWN_ENCODINGS)}") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: not {encoding}: {error.reason} at byte {error.start}; see --encoding") from None
    except ValueError as error:  # UnicodeError of "punycode" and "undefined"; a name that can be none
        known = ", ".join(KNOWN_ENCODINGS[:4])
        raise InputError(f"{name}: not readable as '{encoding}': {error}; --encoding takes e.g. {known}") from None
    return text.encode("utf-8", "replace")  # UTF-7 can hold lone surrogates


def _utf16_by_nuls(content: bytes) -> str:
    """Returns the byte order of UTF-16 without a mark, "" if it is none.

    In Latin scripts every second byte is NUL; in others blanks, digits and delimiters have one. Where the rest is plain
    ASCII nearly all must have it, or it is ASCII with NULs strewn in.
    """
    head = content[: _HEAD // 2 * 2]
    n_units = len(head) // 2
    even, odd = head[0::2].count(0), head[1::2].count(0)
    for order, n_nul, n_wrong in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        is_ascii = head.isascii() and not head.translate(None, bytes(set(range(256)) - set(_CONTROLS)))
        if n_nul >= 4 and n_nul >= (0.9 if is_ascii else 0.15) * n_units and n_wrong <= 0.02 * n_units:
            return order
    return ""


def _maybe_decoded(content: bytes, encoding: str) -> bytes | None:
    try:
        return content.decode(encoding).encode()
    except UnicodeError:
        return None


def _check_is_text(head: bytes, name: str) -> None:
    n_controls, n_nul = len(head) - len(head.translate(None, _CONTROLS)), head.count(0)
    if (n_controls > 3 and n_controls > 0.01 * len(head)) or (n_nul > 8 and n_nul > 0.1 * len(head)):
        raise InputError(
            f"{name}: neither text nor a workbook, Parquet or JSON lines file; export it as CSV or XLSX, or name its "
            "--encoding if it is a text"
        )


def _is_utf8(content: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()  # by blocks: the whole text may take four times its bytes
    try:
        for start in range(0, len(content), _BLOCK):
            decoder.decode(content[start : start + _BLOCK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _repaired(content: bytes, name: str) -> Text:
    """Returns the text of a file that is not UTF-8 throughout."""
    counts, n_whole = np.zeros(N_CONTEXTS, dtype="int64"), 0
    for block in _blocks(content):
        if _is_utf8(block):
            n_whole += len(block) - len(block.translate(None, _LEADS))
            continue
        high = _HighBytes.of(block)
        counts += np.bincount(high.contexts, minlength=N_CONTEXTS)
        n_whole += sum(len(block[start:end].decode()) for start, end in high.whole)
    strays = {context(int(i)): int(counts[i]) for i in np.flatnonzero(counts)}
    n_strays = int(counts.sum())
    one_byte = one_byte_base(strays)
    base = "utf-8" if n_whole > n_strays / 2 else one_byte
    readings = stray_readings(strays, one_byte)
    parts, repairs, n_lines = [], Counter[str](), 0
    for block in _blocks(content):
        utf8, lines = _rewritten(block, readings, base)
        parts.append(utf8)
        n_lines += len({line for found in lines.values() for line in found})
        repairs.update({encoding: len(found) for encoding, found in lines.items()})
    said = [f"{n:,} {'line' if n == 1 else 'lines'} repaired as {encoding}" for encoding, n in repairs.most_common()]
    notes = () if base == "utf-8" else _foreign_note(content, n_strays, base, name)
    return Text(b"".join(parts), ", ".join([base, *said]), n_lines, notes)


@dataclass(frozen=True)
class _HighBytes:
    """The bytes beyond ASCII of a block: those in whole UTF-8 sequences, and the strays with their contexts."""

    codes: NDArray[np.uint8]  # the block
    whole: list[tuple[int, int]]  # start and end of runs of sequences
    strays: NDArray[np.int64]  # positions
    contexts: NDArray[np.int64]  # of the strays: (kind of the left neighbour, byte, kind of the right one) as a number

    @classmethod
    def of(cls, block: bytes) -> "_HighBytes":
        """Returns the high bytes of a block."""
        codes = np.frombuffer(block, dtype=np.uint8)
        may_begin = (codes[:-1] >= 0xC2) & (codes[1:] >= 0x80) & (codes[1:] < 0xC0)
        whole = [match.span() for match in _WHOLE.finditer(block)] if may_begin.any() else []
        is_stray = codes >= 0x80
        for start, end in whole:
            is_stray[start:end] = False
        strays = np.flatnonzero(is_stray)
        kinds = np.concatenate([[BLANK], KINDS[codes], [BLANK]])
        contexts = (kinds[strays] * 256 + codes[strays]) * N_KINDS + kinds[strays + 2]
        return cls(codes, whole, strays, contexts)


def _blocks(content: bytes) -> Iterator[bytes]:
    """Yields the content in pieces of about _BLOCK bytes that end with a line."""
    start = 0
    while start < len(content):
        end = content.find(b"\n", start + _BLOCK) + 1 or len(content)
        yield content[start:end]
        start = end


def _rewritten(
    block: bytes, readings: Mapping[Context, tuple[str, str]], base: str
) -> tuple[bytes, dict[str, NDArray[np.int64]]]:
    """Returns the block as UTF-8, and encoding -> the numbers of the lines that were repaired with it."""
    if base == "utf-8" and _is_utf8(block):
        return block, {}
    high = _HighBytes.of(block)
    table = np.zeros(N_CONTEXTS, dtype=np.uint32)
    used = {number: readings[context(int(number))] for number in np.unique(high.contexts)}
    table[list(used)] = [ord(character) for _, character in used.values()]
    characters = high.codes.astype("<u4")
    characters[high.strays] = table[high.contexts]
    encodings = np.zeros(N_CONTEXTS, dtype=np.int64)
    encodings[list(used)] = [_READ_AS.index(encoding) for encoding, _ in used.values()]
    read_as = np.full(len(block), _READ_AS.index(base))
    read_as[high.strays] = encodings[high.contexts]
    is_kept = _put_sequences(block, high, characters, read_as)
    line_ends = np.flatnonzero(high.codes == 10)
    lines = {
        encoding: np.unique(np.searchsorted(line_ends, np.flatnonzero(read_as == i)))
        for i, encoding in enumerate(_READ_AS) if encoding != base
    }  # fmt: skip
    utf8 = characters[is_kept].tobytes().decode("utf-32-le").encode()
    return utf8, {encoding: found for encoding, found in lines.items() if len(found)}


def _put_sequences(
    block: bytes, high: _HighBytes, characters: NDArray[np.uint32], read_as: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Returns which characters stay, after those of whole UTF-8 sequences were put where the first bytes were.

    Strays after a letter of another script are the rest of one that was cut off, as by a limit of bytes.
    """
    is_kept = np.ones(len(block), dtype=bool)
    strays = set(high.strays.tolist()) if high.whole else set()
    for start, end in high.whole:
        text = block[start:end].decode()
        characters[start : start + len(text)] = [ord(character) for character in text]
        is_kept[start + len(text) : end] = False
        read_as[start:end] = _READ_AS.index("utf-8")
        if end in strays and text[-1].isalpha() and text[-1] > "\u02ff":
            n_cut = next(n for n in count(1) if end + n not in strays)
            characters[end], read_as[end : end + n_cut] = 0xFFFD, _READ_AS.index("\ufffd")
            is_kept[end + 1 : end + n_cut] = False
    return is_kept


def _foreign_note(content: bytes, n_strays: int, base: str, name: str) -> tuple[str, ...]:
    seen = content[: 1 << 20]
    n_letters = len(re.findall(rb"[A-Za-z]", seen)) * len(content) / len(seen)
    if n_strays < 20 or n_strays <= _FOREIGN_SHARE * (n_strays + n_letters):
        return ()
    note = (
        f"{name}: read as {base}, though many letters are beyond ASCII; if texts look garbled, name the file's "
        "--encoding (e.g. cp1251, shift-jis, gb18030)."
    )
    return (note,)
