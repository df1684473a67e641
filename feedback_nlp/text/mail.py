"""Mail around an answer: signatures, "Sent from my iPhone", and the mail that is quoted below.

Read line by line, each line by patterns of bounded length, so that hostile input takes linear time. Own code: the
library mail-parser-reply cuts bulleted lists ("- friendly") and takes more than a minute for 6,500 hostile characters.
Precision first: what could be prose stays ("On Monday the agent wrote: …"), and so does a comment of nothing else.
"""

import re
from itertools import takewhile

_LONGEST_LINE = 300  # characters of a header's line
_LONGEST = 100_000  # characters of a comment that is read; more was written by no person
_MOST_ROUNDS = 20  # a signature may stand on a signature

_WROTE = re.compile(
    r"\b(?:wrote|writes|schrieb|a écrit|escribió|ha scritto|schreef|skrev|escreveu|napisał(?:\(?a\)?)?|"
    r"napsal(?:\(?a\)?)?|napísal(?:\(?a\)?)?|"
    r"kirjoitti|написал(?:\(?а\)?)?|пише|пишет|έγραψε|ezt írta|a scris|şunları yazdı|yazdı|писа|"
    r"написа)\b|写道|寫道|のメール|さんは書きました|님이 작성",
    re.IGNORECASE,
)
_WHEN = re.compile(r"\d{1,2}[:.h]\d\d|\b(?:19|20)\d\d\b|\d{1,2}[./-]\d{1,2}[./-]\d{2}")
_ADDRESS = re.compile(r"@|▮e-mail▮")
_ORIGINAL = re.compile(
    r"\W{0,3}[-_—=*]{2,40} ?(?:original message|original appointment|forwarded message|reply message|"
    r"ursprüngliche nachricht|originalnachricht|"
    r"weitergeleitete nachricht|message d'origine|message original|message transféré|message initial|mensaje original|"
    r"mensaje reenviado|"
    r"messaggio originale|messaggio inoltrato|mensagem original|mensagem encaminhada|oorspronkelijk bericht|"
    r"doorgestuurd bericht|"
    r"originalmeddelande|ursprungligt meddelande|vidarebefordrat meddelande|oprindelig meddelelse|opprinnelig melding|"
    r"opprinnelig beskjed|"
    r"alkuperäinen viesti|wiadomość oryginalna|oryginalna wiadomość|původní zpráva|pôvodná správa|eredeti üzenet|"
    r"mesaj original|orijinal mesaj|"
    r"исходное сообщение|пересылаемое сообщение|αρχικό μήνυμα|原始邮件|原始郵件|元のメッセージ|"
    r"원본 메시지) ?[-_—=*]{2,40}\W{0,3}",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"\W{0,4}(?:from|von|de|da|van|fra|från|od|lähettäjä|feladó|kimden|от|від|από|"
    r"发件人|寄件者|差出人|보낸 사람)\W{0,3}[:：]",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"\W{0,4}(?:sent|date|gesendet|datum|envoyé|date d'envoi|enviado(?: el| em)?|enviada(?: em)?|fecha|data|inviato|"
    r"verzonden|sendt|dato|skickat|"
    r"lähetetty|päivämäärä|wysłano|odesláno|odoslané|elküldve|trimis|gönderildi|gönderilme|tarih|отправлено|дата|"
    r"надіслано|στάλθηκε|ημερομηνία|"
    r"发送时间|日期|送信日時|日付|보낸 날짜|날짜)\W{0,3}[:：]",
    re.IGNORECASE,
)
_ONE_LINE_HEADER = re.compile(
    r"(?:^|\s)(?:from|von|de|da|van|fra|från|od|от):\*? [^\n:]{1,80}\s\*?(?:sent|gesendet|envoyé|enviado|enviada|"
    r"inviato|verzonden|sendt|skickat|"
    r"wysłano|odesláno|отправлено):\*? [^\n]{0,80}?\d",
    re.IGNORECASE,
)

