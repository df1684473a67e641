"""Workbooks (.xlsx, .xlsm, .xlsb, .xls, .ods) -> rows of text: values, formulas' last results."""

import io
from collections.abc import Iterator, Sequence

from feedback_nlp.errors import InputError, did_you_mean
from feedback_nlp.ingest.reading.archives import OLE_MARK
from feedback_nlp.ingest.reading.cells import Rows, cell_text
from feedback_nlp.ingest.reading.workbook_guard import check_workbook

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # the stream in which a password-protected workbook lies


def read_workbook(content: bytes, name: str, sheet: str) -> Rows:
    """Returns the rows of the sheet called `sheet`, or of the first; empty rows and columns around them are left out.

    Numbers that Excel shows as dates are ISO 8601; errors such as #N/A are "". Of merged cells the first holds the
    text, the others are "".

    Raises:
        InputError: no such sheet, no workbook, one protected by a password, damaged, or beyond the limits of
            `workbook_guard.check_workbook`.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    if content.startswith(OLE_MARK) and _ENCRYPTED in content:
        raise _protected(name)
    if content.startswith(b"PK"):
        check_workbook(content, name)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = workbook.sheet_names
        if not sheets:
            raise InputError(f"{name}: the workbook has no sheet")
        sheet = sheet or sheets[0]
        if sheet not in sheets:
            raise InputError(f"{name}: no sheet '{sheet}'{did_you_mean(sheet, sheets)} (sheets: {', '.join(sheets)})")
        values = workbook.get_sheet_by_name(sheet)
    except PasswordError:
        raise _protected(name) from None
    except (CalamineError, OSError, ValueError) as error:
        raise InputError(f"{name}: not a readable workbook: {error}") from None
    return Rows(_rows(values.to_python(skip_empty_area=True)), f"workbook, sheet '{sheet}'")


def _rows(values: Sequence[Sequence[object]]) -> Iterator[list[str]]:
    return ([cell_text(value) for value in row] for row in values)


def _protected(name: str) -> InputError:
    return InputError(f"{name}: the workbook is protected by a password; save it without one")
