"""What a theme is called and shown by: a short name, keyphrases, and six statements of real people."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from feedback_nlp.schema import THEMES, Embed, Vectors
from feedback_nlp.themes.name_candidates import (
    Candidate,
    Subject,
    folded,
    is_name,
    proper_words,
    ranked_names,
    spoken_phrases,
    tagged_words,
)
from feedback_nlp.themes.tongues import Tongue, english, is_english, tongue_of

NounChunks = Callable[[Sequence[str]], list[list[str]]]

_NEAR = 120  # statements nearest to the centroid that give candidates
_LEAST_SCORE = 0.46  # of a name; a theme with none as good has no subject
_FEW_THEMES = 5  # with no more themes than these none is called mixed: there is nothing to tell them from
_N_SHOWN = 2  # words shown of a theme without a subject
_N_KEYPHRASES, _N_EXEMPLARS = 6, 6
_N_CHUNKS = 6  # noun chunks looked at for keyphrases before single words
_SPOKEN = re.compile(r"(?<![\w@#▮'])[^\W\d_][\w'’-]*")  # a word that is no handle, hashtag or masked spot
_DIVERSITY = 0.35  # weight of being unlike the exemplars already taken
_FRAGMENT = 0.1  # cosine that a statement loses which begins with a small letter


@dataclass(frozen=True)
class Topic:
    """What naming needs of a topic: its centre, its distinct statements nearest first, their vectors, its phrases."""

    centroid: Vectors  # (d,)
    texts: list[str]
    vectors: Vectors
    phrases: list[str]  # by c-TF-IDF, best first


def describe_topics(
    topics: list[Topic], embed: Embed, noun_chunks: NounChunks, *, groups: Sequence[tuple[int, ...]] = ()
) -> pd.DataFrame:
    """Returns THEMES of kind topic: those of `topics` in their order, T01, T02 …, then a parent per group, P01, P02 …

    A name is a common name of the field, a phrase that people use, or two of their words ("Decor and atmosphere"):
    whichever is nearest to what is particular to the theme, nearer than to any other theme, and said most; two to four
    words go before one, and words that say nothing ("Time") count little. Names are given best first, each once. A
    theme for which no name will do says so: "Mixed remarks: family, room". A theme in one of six further languages has
    the common names of that language, a theme in any other has none.

    Args:
        topics: the themes.
        embed: turns phrases into vectors of the space of the topics' vectors.
        noun_chunks: gives the noun chunks of texts.
        groups: the positions of the topics under each parent; a topic in none has no parent.
    """
    tongues = _tongues(topics)
    texts = [text for topic in topics for text in topic.texts[:_NEAR]]
    brands, tags = proper_words(texts), tagged_words(texts)
    spoken = [
        spoken_phrases(_without(brands, noun_chunks(topic.texts[:_NEAR])), tongue)
        for topic, tongue in zip(topics, tongues, strict=True)
    ]
    named = partial(_named, embed=embed, brands=brands, tags=tags)
    names, phrases = named(topics, spoken, tongues, taken=[])
    parents = [_joined([topics[i] for i in leaves]) for leaves in groups]
    spoken_above = [_summed([spoken[i] for i in leaves]) for leaves in groups]
    parent_names, parent_phrases = named(parents, spoken_above, _tongues(parents), taken=names)
    above = {leaf: f"P{number + 1:02d}" for number, leaves in enumerate(groups) for leaf in leaves}
    rows = {
        "theme_id": [f"T{n + 1:02d}" for n in range(len(topics))] + [f"P{n + 1:02d}" for n in range(len(parents))],
        "name": names + parent_names,
        "kind": "topic",
        "parent_id": pd.Series([above.get(n) for n in range(len(topics) + len(parents))], dtype="str"),
        "keyphrases": phrases + parent_phrases,
        "exemplars": [exemplars(topic) for topic in topics + parents],
    }
    return THEMES.validate(pd.DataFrame(rows))


def exemplars(topic: Topic) -> list[str]:
    """Returns up to six statements: typical, and unlike each other (maximal marginal relevance, Carbonell & Goldstein 1998).

    Statements of three words and more go before shorter ones, and those that read as a sentence of their own before
    what begins in the middle of one ("and the staff polite").
    """
    pool = [i for i, text in enumerate(topic.texts[: 4 * _NEAR]) if len(_SPOKEN.findall(text)) > 2][:_NEAR]
    pool = pool or list(range(min(len(topic.texts), _NEAR)))
    is_fragment = np.array([text[:1].islower() for text in topic.texts[: 4 * _NEAR]])
    chosen: list[int] = []
    while pool and len(chosen) < _N_EXEMPLARS:
        typical = topic.vectors[pool] @ topic.centroid - _FRAGMENT * is_fragment[pool]
        alike = (topic.vectors[pool] @ topic.vectors[chosen].T).max(axis=1) if chosen else np.zeros(len(pool))
        best = int(np.argmax((1 - _DIVERSITY) * typical - _DIVERSITY * alike))
        chosen.append(pool.pop(best))
    return [topic.texts[i] for i in chosen]


def _named(
    topics: list[Topic], spoken: list[dict[str, int]], tongues: list[Tongue], *,
    embed: Embed, brands: frozenset[str], tags: frozenset[str], taken: list[str],
) -> tuple[list[str], list[list[str]]]:  # fmt: skip
    """The name of each topic, unlike those taken, and its keyphrases."""
    subjects = [
        Subject(topic.centroid, topic.texts[:_NEAR], _words(topic, said, tongue), said, tongue)
        for topic, said, tongue in zip(topics, spoken, tongues, strict=True)
    ]
    ranked = ranked_names(subjects, embed)
    known = {folded(name) for name in taken}
    names = _given(ranked, known)
    for number, subject in enumerate(subjects):
        if number not in names:
            names[number] = _first_free(_without_subject(subject, brands, tags), known)
    keyphrases = [_keyphrases(own, subject) for own, subject in zip(ranked, subjects, strict=True)]
    return [names[number] for number in range(len(topics))], keyphrases


def _given(ranked: list[list[Candidate]], known: set[str]) -> dict[int, str]:
    """Topic -> its name, over all topics the best first, none twice; without those that no name fits.

    The names are added to those known.
    """
    least = _LEAST_SCORE if len(ranked) > _FEW_THEMES else -np.inf
    names: dict[int, str] = {}
    best_first = sorted(
        ((one, number) for number, own in enumerate(ranked) for one in own),
        key=lambda pair: (-pair[0].score, pair[1], pair[0].phrase),
    )
    for one, number in best_first:
        if number not in names and one.score >= least and folded(one.phrase) not in known:
            names[number] = one.phrase[:1].upper() + one.phrase[1:]
            known.add(folded(one.phrase))
    return names


def _without_subject(subject: Subject, brands: frozenset[str], tags: frozenset[str]) -> str:
    """What a theme that no name fits is called: remarks on the company or mixed ones, and two of their words."""
    tongue = subject.tongue
    heard = [word for word, n in sorted(subject.said.items(), key=lambda item: -item[1]) if n > 1 and " " not in word]
    words = [
        word
        for word in dict.fromkeys([*heard, *subject.words])
        if is_name(word) and word not in tongue.vague | brands | tags
    ]
    kind = tongue.company if brands.intersection(subject.words[:1]) else tongue.mixed
    return f"{kind}: {', '.join(words[:_N_SHOWN])}" if words else kind


def _first_free(name: str, known: set[str]) -> str:
    """The name, with a number if it is known already; it is added to those known."""
    numbered = (f"{name} {number}" for number in range(2, len(known) + 3))
    free = next(one for one in (name, *numbered) if folded(one) not in known)
    known.add(folded(free))
    return free


def _tongues(topics: list[Topic]) -> list[Tongue]:
    """The language of each topic; where its statements don't tell, that of all together."""
    own = [topic.texts[:_NEAR] for topic in topics]
    overall = tongue_of([text for texts in own for text in texts])
    return [tongue_of(texts) or (not is_english(texts) and overall) or english() for texts in own]


