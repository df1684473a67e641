"""Personal data out of a text before it is written anywhere: patterns only, each linear in the text's length."""

import re
from collections import Counter
from collections.abc import Iterable
from ipaddress import IPv6Address

from feedback_nlp.text.identity import mask_identity_numbers

EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_URL = re.compile(r"\b(?:https?://|www\.)[^\s<>\"']{0,2000}[^\s<>\"'.,;:!?…)\]]", re.IGNORECASE)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b", re.IGNORECASE)
_IP = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?!\d|\.\d)")
_DIGITS = re.compile(r"(?<![\w/])(?<!\d[.,-])\+?\(?\d(?:(?:(?!\. )[ ().\u00a0\u2011-]){0,2}\d){6,40}(?![\w/])")
_SLASHED_PHONE = re.compile(
    r"(?<![\w/])(?<!\d[ -])(?:\+\d{1,3} ?(?:\(0\) ?)?|0)\d{2,4} ?/ ?\d(?:[ -]?\d){4,9}(?![\w/])"
)
_DATE = re.compile(r"(?:19|20)\d\d[-. ]\d\d[-. ]\d\d(?!\d)|\d\d?[-. ]\d\d?[-. ](?:19|20)\d\d(?!\d)")
_DECIMAL = re.compile(r"(?:0|[1-9]\d?)\.\d+")
_PRICES = re.compile(r"\d{1,5}\.\d\d(?: \d{1,5}\.\d\d)+")
_CURRENCIES = ("$", "£", "€", "¥")
_LOCAL_PHONE = re.compile(r"\d{3}[-. ]\d{4}|\d{3,5}[- ]\d{6}")

_IPV6 = re.compile(r"(?<![\w:.])(?=[0-9a-f:]{0,37}:)[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?![\w:])", re.IGNORECASE)
_HEX_GROUP = re.compile(r"[0-9a-fA-F]{3,4}")
_ANY_DIGIT = re.compile(r"\d")

KINDS_OF_MASK = ("e-mail", "link", "iban", "card", "phone", "ip", "id-number", "postcode", "name")
MASK = re.compile(f"▮({'|'.join(KINDS_OF_MASK)})▮")


def mask_personal_data(text: str) -> str:
    """Returns the text with e-mail addresses, links, IBANs, cards, phone and IP numbers, postcodes and national
    numbers (see `identity`) replaced by ▮kind▮, one of KINDS_OF_MASK.

    Card numbers are told by the Luhn check; other digit runs are phone numbers from nine digits on, or with a leading
    + or 0, so that prices, years, order dates, flights and product codes stay. User handles stay: many name products.

    >>> mask_personal_data("Mail me at jo@example.com or ring 020 7946 0018, I paid 1200.")
    'Mail me at ▮e-mail▮ or ring ▮phone▮, I paid 1200.'
    """
    if "@" in text:
        text = EMAIL.sub("▮e-mail▮", text)
    if "://" in text or "www." in text.lower():
        text = _URL.sub("▮link▮", text)
    return _without_numbers(text) if _ANY_DIGIT.search(text) else text


def count_masks(texts: Iterable[str | None]) -> dict[str, int]:
    """Returns how often each of KINDS_OF_MASK stands in masked texts, zeros included; null is no text.

    >>> {kind: n for kind, n in count_masks(["Mail ▮e-mail▮ or ring ▮phone▮ / ▮phone▮", None]).items() if n}
    {'e-mail': 1, 'phone': 2}
    """
    found = Counter(kind for text in texts if isinstance(text, str) and "▮" in text for kind in MASK.findall(text))
    return {kind: found[kind] for kind in KINDS_OF_MASK}


def is_luhn(digits: str) -> bool:
    """Returns whether a card number's check digit is right (Luhn, ISO/IEC 7812-1).

    >>> is_luhn("4111111111111111"), is_luhn("4111111111111112")
    (True, False)
    """
    doubled = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits))]
    return sum(d - 9 * (d > 9) for d in doubled) % 10 == 0


def _without_numbers(text: str) -> str:
    text = mask_identity_numbers(_IBAN.sub(_mask_iban, text))
    if text.count(".") > 2:
        text = _IP.sub("▮ip▮", text)
    if text.count(":") > 1:
        text = _IPV6.sub(_mask_ipv6, text)
    if "/" in text:
        text = _SLASHED_PHONE.sub("▮phone▮", text)
    return _DIGITS.sub(_mask_digits, text)


def _mask_ipv6(match: re.Match[str]) -> str:
    """Masks what is an address and neither a time ("10:30:45") nor a name in code ("a::b")."""
    found = match.group()
    is_long = bool(_HEX_GROUP.search(found)) and any(character.isdigit() for character in found)
    try:
        return "▮ip▮" if is_long and IPv6Address(found) else found
    except ValueError:
        return found


def _mask_digits(match: re.Match[str]) -> str:
    found = match.group()
    if date := _DATE.match(found):
        return date.group() + _DIGITS.sub(_mask_digits, found[date.end() :])
    digits = re.sub(r"\D", "", found)
    if 13 <= len(digits) <= 19 and is_luhn(digits):
        return "▮card▮"
    before = match.string[max(0, match.start() - 2) : match.start()].strip()
    if _PRICES.fullmatch(found) or (len(digits) < 9 and before.endswith(_CURRENCIES)):
        return found
    if _DECIMAL.fullmatch(found) or (len(digits) > 19 and found.isdigit()):
        return found
    is_phone = len(digits) >= 9 or found.startswith(("+", "0", "(0")) or bool(_LOCAL_PHONE.fullmatch(found))
    return "▮phone▮" if is_phone else found


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
