"""HTML entities, markup and control characters out of a comment, in time linear in its length.

The standard library's html.parser is not used: it takes time that grows with the square of hostile input, and it eats
"<support@example.com>" and "<name>". Here only tags that HTML has vanish; whatever else stands in angles stays.
"""

import re
from html import unescape

_BLOCKS = frozenset(
    "article aside blockquote body br center dd div dl dt fieldset figure footer h1 h2 h3 h4 h5 h6 head header hr html "
    "li main nav ol p pre section table tbody tfoot thead tr ul".split()
)
_CELLS = frozenset({"td", "th"})
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code del em font i iframe img ins kbd mark meta o:p q s samp script small span "
    "strike strong style sub sup svg tt u var wbr".split()
)
_HIDDEN = ("script", "style")  # what stands between their tags is no text

_TAG = re.compile(r"<!--|-->|<(/?)([a-z][a-z0-9:]{0,15})(?=[\s/>])([^<>]*+)>", re.IGNORECASE)
_AMPERSANDS = re.compile(r"&(?:(?:amp|#0{0,5}38|#x0{0,5}26);)+", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.IGNORECASE)
_CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_BLANKS = re.compile(r"\s+")
_MOST_ROUNDS = 4  # how often something may be escaped; what is left then is made harmless


def plain_text(text: str) -> str:
    """Returns a text without HTML: entities read (also those escaped twice), tags gone, line ends for blocks.

    <br>, <p> and their like become line ends, <li> a bullet, the contents of scripts, styles and comments vanish.
    NUL vanishes, other control characters become blanks, lone surrogates U+FFFD, so that the text can be written
    anywhere. Only entities that end in a semicolon are read: "AT&T" and "?a=1&copy=2" stay.

    >>> plain_text("<p>Slow &amp;amp; rude</p><ul><li>no reply</li></ul>")
    'Slow & rude\\n• no reply'
    >>> plain_text("I <3 it, a < b, mail <support@example.com>")
    'I <3 it, a < b, mail <support@example.com>'
    """
    if not text.isprintable():
        text = _SURROGATE.sub("\ufffd", _CONTROL.sub(" ", text.replace("\0", "")))
    if "<" not in text and "&" not in text:
        return text
    for _ in range(_MOST_ROUNDS):
        plainer = _without_tags(_without_entities(text))
        if plainer == text:
            return text
        text = plainer
    return _ENTITY.sub(lambda match: "& " + match.group()[1:], _TAG.sub(" ", text)) if _is_marked(text) else text


def _is_marked(text: str) -> bool:
    return _without_tags(_without_entities(text)) != text


def _without_entities(text: str) -> str:
    if "&" not in text:
        return text
    return _SURROGATE.sub("\ufffd", _CONTROL.sub(" ", _ENTITY.sub(_character, _AMPERSANDS.sub("&", text))))


def _character(match: re.Match[str]) -> str:
    return unescape(match.group()).replace("\0", "")


def _without_tags(text: str) -> str:
    if "<" not in text:
        return text
    tags = [match for match in _TAG.finditer(text) if _is_markup(match)]
    pieces, end, hidden_until = [], 0, _ends_of_hidden(tags)
    for position, tag in enumerate(tags):
        if tag.start() < end:
            continue  # inside a script or a comment
        pieces += [text[end : tag.start()], _stand_in(tag)]
        end = hidden_until.get(position, tag.end())
    return _tidy("".join([*pieces, text[end:]])) if pieces else text


def _is_markup(tag: re.Match[str]) -> bool:
    """Whether it is a tag of HTML, not "<b and c>": what follows the name is nothing or has a value."""
    if tag[2] is None:
        return True
    name, rest = tag[2].lower(), tag[3].strip(" /\r\n\t")
    return (name in _BLOCKS or name in _CELLS or name in _INLINE) and (not rest or "=" in rest)


def _ends_of_hidden(tags: list[re.Match[str]]) -> dict[int, int]:
    """Where what a script, a style or a comment hides ends: number of the opening tag -> offset, in one pass back."""
    ends: dict[int, int] = {}
    closing: dict[str, int] = {}
    for position in range(len(tags) - 1, -1, -1):
        tag = tags[position]
        name = "-->" if tag[2] is None else tag[2].lower()
        if tag[0] == "-->" or (tag[1] and name in _HIDDEN):
            closing[name] = tag.end()
        elif (tag[0] == "<!--" or name in _HIDDEN) and name in closing:
            ends[position] = closing[name]
    return ends


def _stand_in(tag: re.Match[str]) -> str:
    if tag[0] == "-->":
        return "-->"  # an arrow
    name = (tag[2] or "").lower()
    if name == "li" and not tag[1]:
        return "\n• "
    return "\n" if name in _BLOCKS or name == "li" else " " if name in _CELLS else ""


def _tidy(text: str) -> str:
    """Blanks around line ends away, which only the source of a page had."""
    return _BLANKS.sub(lambda match: "\n" if "\n" in match.group() else match.group(), text).strip()
