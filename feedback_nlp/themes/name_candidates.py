"""Which phrases may name a theme, and how well each does: what people say of it, pairs of words, common names."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from feedback_nlp.schema import Embed, Vectors
from feedback_nlp.themes.tongues import Tongue

_LONGEST = 4  # words of a name
_MOST = 24  # phrases of a theme that are looked at, those said most
_WORDS = 8  # words by c-TF-IDF that stand for the theme beside its centre ...
_WORDS_WEIGHT = 0.5  # ... with this weight: a centre alone is near to names of the same mood
_COMMON, _FEW = 0.6, 5  # share of what all themes have in common that is taken off, from so many themes on
# A phrase's score is its cosine to what is particular to the theme, and then:
_NEAREST = 0.29  # it is nearer to this theme than to any other
_OFTEN = 0.04  # it is said e times as often
_SINGLE = -0.15  # it is one word: "waiting room" says more than "room"
_VAGUE = -0.3  # all its words say nothing on their own
_RARE, _RARELY = -0.25, 0.04  # it is said by a smaller share of the statements than that
_USUAL, _USUALLY = 0.15, 0.08  # it has several words, and is said by a larger share than that
_WITHIN = 0.3  # a phrase that is part of a longer one as often as that is no phrase of its own: "class lounge"
_PAIR, _ALIKE, _ALIKE_FROM = -0.03, -0.3, 0.4  # it is a pair; for each unit by which the two are more alike than that
_SETTLED = 0.12  # it is a common name ...
_SPOKEN, _SPOKEN_MOST = 0.4, 0.5  # ... for the share of the statements that use a word of it, at most that
_LEAST_COSINE, _LEAST_FIT, _LEAST_SPOKEN = 0.42, 0.31, 0.08  # what a common name needs
_SURE = 0.48  # or, where nobody uses its words, to be as near as that
_PAIRED = 4  # best single words that are joined in pairs
_NEAR_NAMES = 6  # common names looked at
_PLURAL = 0.25  # as often as the singular, and an English noun stands in the plural
_STEM = 5  # letters by which forms of a word are told to be one
_INSIDE = re.compile(r"(?<=[\w,;] )[^\W\d_][\w'-]*")  # a word that begins no sentence
_TAGGED = re.compile(r"[@#](\w{1,50})")
_NAMED, _PROPER, _NOUNS_ARE_CAPITALISED = 2, 0.34, 0.2
_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True)
class Subject:
    """A theme as its candidates are compared with it."""

    centroid: Vectors  # (d,)
    texts: list[str]  # its typical statements
    words: list[str]  # its words by c-TF-IDF, best first
    said: dict[str, int]  # phrase -> number of its typical statements that hold it
    tongue: Tongue


@dataclass(frozen=True)
class Candidate:
    """A phrase that may name a theme."""

    phrase: str
    score: float
    is_common: bool = False  # a common name of the field


def ranked_names(subjects: Sequence[Subject], embed: Embed) -> list[list[Candidate]]:
    """Returns the candidates of each theme, best first: phrases, pairs of single words, and common names.

    score = cosine to what is particular to the theme (its centre and its words by c-TF-IDF, less what all themes have
    in common) + a bonus if the phrase is nearer to this theme than to any other + what the constants at the top say.

    Args:
        subjects: all themes that are to be told apart.
        embed: turns phrases into vectors of the space of the centroids.
    """
    if not subjects:
        return []
    remembering = _Remembering(embed)
    remembering(sorted({text for subject in subjects for text in _texts(subject)}))
    centroids = np.array([subject.centroid for subject in subjects])
    profiles = whole = _unit(centroids + _WORDS_WEIGHT * remembering([_summary(subject) for subject in subjects]))
    is_told_apart = len(subjects) > _FEW
    if is_told_apart:
        profiles = profiles - _COMMON * profiles.mean(axis=0)
    fits = [_Fit(number, centroids, whole[number], profile, remembering) for number, profile in enumerate(profiles)]
    single = [_phrases(subject, fit) for subject, fit in zip(subjects, fits, strict=True)]
    pairs = [_joined(own, subject) for own, subject in zip(single, subjects, strict=True)]
    remembering(sorted({name for own in pairs for name in own}))
    found = [
        [*own, *_pairs(joined, subject, fit), *_common_names(subject, fit, is_told_apart)]
        for own, joined, subject, fit in zip(single, pairs, subjects, fits, strict=True)
    ]
    return [sorted(candidates, key=lambda one: (-one.score, one.phrase)) for candidates in found]


def proper_words(texts: Sequence[str]) -> frozenset[str]:
    """Returns the words, in lower case, that texts often write with a capital inside a sentence: brands, places.

    None where a fifth of all words have one, as in German.

    >>> sorted(proper_words(["we were flying with Acme again", "because Acme lost my bag once more", "the bag"]))
    ['acme']
    """
    every: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for text in texts:
        for word in _INSIDE.findall("" if text.isupper() else text):
            every[word.lower()] += 1
            capital[word.lower()] += word[:1].isupper()
    if capital.total() > _NOUNS_ARE_CAPITALISED * every.total():
        return frozenset()
    return frozenset(word for word, n in capital.items() if n >= _NAMED and n > _PROPER * every[word])


def tagged_words(texts: Sequence[str]) -> frozenset[str]:
    """Returns the handles and hashtags of texts, in lower case and without their mark.

    >>> sorted(tagged_words(["ask @acmehelp", "#never again"]))
    ['acmehelp', 'never']
    """
    return frozenset(word.lower() for text in texts for word in _TAGGED.findall(text))


def spoken_phrases(chunks: Sequence[Sequence[str]], tongue: Tongue) -> dict[str, int]:
    """Returns phrase -> number of texts whose chunks hold it, forms of number counted together under the usual one.

    A phrase is left without vague words at its start; in English, whose heads come last, its shorter ends count too.
    Phrases said once are there only if none is said twice.
    """
    counts: Counter[str] = Counter()
    forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for phrases in chunks:
        seen = {folded(form): form for phrase in sorted(set(phrases)) for form in _forms(phrase, tongue)}
        counts.update(seen.keys())
        for key, form in seen.items():
            forms[key][form] += 1
    usual = {key: _usual(forms[key], tongue) for key in counts}
    longer = {
        " ".join(words[start:])
        for key, n in counts.items()
        if len(words := key.split()) > 2
        for start in range(1, len(words) - 1)
        if n > max(1, _WITHIN * counts[" ".join(words[start:])])
    }
    said = {usual[key]: n for key, n in counts.items() if key not in longer and is_name(usual[key])}
    return {phrase: n for phrase, n in said.items() if n > 1} or said


def _usual(forms: Counter[str], tongue: Tongue) -> str:
    """The form that is used most; of a single English noun the plural, as a theme is about drivers, not a driver."""
    best = min(forms, key=lambda form: (-forms[form], form))
    is_noun = tongue.code == "en" and " " not in best
    return f"{best}s" if is_noun and forms[f"{best}s"] > max(1, _PLURAL * forms[best]) else best


def is_name(phrase: str) -> bool:
    """Returns whether a phrase has at most four words, none said twice in any form, no handle, digit or masked spot.

    >>> is_name("waiting room"), is_name("cancelled flightled flights"), is_name("@acme"), is_name("flt")
    (True, False, False, False)
    """
    words = [word for word in re.split(r"[ '-]", phrase) if word]
    is_plain = not re.search(r"[@#\d▮/_]", phrase) and any(map(str.isalpha, phrase))
    is_spelt = not phrase.isascii() or all(re.search("[aeiouy]", word.lower()) for word in words)
    is_doubled = any(is_same_word(first, second) for first, second in combinations(words, 2))
    return is_plain and is_spelt and not is_doubled and len(phrase.split()) <= _LONGEST


def is_same_word(first: str, second: str) -> bool:
    """Returns whether two words are forms of one: equal, one within the other, or alike in their first letters.

    >>> is_same_word("bag", "bags"), is_same_word("prices", "pricing"), is_same_word("meal", "menu")
    (True, True, False)
    """
    shorter, longer = sorted((first.lower(), second.lower()), key=len)
    alike = next((i for i, (one, other) in enumerate(zip(shorter, longer, strict=False)) if one != other), len(shorter))
    is_long = len(shorter) >= _STEM - 1 or not shorter.isascii()
    is_within = longer in (shorter, f"{shorter}s") or (is_long and shorter in longer)
    return is_within or alike >= (_STEM if len(shorter) > _STEM + 1 else _STEM - 1)


def folded(name: str) -> str:
    """Returns the name as readers tell it from others: without case and plurals.

    >>> folded("Opening hours") == folded("opening hour")
    True
    """
    return " ".join(word.removesuffix("s") for word in name.lower().split())


class _Remembering:
    """An encoder that is asked for each text once, so that many texts are encoded together."""

    def __init__(self, embed: Embed) -> None:
        self._embed, self._known = embed, dict[str, Vectors]()

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """Vectors (n, d) of texts; none of no text."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._embed(new), strict=True))
        return np.array([self._known[text] for text in texts], np.float32)


