"""What a theme is called and shown by: a short name, keyphrases, and six statements of real people."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from feedback_nlp.schema import THEMES, Embed, Vectors
from feedback_nlp.themes.tongues import Tongue, is_english, tongue_of

# Common names of customer experience; a theme that means one of them is called by it. Names that share a word with nearly
# every comment ("self-service", "customer effort"), or mean a mood ("comfort"), are not here: they are near to too much.
LIBRARY = (
    "Response time", "Waiting time", "Delivery time", "Delays", "Punctuality", "Cancellations", "Reaching a person", "Phone contact",
    "Call quality", "Call transfers", "Chat support", "E-mail support", "Agent knowledge", "Staff attitude",
    "Staff friendliness", "Staff professionalism", "Staff helpfulness", "Staff numbers", "Staff training", "Being listened to",
    "Being kept informed", "Communication", "Follow-up", "Issue resolution", "First-contact resolution",
    "Complaint handling", "Price", "Value for money", "Billing", "Hidden fees", "Payment", "Refunds", "Contract terms",
    "Product quality", "Product reliability", "Product range", "Availability", "Ease of use", "Website", "Mobile app",
    "Login and account", "Documentation", "Onboarding", "Training", "Installation", "Performance and speed",
    "Outages", "Connection quality", "Features", "Integration", "Security and privacy", "Opening hours", "Location",
    "Parking", "Booking and appointments", "Check-in", "Queues", "Cleanliness", "Noise", "Atmosphere",
    "Food and drink", "Menu choice", "Delivery", "Packaging", "Returns", "Loyalty programme", "Treatment and care",
    "Organisation", "Transport", "Information", "Safety", "Accessibility", "Temperature", "Seating", "Luggage", "Facilities",
)  # fmt: skip

NounChunks = Callable[[Sequence[str]], list[list[str]]]

_SNAP = 0.5  # cosine between a theme's centroid and a common name from which on the common name is used
_NEAR = 120  # statements nearest to the centroid that give candidates
_OFTEN = 0.04  # a candidate that occurs e times as often wins against one nearer by this much
_LONGEST = 4  # words of a name
_PLAIN = 0.06  # what a single word loses against two to four: "waiting room" says more than "room"
_VAGUENESS = 0.3  # what a name loses for a word that says nothing about what is praised or blamed
_PAIRED = 4  # best single words that are joined in pairs ...
_PAIR_COST, _PAIR_OFTEN = 0.02, 2  # ... at this cost, each said by so many
_NEARER = 0.2  # a common name wins unless the theme's own phrase is nearer to its centroid by this much
# nouns that say nothing on their own, and verdicts: a name is neutral, its theme holds praise and complaints
_VAGUE = frozenset(
    """
    time times day days week weeks month year years hour hours minute minutes moment thing things lot lots way ways bit
    case cases issue issues problem problems question questions matter concern concerns point points reason reasons fact
    example place part parts kind sort type number life people person man woman men women guy guys lady everyone anyone
    one ones word words end start beginning job work experience experiences service services thanks thank shame joke
    improvement improvements situation situations side wife husband mum mother dad father daughter son friend
    friends family face faces today tomorrow yesterday night morning evening home chance list level
    ease mind occasion trouble lack difference opinion answer answers result
    good great excellent pleasant nice lovely friendly wonderful helpful bad poor terrible awful rude great better best
    worse worst quick quicker fast faster slow slower small big long short old older new young huge tiny
    """.split()
)
_ENGLISH = Tongue("en", "and", LIBRARY, _VAGUE, frozenset())
_N_KEYPHRASES, _N_EXEMPLARS = 6, 6
_N_CHUNKS = 6  # noun chunks looked at for keyphrases before single words
_DIVERSITY = 0.35  # weight of being unlike the exemplars already taken


@dataclass(frozen=True)
class Topic:
    """What naming needs of a topic: its centre, its distinct statements nearest first, their vectors, its phrases."""

    centroid: Vectors  # (d,)
    texts: list[str]
    vectors: Vectors
    phrases: list[str]  # by c-TF-IDF, best first


@dataclass(frozen=True)
class _Candidate:
    """A phrase that may name a topic."""

    phrase: str
    cosine: float  # to the topic's centroid
    score: float


def describe_topics(
    topics: list[Topic], embed: Embed, noun_chunks: NounChunks, *, groups: Sequence[tuple[int, ...]] = ()
) -> pd.DataFrame:
    """Returns THEMES of kind topic: those of `topics` in their order, T01, T02 …, then a parent per group, P01, P02 …

    A theme that means one of the common names of the field is called by it. Otherwise its name is the noun chunk of its
    typical statements that is nearest to its centroid, nearer than to any other theme's, and said often: two to four
    words rather than one, or two single words ("Decor and atmosphere"), and no word that says nothing ("Time"). A theme
    in one of six further languages has the common names of that language, a theme in any other has none.

    Args:
        topics: the themes.
        embed: turns phrases into vectors of the space of the topics' vectors.
        noun_chunks: gives the noun chunks of texts.
        groups: the positions of the topics under each parent; a topic in none has no parent.
    """
    spoken = [_candidates(topic, noun_chunks) for topic in topics]
    names, phrases = _named(topics, spoken, embed, [])
    parents = [_joined([topics[i] for i in leaves]) for leaves in groups]
    spoken_above = [_summed([spoken[i] for i in leaves]) for leaves in groups]
    parent_names, parent_phrases = _named(parents, spoken_above, embed, names)
    tongues = _tongues(topics) + _tongues(parents)
    above = {leaf: f"P{number + 1:02d}" for number, leaves in enumerate(groups) for leaf in leaves}
    rows = {
        "theme_id": [f"T{n + 1:02d}" for n in range(len(topics))] + [f"P{n + 1:02d}" for n in range(len(parents))],
        "name": names + parent_names,
        "kind": "topic",
        "parent_id": pd.Series([above.get(n) for n in range(len(topics) + len(parents))], dtype="str"),
        "keyphrases": [
            _keyphrases(own, topic.phrases if tongue is _ENGLISH else _content_words(topic.phrases, said, tongue))
            for own, topic, said, tongue in zip(
                phrases + parent_phrases, topics + parents, spoken + spoken_above, tongues, strict=True
            )
        ],
        "exemplars": [exemplars(topic) for topic in topics + parents],
    }
    return THEMES.validate(pd.DataFrame(rows))


def _named(
    topics: list[Topic], spoken: list[dict[str, int]], embed: Embed, taken: list[str]
) -> tuple[list[str], list[list[str]]]:
    """The name of each topic, unlike those taken, and its phrases, best first."""
    centroids = np.array([topic.centroid for topic in topics])
    if not topics:
        return [], []
    tongues = _tongues(topics)
    ranked = [_by_fit(number, said, centroids, embed, tongues[number]) for number, said in enumerate(spoken)]
    nearest = _common_names_by_tongue(centroids, tongues, embed)
    common = {n: name for n, (name, fit) in nearest.items() if _wins(fit, ranked[n])}
    names: list[str] = []
    for number, own in enumerate(ranked):
        others = [*taken, *names, *common.values()]
        name = common.get(number)
        if name is None or _folded(name) in map(_folded, [*taken, *names]):
            name = _first_free([candidate.phrase for candidate in own], others)
        names.append(name or _first_free([f"Theme {n}" for n in range(len(others) + 1, 0, -1)][::-1], others))
    return names, [
        [c.phrase for c in own if f" {tongue.joint} " not in c.phrase and ", " not in c.phrase]
        for own, tongue in zip(ranked, tongues, strict=True)
    ]


def _tongues(topics: list[Topic]) -> list[Tongue]:
    """The language of each topic; where its statements don't tell, that of all together."""
    own = [topic.texts[:_NEAR] for topic in topics]
    overall = tongue_of([text for texts in own for text in texts])
    return [tongue_of(texts) or (not is_english(texts) and overall) or _ENGLISH for texts in own]


