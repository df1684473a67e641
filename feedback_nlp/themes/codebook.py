"""A codebook: the themes a team wants counted, each with a description, example phrases and keywords.

Plain data. `codebook_file` reads and writes it as TOML, `codebook_model` makes it assign.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from feedback_nlp.errors import ModelError, did_you_mean
from feedback_nlp.schema import GENERIC_COMPLAINT, GENERIC_PRAISE, KINDS
from feedback_nlp.themes.matcher import compile_keywords, fold, keyword_words, words

Rules = Literal["weigh", "decide"]
RULES: tuple[Rules, ...] = ("weigh", "decide")

_MOST_THEMES = 1000  # time and memory grow with their square: seconds here, minutes for ten thousand
LONGEST = {"name": 200, "id": 1_000, "keyword": 200, "description": 5_000, "example": 5_000}  # characters
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_MARKS = " \t\n.,;:!?…-–—'\"“”‘’()[]*•"
_SHOWN = 60  # characters of a text that an error quotes
RESERVED = ("base", "generic", "other")  # ids with a meaning of their own in the figures


@dataclass(frozen=True)
class CodebookTheme:
    """One theme as people describe it.

    Keywords are words, phrases, or stems ("wait*"), without regard to case and accents. A statement with an `exclude`
    keyword never gets the theme; what an `include` keyword does is said by the codebook's `rules`. `keyphrases` stand
    in the report and decide nothing.
    """

    theme_id: str
    name: str
    description: str = ""
    examples: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    parent: str = ""  # name or id of another theme; "" = none
    kind: str = "topic"
    owner: str = ""  # who acts on it
    keyphrases: tuple[str, ...] = ()

    @property
    def phrases(self) -> tuple[str, ...]:
        """What teaches the theme's meaning: name, description and examples, in lower case; an example as statements
        are read, without the marks at its ends."""
        examples = (example.strip(_MARKS) or example for example in self.examples)
        return tuple(phrase.lower() for phrase in (self.name, self.description, *examples) if phrase.strip())


@dataclass(frozen=True)
class Weights:
    """What an earlier model knew of the themes: a linear classifier that a codebook made from it starts from.

    `known` are the keys of the phrases (see `phrase_key`) that stood in the codebook then: they teach nothing new.
    """

    theme_ids: tuple[str, ...]
    coefficients: NDArray[np.float64]  # (k, d)
    intercepts: NDArray[np.float64]  # (k,)
    encoder: tuple[str, str]  # name and fingerprint
    known: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Codebook:
    """Themes in the order of the file, and how statements get them.

    `several`: a statement may have more than one theme. `rules` "weigh": an include keyword is evidence beside the
    statement's meaning; "decide": a theme whose keyword is there is given. `min_confidence`: a statement whose best
    chance lies below it has no theme.
    """

    themes: tuple[CodebookTheme, ...]
    name: str = ""
    owner: str = ""
    several: bool = False
    rules: Rules = "weigh"
    min_confidence: float = 0.5
    weights: Weights | None = field(default=None, compare=False, repr=False)

    @property
    def parent_ids(self) -> dict[str, str | None]:
        """Theme id -> the id of its parent, or None."""
        known = {theme.name: theme.theme_id for theme in self.themes}
        known.update({theme.theme_id: theme.theme_id for theme in self.themes})
        return {theme.theme_id: known[theme.parent] if theme.parent else None for theme in self.themes}

    @property
    def leaves(self) -> tuple[CodebookTheme, ...]:
        """The themes that statements can get: those that are nobody's parent, in order."""
        parents = set(self.parent_ids.values())
        return tuple(theme for theme in self.themes if theme.theme_id not in parents)


def phrase_key(theme_id: str, phrase: str) -> str:
    """Returns a hash that tells a theme's phrase again without keeping it: one taken out of a codebook is gone.

    >>> phrase_key("waiting", "I waited an hour") == phrase_key("staff", "I waited an hour")
    False
    """
    return blake2b(f"{theme_id}\n{phrase}".encode(), digest_size=8).hexdigest()


def plain_text(text: str, what: str) -> str:
    """Returns a text as a codebook takes it: without control characters, cut where it is too long for `what`.

    >>> plain_text("so \x1b[31mrude", "example"), len(plain_text("x" * 300, "keyword"))
    ('so  [31mrude', 200)
    """
    return _CONTROL.sub(" ", text)[: LONGEST[what]].strip()


def slugs(names: Sequence[str], taken: Sequence[str] = RESERVED) -> list[str]:
    """Returns one id per name: its words in lower case with hyphens, told apart by a number where two are equal.

    >>> slugs(["Response time", "C", "C++", "Other", "!"])
    ['response-time', 'c', 'c-2', 'other-2', 'theme']
    """
    used, ids = set(taken), []
    for name in names:
        slug = "-".join(re.findall(r"[^\W_]+", name.lower())) or "theme"
        numbered = (slug if n == 1 else f"{slug}-{n}" for n in range(1, len(used) + 2))
        ids.append(next(candidate for candidate in numbered if candidate not in used))
        used.add(ids[-1])
    return ids