@dataclass(frozen=True)
class _Fit:
    """A theme among the others."""

    number: int
    centroids: Vectors  # (k, d) of all themes
    whole: Vectors  # (d,) this one: its centre and its words
    profile: Vectors  # (d,) what is particular to this one
    embed: Embed

    def near(self, vectors: Vectors) -> NDArray[np.float64]:
        """The scores (n,) of phrases with these vectors before anything else counts."""
        return np.asarray(vectors @ self.profile + _NEAREST * self.is_nearest(vectors), np.float64)

    def is_nearest(self, vectors: Vectors) -> NDArray[np.float64]:
        """1 for each vector (n,) that is nearer to this theme than to any other, 0 for the others."""
        return np.asarray(np.argmax(vectors @ self.centroids.T, axis=1) == self.number, np.float64)


def _texts(subject: Subject) -> list[str]:
    """All that is to be encoded of a theme, pairs apart."""
    return [_summary(subject), *_most_said(subject), *subject.tongue.names, *_what_is_said(subject.tongue)]


def _summary(subject: Subject) -> str:
    return ", ".join(subject.words[:_WORDS]) or " ".join(subject.texts[:3])


def _most_said(subject: Subject) -> list[str]:
    return sorted(sorted(subject.said, key=lambda phrase: (-subject.said[phrase], phrase))[:_MOST])