_BRAND = (
    r"(?:iphone|ipad|ipod|android|samsung|galaxy|huawei|xiaomi|pixel|oneplus|nokia|htc|sony|xperia|motorola|blackberry|"
    r"windows phone|outlook|"
    r"yahoo mail|gmail|proton ?mail|aol|mail for windows|айфона)"
)
_DEVICE = (
    r"(?:mobile|phone|cell|tablet|smartphone|handy|mobiltelefon|mobil|portable|móvil|celular|"
    r"cellulare|telefon|telefono|telefoon)"
)
_MY = r"(?:my|meinem|mon|mi|meu|mio|mijn|min|mojego|mého|môjho|моего|мого)"
_SENT = (
    r"(?:sent (?:from|via|with)|get|von|gesendet (?:von|mit)|diese nachricht wurde von|envoyé (?:de|depuis|"
    r"à partir de)|télécharger|obtenez|"
    r"enviado (?:desde|do|a partir do|pelo)|obtener|inviato (?:da|dal)|scarica|verzonden (?:vanaf|met|via|van)|"
    r"skickat från|hämta|sendt fra|hent|"
    r"lähetetty|wysłan[eo] z|odesláno z|odoslané z|trimis de pe|отправлено (?:с|из)|надіслано з|στάλθηκε από(?: το)?|"
    r"elküldve(?: az)?)"
)
_MORE = r"(?:[ -][\w+.'’-]{1,20}){0,6}"
_SENT_FROM = re.compile(
    rf"\W{{0,3}}(?:{_SENT} (?:{_MY} (?:[\w'’-]{{1,15}} )?(?:{_BRAND}|{_DEVICE})|(?:an? |een )?{_BRAND}){_MORE}"
    rf"|iphone'?umdan gönderildi|iphone(?:から|より)送信|(?:从我的|發自我的|"
    rf"发自我的)[\w -]{{1,20}}|나의 \w{{1,10}}에서 보냄)"
    r"\W{0,3}(?:(?:https?://\S{1,200}|▮link▮)\W{0,2})?",
    re.IGNORECASE,
)
_CLOSING = (
    r"(?:with )?(?:(?:my |our )?(?:kind|kindest|best|warm|warmest) (?:regards|wishes)|regards|yours (?:sincerely|"
    r"faithfully|truly)|sincerely(?: yours)?|"
    r"best wishes|mit freundlichen gr(?:ü|ue)(?:ß|ss)en|mit freundlichem gru(?:ß|ss)|mit besten gr(?:ü|ue)(?:ß|ss)en|"
    r"(?:freundliche|viele|beste|liebe|herzliche|schöne) gr(?:ü|ue)(?:ß|ss)e|hochachtungsvoll|mfg|"
    r"(?:bien )?cordialement|bien à vous|(?:sincères|meilleures|cordiales) salutations|salutations(?: distinguées|"
    r" cordiales)?|"
    r"saludos(?: cordiales)?|un (?:cordial )?saludo|atentamente|cordialmente|cordiali saluti|distinti saluti|"
    r"met vriendelijke groet(?:en)?|vriendelijke groet(?:en)?|hartelijke groet(?:en)?|atenciosamente|"
    r"(?:com os )?(?:melhores )?cumprimentos|"
    r"med vänliga? hälsning(?:ar)?|vänliga? hälsning(?:ar)?|(?:med )?venlig hilsen|(?:med )?vennlig hilsen|mvh|"
    r"ystävällisin terveisin|"
    r"z poważaniem|pozdrawiam|s pozdravem|s pozdravom|üdvözlettel|tisztelettel|cu stimă|cu respect|saygılarımla|"
    r"с уважением|з повагою|"
    r"με εκτίμηση|atentament|lijepi pozdrav|s poštovanjem)"
)
_CLOSES = re.compile(rf"\W{{0,2}}{_CLOSING}[,.!:;]?(?: and thank you[,.!]?)?\s*", re.IGNORECASE)
_NAME = r"(?:[^\W\d_a-zß-öø-ÿ][\w.'’-]{0,30}|▮name▮)"
_CLOSES_WITH_NAME = re.compile(  # names stand apart, or one long word could be split in very many ways
    rf"\W{{0,2}}(?i:{_CLOSING})[,.!]?\s{{1,3}}{_NAME}(?:[ ,]{{1,2}}{_NAME}){{0,3}}[ ,]{{0,2}}[.!]?\s*"
)
_PROSE = re.compile(r"[.!?…]['\")]?\s*$")
_WORD = re.compile(r"\w")
_STOP = re.compile(r"[.!?] |\n")
_LONGEST_CLOSING = 90  # characters of a closing or "Sent from …" at the end of a comment on one line


def cut_mail_tail(text: str) -> str:
    """Returns a comment without signature and quoted mail; the comment itself where nothing else would be left.

    Cut are: what follows a line of dashes and looks like a signature, "Kind regards," with a few short lines after it,
    "Sent from my iPhone" in several languages, "On 3 May 2024, Ann wrote:" with what is quoted below, the header block
    of a quoted mail ("From: … Sent: …"), "-----Original Message-----", and quoted lines ("> …"). An answer written
    below the quotation stays.

    >>> cut_mail_tail("Far too slow.\\n\\nKind regards,\\nAnn Smith\\nHead of Sales")
    'Far too slow.'
    >>> cut_mail_tail("On Monday the agent wrote: we can't help")
    "On Monday the agent wrote: we can't help"
    """
    for _ in range(_MOST_ROUNDS if len(text) <= _LONGEST else 0):
        shorter = _cut_once(text)
        if shorter == text:
            return text
        text = shorter
    return text


def _cut_once(text: str) -> str:
    lines = text.splitlines()
    if len(lines) > 1:
        kept = _without_signature(_without_quoted_mail(lines))
        if kept != lines and _says_something(kept):
            return "\n".join(kept).strip()
    return _without_last_piece(text)