def _without(words: frozenset[str], chunks: list[list[str]]) -> list[list[str]]:
    """The chunks without those that hold one of the words."""
    return [[chunk for chunk in own if not words & set(re.split(r"[ ']", chunk.lower()))] for own in chunks]


def _joined(topics: list[Topic]) -> Topic:
    """The topic that a parent of topics is: their centre by size, and their statements, nearest first."""
    vectors = np.vstack([topic.vectors for topic in topics])
    centroid = np.sum([topic.centroid * len(topic.texts) for topic in topics], axis=0)
    centroid = (centroid / max(float(np.linalg.norm(centroid)), 1e-12)).astype(np.float32)
    order = np.argsort(-(vectors @ centroid), kind="stable")
    texts = [text for topic in topics for text in topic.texts]
    phrases = [
        phrase for rank in zip(*(topic.phrases[:_N_CHUNKS] for topic in topics), strict=False) for phrase in rank
    ]
    return Topic(centroid, [texts[i] for i in order], vectors[order], list(dict.fromkeys(phrases)))


def _summed(spoken: list[dict[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for said in spoken:
        total.update(said)
    return dict(total)


def _words(topic: Topic, said: dict[str, int], tongue: Tongue) -> list[str]:
    """The topic's words by c-TF-IDF; beside English those that are part of something said, as it knows no stop words."""
    if tongue.code == "en":
        return topic.phrases
    known = {word for phrase in said for word in re.split(r"[ ']", phrase.lower())} - tongue.function
    return [phrase for phrase in topic.phrases if phrase in known]


def _keyphrases(ranked: list[Candidate], subject: Subject) -> list[str]:
    """The best phrases that people use and then the words that tell the theme apart, none repeating what another says."""
    own = [one.phrase for one in ranked if one.phrase in subject.said]
    telling = [word for word in subject.words if word not in subject.tongue.vague]
    chosen: list[str] = []
    for phrase in (*own[:_N_CHUNKS], *telling):
        words = set(folded(phrase).split())
        if not any(words <= other or other <= words for other in map(set, (folded(one).split() for one in chosen))):
            chosen.append(phrase)
    return chosen[:_N_KEYPHRASES]
