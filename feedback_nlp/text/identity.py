"""Numbers of states, health services and posts that lead to a person: patterns, and check digits if there are any.

Sources of the rules: NHS Data Dictionary (modulus 11), HMRC NIM39110 (National Insurance number), SSA POMS RM
10201.035, INSEE (NIR, key 97 - n mod 97), Real Decreto 338/1990 (DNI, NIE), D.M. 12/03/1974 (codice fiscale), Royal
Mail PAF, Canada Post, PostNL and USPS address forms.
"""

import re
from collections.abc import Callable

# the areas of the United Kingdom: without them "S10 4GB" and part numbers look like postcodes
_AREAS = (
    "A[BL]|B[ABDHLNRST]?|C[ABFHMORTVW]|D[ADEGHLNTY]|E[CHNX]?|F[KY]|G[LUY]?|H[ADGPRSUX]|I[GMPV]|"
    "JE|K[ATWY]|L[ADELNSU]?|M[EKL]?|"
    "N[EGNPRW]?|O[LX]|P[AEHLOR]|R[GHM]|S[AEGKLMNOPRSTWY]?|T[ADFNQRSW]|UB|W[ACDFNRSV]?|YO|ZE"
)
_INWARD = r"\d(?!(?:GB|st|nd|rd|th)\b)[ABD-HJLNP-UW-Z]{2}"  # "S9 8GB" is a phone
_UK_POSTCODE = re.compile(rf"\b(?:(?:{_AREAS})\d(?:\d|[A-Z])? {_INWARD}|GIR 0AA)\b", re.IGNORECASE)
_CANADIAN_POSTCODE = re.compile(r"\b[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z][ -]\d[ABCEGHJ-NPRSTV-Z]\d\b", re.IGNORECASE)
_UNITS = (
    "AC|AD|AH|AM|AN|AS|AT|BC|BY|CE|CM|DC|DM|DO|EU|FT|GB|GO|HD|HP|HR|HZ|ID|IF|IN|IS|IT|KB|KG|KM|KO|KW|LB|"
    "MA|MB|ME|MM|MY|NM|NO|OF|OK|ON|OR|OZ|"
    "PC|PM|PS|PT|QM|RM|SA|SD|SO|SQ|SS|TB|TO|TV|UK|UM|UN|UP|US|VA|WE|WH|XL|XS"
)
# four digits and two capitals are a flight, a price or a tail number more often: only where an address stands
_DUTCH_POSTCODE = re.compile(
    rf"((?:^|[,;:\n]|\b(?:in|te|op|at)\b) ?)[1-9]\d{{3}}(?: (?!(?<=19\d\d )|(?<=20\d\d )))?(?!{_UNITS})[A-Z]{{2}}\b"
    r"(?=[.,;\n]|$| [A-Z][a-z]{2})",
    re.MULTILINE,
)
_ZIP_PLUS_4 = re.compile(r"(?<![\w-])\d{5}-\d{4}(?![\w-])")
_POSTCODE_AFTER_WORD = re.compile(
    r"(?<!▮)\b(zip(?:[ -]?code)?|plz|postleitzahl|code postal|c[óo]digo postal|postnummer|postnr|post ?code|"
    r"postal code|cap\.|codice postale|psč|"
    r"kod pocztowy|irányítószám)(\W{1,3}(?:is |ist |est |es |è )?)"
    r"(?:\d{2,5}(?: ?-? ?\d{2,3})?|[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}|[A-Z]\d[A-Z]\d[A-Z]\d)(?!\w)",
    re.IGNORECASE,
)

_WORDS_BEFORE_POSTCODE = (
    "zip",
    "plz",
    "post",
    "cap.",
    "psč",
    "irányító",
)  # one of them stands in what the pattern finds
_LETTER_AND_DIGIT = re.compile(r"[A-Za-z]\d")

_NHS = re.compile(r"(?<![\w-])\d{3} \d{3} \d{4}(?![\w-])")
_NHS_AFTER_WORD = re.compile(
    r"\b(nhs(?: (?:number|no|nr|num|id))?)(\W{1,3}(?:is |was )?)(\d{3}[ -]?\d{3}[ -]?\d{4})(?!\w)", re.IGNORECASE
)
_NINO_LETTERS = r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]"
_NINO = re.compile(
    rf"\b{_NINO_LETTERS}(?:\d{{6}}| \d{{6}} |(?: ?\d\d){{3}} ?)[A-D]\b|\b(?i:{_NINO_LETTERS} \d\d \d\d \d\d [A-D])\b"
)
_SSN = re.compile(r"(?<![\w-])(?!000|666|9)\d{3}([ -])(?!00)\d\d\1(?!0000)\d{4}(?![\w-])")
_NIR = re.compile(
    r"(?<!\w)[12] ?\d\d ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d\d|2[AB]) ?\d{3} ?\d{3} ?\d\d(?!\w)", re.IGNORECASE
)
_DNI = re.compile(r"\b(?:\d{8}|[XYZ]\d{7})[ -]?[A-Z]\b", re.IGNORECASE)
_CODICE_FISCALE = re.compile(r"\b[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z]\b", re.IGNORECASE)
_TAX_ID_AFTER_WORD = re.compile(
    r"\b(steuer-?(?:id|identifikationsnummer|nummer|nr)\.?(?:-?nr\.?)?|(?:steuerliche )?identifikationsnummer|idnr\.?|"
    r"steuer-id-nr\.?)"
    r"(\W{1,3}(?:ist |lautet )?)\d{2} ?\d{3} ?\d{3} ?\d{3}(?!\w)",
    re.IGNORECASE,
)

_DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
# values of the characters in odd places, A or 0 first
_ODD_PLACES = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)


def mask_identity_numbers(text: str) -> str:
    """Returns the text with national numbers replaced by ▮id-number▮ and postcodes by ▮postcode▮.

    Numbers: NHS, UK National Insurance, US social security, French NIR, Spanish DNI and NIE, Italian codice fiscale,
    and the German tax number after its word. Postcodes: British and Canadian with their blank (without it they look
    like an aircraft or a part), US ZIP+4, Dutch in an address, plain ones after their word.

    >>> mask_identity_numbers("NHS number 943 476 5919, QQ 12 34 56 C, I live in SW1A 1AA")
    'NHS number ▮id-number▮, QQ 12 34 56 C, I live in ▮postcode▮'
    >>> mask_identity_numbers("flight BA 2490, order AB-12345, 2024 EU rules, PLZ 10115")
    'flight BA 2490, order AB-12345, 2024 EU rules, PLZ ▮postcode▮'
    """
    n_digits = sum(map(text.count, "0123456789"))
    if n_digits >= 9:
        text = _without_long_numbers(text)
    if n_digits >= 6:
        text = _NINO.sub("▮id-number▮", text)
        text = _DNI.sub(_checked(is_dni), text)
        text = _CODICE_FISCALE.sub(_checked(is_codice_fiscale), text)
    return _without_postcodes(text) if n_digits >= 2 else text


def _without_long_numbers(text: str) -> str:
    text = _TAX_ID_AFTER_WORD.sub(r"\1\2▮id-number▮", text)
    text = _NHS_AFTER_WORD.sub(_checked(is_nhs_number, 3), text)
    text = _NIR.sub(_checked(is_nir), text)
    text = _NHS.sub(_checked(is_nhs_number), text)
    text = _SSN.sub("▮id-number▮", text)
    return _ZIP_PLUS_4.sub("▮postcode▮", text)


def _without_postcodes(text: str) -> str:
    lower = text.lower()
    if any(word in lower for word in _WORDS_BEFORE_POSTCODE):
        text = _POSTCODE_AFTER_WORD.sub(r"\1\2▮postcode▮", text)
    if _LETTER_AND_DIGIT.search(text):
        text = _UK_POSTCODE.sub("▮postcode▮", text)
        text = _CANADIAN_POSTCODE.sub("▮postcode▮", text)
    is_shouted = " " in text and text.isupper()  # "IN 2024 WE WAITED"
    return text if is_shouted else _DUTCH_POSTCODE.sub(r"\1▮postcode▮", text)


def is_nhs_number(digits: str) -> bool:
    """Returns whether ten digits are an NHS number: their sum with the weights 10 to 1 is a multiple of 11.

    >>> is_nhs_number("9434765919"), is_nhs_number("9434765918")
    (True, False)
    """
    return len(digits) == 10 and sum((10 - i) * int(d) for i, d in enumerate(digits[:9])) % 11 == -int(digits[9]) % 11


def is_nir(number: str) -> bool:
    """Returns whether a French social security number's key is right: 97 - n mod 97, Corsica's 2A as 19 and 2B as 18.

    >>> is_nir("255081416802538"), is_nir("255081416802539")
    (True, False)
    """
    digits = number.upper().replace("2A", "19", 1).replace("2B", "18", 1)
    return digits.isdigit() and len(digits) == 15 and int(digits[13:]) == 97 - int(digits[:13]) % 97


def is_dni(number: str) -> bool:
    """Returns whether the letter of a Spanish DNI or NIE is right: number mod 23, X, Y, Z standing for 0, 1, 2.

    >>> is_dni("12345678Z"), is_dni("X1234567L"), is_dni("12345678A")
    (True, True, False)
    """
    digits, letter = number[:-1].upper(), number[-1].upper()
    digits = digits.replace("X", "0").replace("Y", "1").replace("Z", "2")
    return digits.isdigit() and _DNI_LETTERS[int(digits) % 23] == letter


def is_codice_fiscale(code: str) -> bool:
    """Returns whether the last letter of an Italian tax code is right: a sum of values by place, mod 26.

    >>> is_codice_fiscale("RSSMRA85T10A562S"), is_codice_fiscale("RSSMRA85T10A562T")
    (True, False)
    """
    values = [int(char) if char.isdigit() else ord(char) - ord("A") for char in code.upper()]
    total = sum(_ODD_PLACES[value] if place % 2 == 0 else value for place, value in enumerate(values[:15]))
    return len(values) == 16 and total % 26 == values[15]


def _checked(is_right: Callable[[str], bool], group: int = 0) -> Callable[[re.Match[str]], str]:
    """A replacement that masks a number only if its check digit is right, and keeps the words before it."""

    def _replace(match: re.Match[str]) -> str:
        if not is_right(re.sub(r"[\s-]", "", match[group])):
            return match[0]
        return f"{match[1]}{match[2]}▮id-number▮" if group else "▮id-number▮"

    return _replace