def _wins(fit: float, own: list[_Candidate]) -> bool:
    """Whether a common name is no worse than the best phrase of the theme itself."""
    return not own or fit >= own[0].cosine - _NEARER


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


def exemplars(topic: Topic) -> list[str]:
    """Returns up to six statements: typical, and unlike each other (maximal marginal relevance, Carbonell & Goldstein 1998)."""
    pool = [i for i, text in enumerate(topic.texts[: 4 * _NEAR]) if len(text.split()) > 2][:_NEAR]
    pool = pool or list(range(min(len(topic.texts), _NEAR)))
    chosen: list[int] = []
    while pool and len(chosen) < _N_EXEMPLARS:
        typical = topic.vectors[pool] @ topic.centroid
        alike = (topic.vectors[pool] @ topic.vectors[chosen].T).max(axis=1) if chosen else np.zeros(len(pool))
        best = int(np.argmax((1 - _DIVERSITY) * typical - _DIVERSITY * alike))
        chosen.append(pool.pop(best))
    return [topic.texts[i] for i in chosen]


def _common_names_by_tongue(centroids: Vectors, tongues: list[Tongue], embed: Embed) -> dict[int, tuple[str, float]]:
    """Topic number -> the common name of its language that is nearest to it, and its cosine."""
    found: dict[int, tuple[str, float]] = {}
    for tongue in {tongue.code: tongue for tongue in tongues if tongue.names}.values():
        rows = [number for number, own in enumerate(tongues) if own is tongue]
        nearest = _common_names(centroids[rows], embed(tongue.names), tongue.names)
        found.update({rows[row]: fit for row, fit in nearest.items()})
    return found