def _what_is_said(tongue: Tongue) -> list[str]:
    return [said or name for name, said in zip(tongue.names, tongue.said, strict=True)]


def _phrases(subject: Subject, fit: _Fit) -> list[Candidate]:
    """The phrases people use."""
    phrases = _most_said(subject)
    if not phrases:
        return []
    scores = fit.near(fit.embed(phrases))
    return [
        Candidate(phrase, float(score + _heard(subject, phrase) + _plainness(phrase, subject.tongue)))
        for phrase, score in zip(phrases, scores, strict=True)
    ]


def _joined(phrases: list[Candidate], subject: Subject) -> dict[str, tuple[str, str]]:
    """Pairs of the best single words that are said more than once and no forms of one word: name -> the two."""
    best = [
        one.phrase
        for one in sorted(phrases, key=lambda one: (-one.score, one.phrase))
        if " " not in one.phrase and one.phrase not in subject.tongue.vague and subject.said[one.phrase] > 1
    ]
    pairs = (pair for pair in combinations(best[:_PAIRED], 2) if not is_same_word(*pair))
    return {f"{first} {subject.tongue.joint} {second}": (first, second) for first, second in pairs}


def _pairs(joined: dict[str, tuple[str, str]], subject: Subject, fit: _Fit) -> list[Candidate]:
    """Two words as a name: the more alike they mean, the worse."""
    if not joined:
        return []
    found = []
    for (name, words), score in zip(joined.items(), fit.near(fit.embed(list(joined))), strict=True):
        first, second = fit.embed(words)
        alike = max(float(first @ second) - _ALIKE_FROM, 0)
        heard = min(_heard(subject, word) for word in words)
        found.append(Candidate(name, float(score + heard + _PAIR + _ALIKE * alike)))
    return found


def _heard(subject: Subject, phrase: str) -> float:
    """What it gives a phrase to be said by so many of the typical statements."""
    n, all_of_them = subject.said[phrase], len(subject.texts)
    is_usual = " " in phrase and n > _USUALLY * all_of_them
    return float(_OFTEN * np.log(n) + _RARE * (n < _RARELY * all_of_them) + _USUAL * is_usual)


def _common_names(subject: Subject, fit: _Fit, is_told_apart: bool) -> list[Candidate]:
    """The common names of the language that are near, and of which people use a word."""
    tongue = subject.tongue
    if not tongue.names:
        return []
    names = fit.embed(tongue.names)
    vectors = _unit(names + fit.embed(_what_is_said(tongue)))
    cosine, apart = vectors @ fit.whole, vectors @ fit.profile
    scores = apart + _NEAREST * (fit.is_nearest(vectors) + fit.is_nearest(names)) / 2
    stems = [_stems(text, tongue) for text in subject.texts]
    found = []
    for place in np.argsort(-apart, kind="stable")[:_NEAR_NAMES]:
        own = _stems(f"{tongue.names[place]} {tongue.said[place]}", tongue)
        spoken = float(np.mean([bool(own & said) for said in stems]))
        is_near = cosine[place] >= _LEAST_COSINE and (not is_told_apart or apart[place] >= _LEAST_FIT)
        if is_near and (spoken >= _LEAST_SPOKEN or apart[place] >= _SURE):
            score = scores[place] + _SETTLED + _SPOKEN * min(spoken, _SPOKEN_MOST)
            found.append(Candidate(tongue.names[place], float(score), is_common=True))
    return found


def _forms(phrase: str, tongue: Tongue) -> list[str]:
    words = phrase.split()
    while words and words[0] in tongue.vague:
        words.pop(0)
    starts = range(len(words)) if tongue.code == "en" else range(min(len(words), 1))
    return [" ".join(words[start:]) for start in starts if len(words) - start <= _LONGEST]


def _plainness(phrase: str, tongue: Tongue) -> float:
    """What a name loses for being one word, and for words that say nothing."""
    words = phrase.lower().split()
    return _SINGLE * (len(words) == 1) + _VAGUE * sum(word in tongue.vague for word in words) / len(words)


def _stems(text: str, tongue: Tongue) -> set[str]:
    return {word[:_STEM] for word in _WORD.findall(text.lower()) if word not in tongue.function}


def _unit(rows: Vectors) -> Vectors:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), np.float32)
