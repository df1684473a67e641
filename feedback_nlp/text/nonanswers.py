"""Answers that say nothing, and the two bare words that say something only under the right question."""

import re

from feedback_nlp.schema import GENERIC_COMPLAINT, GENERIC_PRAISE
from feedback_nlp.text.masking import MASK
from feedback_nlp.text.questions import Sense

_TRIM = " \t\r\n\u00a0.,;:!?…-–—*_/\\'\"()[]<>#=+~|"

_SILENT = frozenset(
    """
    n/a|na|n.a|n a|not applicable|not answered|did not answer|no answer|no response|no reply|no comment|no comments|nocomment|
    no further comment|no further comments|no other comments|nothing to add|nothing to say|nothing further|nothing else|
    i have no comment|i have nothing to add|nothing to report|nothing comes to mind|left blank|blank|empty|null|nan|none given|
    not sure|unsure|don't know|dont know|do not know|i don't know|i dont know|idk|dunno|no idea|not known|unknown|
    no thanks|no thank you|no, thanks|no, thank you|skip|pass|test|asdf|xxx|xx|x|as above|see above|same as above|same|ditto|see previous|prefer not to say|
    ras|sans|sans avis|sans commentaire|pas de commentaire|pas de commentaires|aucun commentaire|sans opinion|nsp|ne sait pas|
    keine angabe|k.a|k. a|kein kommentar|weiß nicht|weiss nicht|keine ahnung|
    sin comentarios|sin comentario|no sé|no se|no aplica|ningún comentario|
    nessun commento|non so|sem comentários|sem comentarios|geen commentaar|weet niet|nvt|n.v.t|
    brak|nie wiem|bez komentarza|ingen kommentar|vet ej|inga kommentarer
    """.replace("\n    ", "").strip().split("|")
)  # fmt: skip

_OPENING = (
    r"(?:(?:absolutely|really|honestly|currently|i (?:can )?think(?: of)?|couldn't|could not|there (?:is|was|were)|there's|"
    r"i (?:have|had)|(?:i )?(?:can't|cannot|can not|couldn't) think of) )*"
)
_CLOSING = (
    r"(?: (?:at all|really|much|else|whatsoever|in particular|specific|special|significant|needed|required|"
    r"i can think of|comes to mind|springs to mind|at the moment|that i can think of|so far|as yet))*"
)
_NOTHING = re.compile(
    rf"{_OPENING}(?:nothing|none|no|nope|nil|nowt|nada|rien|nichts|nix|niente|niets|ninguno|ninguna|aucun|aucune|néant|keine|nic|zero|"
    rf"not a thing|not much|not a lot|not anything|anything|couldn't){_CLOSING}"
)
# praise under every question, also under one that asks for strengths
_NO_FAULT = re.compile(
    rf"{_OPENING}(?:no (?:complaint|problem|issue|improvement)s?|nothing (?:at all )?to (?:improve|complain about)){_CLOSING}"
)
_EVERYTHING = re.compile(
    r"(?:absolutely |just |nearly |almost )*(?:everything|all|all of it|the lot|every thing|alles|tout|todo)"
)
_LONGEST = 100  # characters of a bare answer; keeps the patterns away from long hostile text
_LETTER = re.compile(r"[^\W\d_]")


def is_silent(text: str) -> bool:
    """Returns whether an answer says nothing under any question: no letter in it, masks only, or such as "n/a".

    >>> [is_silent(text) for text in ("n/a", " - ", "10", "👍", "Did not answer", "No answer from the hotline")]
    [True, True, True, True, True, False]
    """
    bare = _bare(text)
    return not _LETTER.search(MASK.sub("", bare)) or bare in _SILENT


def is_nothing(text: str) -> bool:
    """Returns whether an answer is a bare "nothing": silence under an open question, a verdict under the others.

    >>> [is_nothing(text) for text in ("Nothing.", "none at all", "Absolutely nothing!", "Nothing works")]
    [True, True, True, False]
    """
    return len(text) <= _LONGEST and bool(_NOTHING.fullmatch(_bare(text)))


def verdict_of_bare_answer(text: str, sense: Sense) -> str | None:
    """Returns the generic theme that a bare "nothing" or "everything" means under a question, or None.

    >>> verdict_of_bare_answer("Nothing.", "faults"), verdict_of_bare_answer("Nothing.", "strengths")
    ('generic-praise', 'generic-complaint')

    Under an open question a whole answer of "nothing" is a non-answer and never comes here; beside other statements
    ("Nothing. All fine.") it says that there is nothing to complain about.

    >>> verdict_of_bare_answer("Everything!", "faults"), verdict_of_bare_answer("Nothing.", "neutral")
    ('generic-complaint', 'generic-praise')
    """
    if len(text) <= _LONGEST and _NO_FAULT.fullmatch(_bare(text)):
        return GENERIC_PRAISE
    if is_nothing(text):
        return GENERIC_COMPLAINT if sense == "strengths" else GENERIC_PRAISE
    if sense == "neutral":
        return None
    if len(text) <= _LONGEST and _EVERYTHING.fullmatch(_bare(text)):
        return GENERIC_COMPLAINT if sense == "faults" else GENERIC_PRAISE
    return None


def _bare(text: str) -> str:
    return " ".join(text.strip(_TRIM).lower().replace("’", "'").split())