def _common_names(centroids: Vectors, library: Vectors, names: Sequence[str]) -> dict[int, tuple[str, float]]:
    """Topic number -> the common name nearest to it and its cosine, each name for the one topic nearest to it."""
    cosine = library @ centroids.T
    is_nearest = cosine == cosine.max(axis=1, keepdims=True)
    fit = np.where(is_nearest, cosine, -1.0)
    best = fit.argmax(axis=0)
    return {
        topic: (names[int(name)], float(fit[name, topic]))
        for topic, name in enumerate(best)
        if fit[name, topic] >= _SNAP
    }


def _candidates(topic: Topic, noun_chunks: NounChunks) -> dict[str, int]:
    """Phrase -> number of typical statements that hold it; said once only if none is said twice."""
    texts = topic.texts[:_NEAR]
    counts = Counter(chunk for chunks in noun_chunks(texts) for chunk in sorted(set(chunks)) if _is_name(chunk))
    often = {phrase: n for phrase, n in counts.items() if n > 1}
    return often or dict(counts) or {phrase: 1 for phrase in topic.phrases[:3] if _is_name(phrase)}


def _is_name(phrase: str) -> bool:
    """At most four words, none said twice (nor inside another: "flight flightled"), no handle, digit or masked spot."""
    words = phrase.split()
    repeats = any(
        len(word) > 3 and word in other for i, word in enumerate(words) for other in words[:i] + words[i + 1 :]
    )
    is_plain = not re.search(r"[@#\d▮]", phrase) and any(map(str.isalpha, phrase))
    return len(words) <= _LONGEST and len(set(words)) == len(words) and not repeats and is_plain


def _by_fit(
    number: int, candidates: dict[str, int], centroids: Vectors, embed: Embed, tongue: Tongue
) -> list[_Candidate]:
    """The candidates and pairs of their best single words, best first; those nearer to another theme last."""
    ranked = _scored(number, candidates, centroids, embed, tongue)
    plain = [c.phrase for c in ranked if " " not in c.phrase and c.phrase.lower() not in tongue.vague]
    single = [phrase for phrase in plain if candidates[phrase] >= _PAIR_OFTEN][:_PAIRED]
    pairs = {
        f"{first} {tongue.joint} {second}": min(candidates[first], candidates[second])
        for first, second in combinations(single, 2)
        if not _is_same_word(first, second)
    }
    both = ranked + _scored(number, pairs, centroids, embed, tongue)
    return sorted(both, key=lambda candidate: -candidate.score)


def _scored(
    number: int, candidates: dict[str, int], centroids: Vectors, embed: Embed, tongue: Tongue
) -> list[_Candidate]:
    phrases = sorted(candidates)
    if not phrases:
        return []
    cosine = embed(phrases) @ centroids.T
    is_distinct = np.argmax(cosine, axis=1) == number
    often = _OFTEN * np.log([candidates[phrase] for phrase in phrases])
    score = cosine[:, number] + often + is_distinct - [_plainness(phrase, tongue) for phrase in phrases]
    order = np.argsort(-score, kind="stable")
    return [_Candidate(phrases[i], float(cosine[i, number]), float(score[i])) for i in order]


def _plainness(phrase: str, tongue: Tongue) -> float:
    """What a name loses for being one word, and for words that say nothing."""
    words = phrase.lower().split()
    return (
        _PLAIN * (len(words) == 1)
        + _PAIR_COST * (f" {tongue.joint} " in phrase)
        + _VAGUENESS * sum(word in tongue.vague for word in words) / len(words)
    )


def _is_same_word(first: str, second: str) -> bool:
    """Whether two words are forms of one: "bag" and "bags", "prices" and "pricing"."""
    start = min(len(first), len(second), 5)
    return first[: max(start - 1, 3)] == second[: max(start - 1, 3)]


def _first_free(phrases: list[str], taken: list[str]) -> str:
    known = {_folded(name) for name in taken}
    names = (phrase[:1].upper() + phrase[1:] for phrase in phrases)
    return next((name for name in names if _folded(name) not in known), "")


def _folded(name: str) -> str:
    """The name as readers tell it from others: without case and plurals."""
    return " ".join(word.removesuffix("s") for word in name.lower().split())


def _keyphrases(chunks: list[str], words: list[str]) -> list[str]:
    """The best chunks and then the words that tell the theme apart, none repeating what another says."""
    chosen: list[str] = []
    for phrase in (*chunks[:_N_CHUNKS], *words):
        said = set(phrase.split())
        if not any(said <= set(other.split()) or set(other.split()) <= said for other in chosen):
            chosen.append(phrase)
    return chosen[:_N_KEYPHRASES]


def _content_words(phrases: list[str], spoken: dict[str, int], tongue: Tongue) -> list[str]:
    """The words among the phrases that are part of something said of the topic: c-TF-IDF knows English stop words only."""
    known = {word for said in spoken for word in re.split(r"[ ']", said.lower())} - tongue.function
    return [phrase for phrase in phrases if phrase in known]
