"""Personal data out of a text before it is written anywhere: patterns only, each linear in the text's length."""

import re
from collections.abc import Callable
from dataclasses import replace
from hashlib import blake2b
from typing import Any

import pandas as pd

from feedback_nlp.config import TextConfig
from feedback_nlp.schema import Linked

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_URL = re.compile(r"\b(?:https?://|www\.)[^\s<>\"']{0,2000}[^\s<>\"'.,;:!?…)\]]", re.IGNORECASE)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b", re.IGNORECASE)
_IP = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")
_DIGITS = re.compile(r"(?<![\w/])(?<!\d[.,-])\+?\(?\d(?:[ ().\u00a0\u2011-]{0,2}\d){6,40}(?![\w/])")
_SLASHED_PHONE = re.compile(r"(?<![\w/])(?:\+\d{1,3} ?(?:\(0\) ?)?|0)\d{2,4} ?/ ?\d(?:[ -]?\d){4,9}(?![\w/])")
_DATE = re.compile(r"(?:19|20)\d\d[-. ]\d\d[-. ]\d\d(?!\d)|\d\d?[-. ]\d\d?[-. ](?:19|20)\d\d(?!\d)")
_DECIMAL = re.compile(r"(?:0|[1-9]\d?)\.\d+")
_WRITTEN_PHONE = re.compile(r"[+(\d][\d ().\u00a0/-]*")
_LOCAL_PHONE = re.compile(r"\d{3}[-. ]\d{4}|\d{3,5}[- ]\d{6}")

MASK = re.compile("▮(?:e-mail|link|iban|card|phone|ip)▮")


def mask_personal_data(text: str) -> str:
    """Returns the text with e-mail addresses, links, IBANs, cards, phone and IP numbers replaced by ▮kind▮.

    Card numbers are told by the Luhn check; other digit runs are phone numbers from nine digits on, or with a leading
    + or 0, so that prices, years and order dates stay.

    >>> mask_personal_data("Mail me at jo@example.com or ring 020 7946 0018, I paid 1200.")
    'Mail me at ▮e-mail▮ or ring ▮phone▮, I paid 1200.'
    """
    if "@" in text:
        text = _EMAIL.sub("▮e-mail▮", text)
    text = _URL.sub("▮link▮", text)
    if not any(character.isdigit() for character in text):
        return text
    text = _IBAN.sub(_mask_iban, text)
    text = _IP.sub("▮ip▮", text)
    text = _SLASHED_PHONE.sub("▮phone▮", text)
    return _DIGITS.sub(_mask_digits, text)


def mask_linked(linked: Linked, settings: TextConfig = TextConfig()) -> Linked:
    """Returns the linked tables with personal data masked outside the comments, which `prepare` masks.

    Segments, questions, rejected rows and what is quoted from the file are masked like comments. An id that is an
    e-mail address or a phone number becomes a hash of it, so that a person's responses still belong together.
    """
    if not settings.mask_personal_data:
        return linked
    segments = [name for name in map(str, linked.responses) if name.startswith("segment_")]
    responses = _masked(linked.responses, segments, mask_personal_data)
    return replace(
        linked,
        responses=_masked(responses, ["response_id", "respondent_id"], _pseudonym).sort_values(
            "response_id", ignore_index=True
        ),
        comments=_masked(_masked(linked.comments, ["response_id"], _pseudonym), ["question"], _masked_question),
        rejected=_masked(linked.rejected, ["content", "reason"], mask_personal_data),
        facts=mask_data(linked.facts),
    )


def mask_data(data: Any) -> Any:
    """Returns plain data (dicts, lists, texts, numbers) with every text in it masked.

    >>> mask_data({"where": ["mail=jo@example.com"], "n": 3})
    {'where': ['mail=▮e-mail▮'], 'n': 3}
    """
    if isinstance(data, dict):
        return {key: mask_data(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [mask_data(value) for value in data]
    return mask_personal_data(data) if isinstance(data, str) else data


def is_luhn(digits: str) -> bool:
    """Returns whether a card number's check digit is right (Luhn, ISO/IEC 7812-1).

    >>> is_luhn("4111111111111111"), is_luhn("4111111111111112")
    (True, False)
    """
    doubled = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits))]
    return sum(d - 9 * (d > 9) for d in doubled) % 10 == 0


def _mask_digits(match: re.Match[str]) -> str:
    found = match.group()
    if date := _DATE.match(found):
        return date.group() + _DIGITS.sub(_mask_digits, found[date.end() :])
    digits = re.sub(r"\D", "", found)
    if 13 <= len(digits) <= 19 and is_luhn(digits):
        return "▮card▮"
    if _DECIMAL.fullmatch(found) or (len(digits) > 19 and found.isdigit()):
        return found
    is_phone = len(digits) >= 9 or found.startswith(("+", "0", "(0")) or bool(_LOCAL_PHONE.fullmatch(found))
    return "▮phone▮" if is_phone else found


def _masked(table: pd.DataFrame, columns: list[str], mask: Callable[[str], str]) -> pd.DataFrame:
    """A copy with the texts of some columns masked, each distinct text once."""
    masked = {}
    for name in columns:
        distinct = table[name].dropna().unique()
        masked[name] = table[name].map({text: mask(text) for text in distinct}).astype(table[name].dtype)
    return table.assign(**masked)


def _pseudonym(identity: str) -> str:
    """The id, or a hash where it holds an address or is a phone number.

    Bare digits stay, most tools number responses so; so does a code with a number in it ("North 111 1014").
    """
    is_phone = _WRITTEN_PHONE.fullmatch(identity) and not identity.isdigit() and "phone" in mask_personal_data(identity)
    if not (is_phone or _EMAIL.search(identity)):
        return identity
    return blake2b(identity.encode(), digest_size=8).hexdigest()


def _masked_question(question: str) -> str:
    """The question masked, and told apart from one that differs only in what was masked."""
    masked = mask_personal_data(question)
    return masked if masked == question else f"{masked} ({blake2b(question.encode(), digest_size=3).hexdigest()})"


def _mask_iban(match: re.Match[str]) -> str:
    """Masks the account number at the start of what may reach into the words after it."""
    parts = match.group().split(" ")
    for n in range(len(parts), 0, -1):
        if _is_iban("".join(parts[:n])):
            return " ".join(["▮iban▮", *parts[n:]])
    return match.group()


def _is_iban(compact: str) -> bool:
    """ISO 7064 mod 97-10 over the rearranged account number."""
    number = "".join(str(int(c, 36)) for c in compact[4:] + compact[:4])
    return 15 <= len(compact) <= 34 and int(number) % 97 == 1