def check_codebook(codebook: Codebook, where: str) -> Codebook:
    """Returns the codebook if it can be used.

    Args:
        codebook: as written.
        where: its file, for errors.

    Raises:
        ModelError: no theme, a theme that says nothing, two with one name or id, an unknown parent, a parent with a
            parent or with examples of its own, a keyword that no text can hold; the line names file and theme.
    """
    problem = next(_problems(codebook), None)
    if problem:
        raise ModelError(f"{where}: {problem}")
    return codebook


def _problems(codebook: Codebook) -> Iterator[str]:
    if not codebook.themes:
        yield "no theme; add a [[theme]] with name, description and examples"
    if not 0 <= codebook.min_confidence <= 1:
        yield f"min_confidence = {codebook.min_confidence}, must lie between 0 and 1"
    if len(codebook.themes) > _MOST_THEMES:
        yield f"{len(codebook.themes):,} themes; at most {_MOST_THEMES:,} can be told apart in reasonable time"
        return
    for theme in codebook.themes:
        yield from (f"theme '{theme.name[:_SHOWN]}': {problem}" for problem in _own_problems(theme))
    yield from _doubles(codebook)
    yield from _family_problems(codebook)


def _own_problems(theme: CodebookTheme) -> Iterator[str]:
    if not theme.name.strip():
        yield "the name is empty"
    if theme.kind not in KINDS:
        yield f"kind '{theme.kind}'{did_you_mean(theme.kind, KINDS)} (known: {', '.join(KINDS)})"
    if not theme.theme_id.strip() or theme.theme_id in RESERVED:
        yield f"id '{theme.theme_id}' can't be used; the ids {', '.join(RESERVED)} have a meaning of their own"
    if theme.theme_id in (GENERIC_PRAISE, GENERIC_COMPLAINT) and theme.kind != "generic":
        yield f"the id '{theme.theme_id}' is that of a generic theme; set kind = 'generic', or another id"
    if any(not words(example) for example in theme.examples):
        yield "an example is empty"
    yield from _text_problems(theme)
    yield from _keyword_problems(theme)


def _text_problems(theme: CodebookTheme) -> Iterator[str]:
    texts = [("id", theme.theme_id), ("name", theme.name), ("description", theme.description)]
    texts += [("example", text) for text in theme.examples]
    texts += [("keyword", text) for text in (*theme.include, *theme.exclude, *theme.keyphrases)]
    for what, text in texts:
        if len(text) > LONGEST[what]:
            yield f"{what} '{text[:_SHOWN]}…' has {len(text):,} characters, at most {LONGEST[what]:,} are allowed"
        if _CONTROL.search(text):
            yield f"{what} '{text[:_SHOWN]}' holds a control character; take it out"


def _keyword_problems(theme: CodebookTheme) -> Iterator[str]:
    for role in ("include", "exclude"):
        for keyword in getattr(theme, role):
            try:
                keyword_words(keyword)
            except ValueError as error:
                yield f"{role} keyword '{keyword[:_SHOWN]}': {error}; keywords are words, phrases or stems like wait*"
                return
    exclude = compile_keywords(theme.exclude)
    for keyword in theme.include:
        if ruled_out := exclude.find(keyword):
            yield f"include keyword '{keyword}' never counts: exclude keyword '{theme.exclude[ruled_out[0]]}' is in it"


def _doubles(codebook: Codebook) -> Iterator[str]:
    names = Counter(fold(theme.name.strip()) for theme in codebook.themes)
    ids = Counter(theme.theme_id for theme in codebook.themes)
    for theme in codebook.themes:
        if names[fold(theme.name.strip())] > 1:
            yield f"{names[fold(theme.name.strip())]} themes have the name '{theme.name}'"
        if ids[theme.theme_id] > 1:
            yield f"theme '{theme.name}': {ids[theme.theme_id]} themes have the id '{theme.theme_id}'"


def _family_problems(codebook: Codebook) -> Iterator[str]:
    known = {key: theme for theme in codebook.themes for key in (theme.name, theme.theme_id)}
    parents = {known[theme.parent].theme_id for theme in codebook.themes if theme.parent in known}
    for theme in codebook.themes:
        said = f"theme '{theme.name}'"
        parent = known.get(theme.parent)
        if theme.parent and parent is None:
            yield f"{said}: no theme is called '{theme.parent}'{did_you_mean(theme.parent, known)}; add it as a parent"
        elif parent is theme:
            yield f"{said}: is its own parent"
        elif parent is not None and parent.parent:
            yield f"{said}: its parent '{parent.name}' has a parent; there are two levels"
        is_parent = theme.theme_id in parents
        if is_parent and (theme.examples or theme.include or theme.exclude):
            yield f"{said}: is a parent and gets no statement itself; give its examples and keywords to its children"
        if not is_parent and not (theme.description.strip() or theme.examples or theme.include):
            yield f"{said}: says nothing beyond its name; add a description, examples or include keywords"