def _without_header_within(text: str) -> str:
    """A comment that lost its line ends, without the quoted mail behind "From: … Sent: …"."""
    header = _ONE_LINE_HEADER.search(text) if ":" in text else None
    return text[: header.start()].rstrip() if header and _WORD.search(text, 0, header.start()) else text


def _says_something(lines: list[str]) -> bool:
    return any(_WORD.search(line) for line in lines)


def _without_quoted_mail(lines: list[str]) -> list[str]:
    """The lines without the first quoted mail: to the end, or its quoted lines where the answer stands below them."""
    for number, line in enumerate(lines):
        if len(line) > _LONGEST_LINE or not line.strip():
            continue
        if _starts_quotation(lines, number):
            return lines[:number]
        if header := _lines_of_wrote(lines, number):
            below = _unquoted(lines[number + header :])
            return [*lines[:number], *below] if below is not None else lines[:number]
        if _is_quote(line) and _is_quoted_block(lines, number):
            return [*lines[:number], *(_unquoted(lines[number:]) or [])]
    return lines


def _starts_quotation(lines: list[str], number: int) -> bool:
    line = lines[number]
    if _ORIGINAL.fullmatch(line) or _ONE_LINE_HEADER.match(line):
        return True
    following = [line for line in lines[number + 1 : number + 4] if line.strip()]
    return bool(_FROM.match(line)) and any(
        _DATED.match(other) and any(char.isdigit() for char in other) for other in following
    )


def _lines_of_wrote(lines: list[str], number: int) -> int:
    """How many lines "On 3 May 2024 at 10:00, Ann wrote:" takes here: 0 (it is none), 1 or 2."""
    starts = not _PROSE.search(lines[number]) and (_WHEN.search(lines[number]) or _ADDRESS.search(lines[number]))
    for n_lines in (1, 2) if starts else (1,):
        header = " ".join(line.strip(" \t>") for line in lines[number : number + n_lines])
        if len(header) > _LONGEST_LINE or not header.endswith((":", "：")) or not _WROTE.search(header):
            continue
        below = next((line for line in lines[number + n_lines : number + n_lines + 4] if line.strip()), "")
        # a date alone could be prose, a date with a time is none
        if _is_quote(below) or _ADDRESS.search(header) or len(_WHEN.findall(header)) > 1:
            return n_lines
    return 0


def _is_quote(line: str) -> bool:
    return line.lstrip().startswith((">", "&gt;"))


def _is_quoted_block(lines: list[str], number: int) -> bool:
    """Two or more quoted lines apart from what is above: not a list with arrows, not "> 2 hours"."""
    if number + 1 >= len(lines) or not _is_quote(lines[number + 1]):
        return False
    return number == 0 or not lines[number - 1].strip()


def _unquoted(lines: list[str]) -> list[str] | None:
    """What stands below the quoted lines, or None where no line is quoted."""
    n_quoted = sum(1 for _ in takewhile(lambda line: _is_quote(line) or not line.strip(), lines))
    return lines[n_quoted:] if any(_is_quote(line) for line in lines[:n_quoted]) else None


def _without_signature(lines: list[str]) -> list[str]:
    n_lines = max((number for number, line in enumerate(lines, 1) if line.strip()), default=0)
    all_lines, lines = lines, lines[:n_lines]
    if len(lines) > 1 and len(lines[-1]) < _LONGEST_LINE and _SENT_FROM.fullmatch(lines[-1].strip()):
        return lines[:-1]
    for number in range(max(1, len(lines) - 9), len(lines)):
        line, below = lines[number].strip(), lines[number + 1 :]
        if line in {"--", "__", "—"} and _is_signature(below):
            return lines[:number]
        if len(line) < _LONGEST_LINE and (_CLOSES.fullmatch(line) or _CLOSES_WITH_NAME.fullmatch(line)):
            return lines[:number] if _is_signature(below) else all_lines
    return all_lines


def _is_signature(lines: list[str]) -> bool:
    """Whether lines name a person, a title, a firm: short, and no sentence."""
    return all(len(line) <= 70 and line.count(" ") <= 9 and not _is_sentence(line) for line in lines)


def _is_sentence(line: str) -> bool:
    return line.count(" ") >= 3 and (bool(_PROSE.search(line)) or line.lstrip()[:1].islower())


def _without_last_piece(text: str) -> str:
    """A comment on one line without a closing ("Great. Kind regards, Ann") or "Sent from …" as its last sentence."""
    text = _without_header_within(text)
    tail = text[-_LONGEST_CLOSING:]
    if not _STOP.search(tail):
        return text
    start = (
        len(text) - len(tail) + max(tail.rfind(mark, 0, len(tail.rstrip()) - 1) for mark in (". ", "! ", "? ", "\n"))
    )
    last = text[start + 1 :].strip()
    if start < 1 or not _WORD.search(text, 0, start + 1):
        return text
    is_tail = _CLOSES.fullmatch(last) or _CLOSES_WITH_NAME.fullmatch(last) or _SENT_FROM.fullmatch(last)
    return text[: start + 1].rstrip() if is_tail else text
