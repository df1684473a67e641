"""A codebook: the themes a team wants counted, each with a description, example phrases and keywords.

Plain data. `codebook_file` reads and writes it as TOML, `codebook_model` makes it assign.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from feedback_nlp.errors import ModelError, did_you_mean
from feedback_nlp.schema import GENERIC_COMPLAINT, GENERIC_PRAISE, KINDS
from feedback_nlp.themes.matcher import fold, keyword_words

Rules = Literal["weigh", "decide"]
RULES: tuple[Rules, ...] = ("weigh", "decide")

RESERVED = ("base", "generic", "other")  # ids with a meaning of their own in the figures


@dataclass(frozen=True)
class CodebookTheme:
    """One theme as people describe it.

    Keywords are words, phrases, or stems ("wait*"), without regard to case and accents. A statement with an `exclude`
    keyword never gets the theme; what an `include` keyword does is said by the codebook's `rules`.
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


@dataclass(frozen=True)
class Weights:
    """What an earlier model knew of the themes: a linear classifier that a codebook made from it starts from."""

    theme_ids: tuple[str, ...]
    coefficients: NDArray[np.float64]  # (k, d)
    intercepts: NDArray[np.float64]  # (k,)
    encoder: tuple[str, str]  # name and fingerprint


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
    for theme in codebook.themes:
        yield from (f"theme '{theme.name}': {problem}" for problem in _own_problems(theme))
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
    if any(not example.strip() for example in theme.examples):
        yield "an example is empty"
    yield from _keyword_problems(theme)


def _keyword_problems(theme: CodebookTheme) -> Iterator[str]:
    for role in ("include", "exclude"):
        for keyword in getattr(theme, role):
            try:
                keyword_words(keyword)
            except ValueError as error:
                yield f"{role} keyword '{keyword}': {error}"


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
