"""Sentences about a run, with figures and names of themes marked, so that a page can link and colour them."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Phrase:
    """Some words of a sentence: `theme_id` where they name a theme, `kind` where they are its figure.

    `whole` words are never broken over two lines ("4.2 to 8.0").
    """

    text: str
    theme_id: str = ""
    kind: Literal["", "drag", "lift", "nps"] = ""
    whole: bool = False


@dataclass(frozen=True)
class Sentence:
    """A sentence as phrases; spaces are part of them."""

    phrases: tuple[Phrase, ...]

    @property
    def text(self) -> str:
        """Returns the whole sentence.

        >>> Sentence((Phrase("NPS "), Phrase("23.0", kind="nps"))).text
        'NPS 23.0'
        """
        return "".join(phrase.text for phrase in self.phrases)


def sentence(*phrases: Phrase | str) -> Sentence:
    """Returns a sentence of phrases and plain words.

    >>> sentence("NPS ", Phrase("23.0", kind="nps")).phrases[0]
    Phrase(text='NPS ', theme_id='', kind='', whole=False)
    """
    return Sentence(tuple(Phrase(phrase) if isinstance(phrase, str) else phrase for phrase in phrases))
