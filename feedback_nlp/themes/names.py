"""What a theme is called and shown by: a short name, keyphrases, and six statements of real people."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from feedback_nlp.schema import THEMES, Embed, Vectors

# Common names of customer experience; a theme that means one of them is called by it. Names that share a word with nearly
# every comment ("self-service", "customer effort"), or mean a mood ("comfort"), are not here: they are near to too much.
LIBRARY = (
    "Response time", "Waiting time", "Delivery time", "Delays", "Cancellations", "Reaching a person", "Phone contact",
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


def describe_topics(topics: list[Topic], embed: Embed, noun_chunks: NounChunks) -> pd.DataFrame:
    """Returns THEMES of kind topic in the order of `topics`, with ids T01, T02 …

    A theme that means one of the common names of the field is called by it. Otherwise its name is the noun chunk of its
    typical statements that is nearest to its centroid, nearer than to any other theme's, and said often.
    """
    centroids = np.array([topic.centroid for topic in topics])
    common = _common_names(centroids, embed(LIBRARY))
    phrases = [
        _by_fit(number, _candidates(topic, noun_chunks), centroids, embed) for number, topic in enumerate(topics)
    ]
    names: list[str] = []
    for number, own in enumerate(phrases):
        taken = [*names, *common.values()]
        names.append(common.get(number) or _first_free(own, taken) or f"Theme {number + 1}")
    rows = {
        "theme_id": [f"T{number + 1:02d}" for number in range(len(topics))],
        "name": names,
        "kind": "topic",
        "parent_id": None,
        "keyphrases": [_keyphrases(own, topic.phrases) for own, topic in zip(phrases, topics, strict=True)],
        "exemplars": [exemplars(topic) for topic in topics],
    }
    return THEMES.validate(pd.DataFrame(rows).astype({"parent_id": "str"}))


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


def _common_names(centroids: Vectors, library: Vectors) -> dict[int, str]:
    """Topic number -> the common name nearest to it, each name for the one topic that is nearest to it."""
    cosine = library @ centroids.T
    is_nearest = cosine == cosine.max(axis=1, keepdims=True)
    fit = np.where(is_nearest, cosine, -1.0)
    best = fit.argmax(axis=0)
    return {topic: LIBRARY[int(name)] for topic, name in enumerate(best) if fit[name, topic] >= _SNAP}


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
    is_plain = not re.search(r"[@#\d▮]|^[^a-z]*$", phrase)
    return len(words) <= _LONGEST and len(set(words)) == len(words) and not repeats and is_plain


def _by_fit(number: int, candidates: dict[str, int], centroids: Vectors, embed: Embed) -> list[str]:
    """The candidates, best first: near to their centroid, said often, and those nearer to another theme last."""
    phrases = sorted(candidates)
    cosine = embed(phrases) @ centroids.T
    is_distinct = np.argmax(cosine, axis=1) == number
    often = _OFTEN * np.log([candidates[phrase] for phrase in phrases])
    return [phrases[i] for i in np.argsort(-(cosine[:, number] + often + is_distinct), kind="stable")]


def _first_free(phrases: list[str], taken: list[str]) -> str:
    names = (phrase[:1].upper() + phrase[1:] for phrase in phrases)
    return next((name for name in names if name not in taken), "")


def _keyphrases(chunks: list[str], words: list[str]) -> list[str]:
    """The best chunks and then the words that tell the theme apart, none repeating what another says."""
    chosen: list[str] = []
    for phrase in (*chunks[:_N_CHUNKS], *words):
        said = set(phrase.split())
        if not any(said <= set(other.split()) or set(other.split()) <= said for other in chosen):
            chosen.append(phrase)
    return chosen[:_N_KEYPHRASES]
