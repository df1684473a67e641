"""Discovery: from statements and their vectors to a ThemeModel, with BERTopic as the frame around our own steps."""

import warnings
from collections import Counter
from collections.abc import Callable, Set
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feedback_nlp.config import ThemesConfig
from feedback_nlp.schema import Embed, Vectors
from feedback_nlp.themes.cluster import OverClusterMerge
from feedback_nlp.themes.hierarchy import parent_groups
from feedback_nlp.themes.model import ThemeModel, generic_themes
from feedback_nlp.themes.names import NounChunks, Topic, describe_topics
from feedback_nlp.themes.reduce import SmoothedPCA
from feedback_nlp.themes.student import Student, fit_student
from feedback_nlp.themes.tongues import generic_names

_FEWEST = 10  # distinct statements below which nothing can be called a theme
_FEW_TOPICS = 8
_CONTRACTIONS = """
    i'm i've i'd i'll you're you've you'll he's she's it's that's there's what's we're we've we'd we'll they're they've
    don't doesn't didn't isn't aren't wasn't weren't won't wouldn't can't couldn't shouldn't haven't hasn't hadn't
"""
_STUDENT_ROWS = 20_000  # the student's agreement with the clusters is flat beyond


@dataclass(frozen=True)
class _Statements:
    """Distinct statements in sorted order, so that nothing after depends on the order of rows."""

    texts: list[str]  # as one person wrote it
    bare: list[str]  # what makes it distinct
    vectors: Vectors
    counts: NDArray[np.float64]


def discover(
    segments: pd.DataFrame,
    vectors: Vectors,
    settings: ThemesConfig = ThemesConfig(),
    *,
    embed: Embed,
    noun_chunks: NounChunks,
    function_words: Callable[[list[str]], Set[str]] = lambda texts: frozenset(),
    encoder: tuple[str, str] = ("", ""),
    seed: int = 0,
) -> ThemeModel:
    """Returns the themes of the statements, with the classifier that gives every statement its theme.

    Args:
        segments: SEGMENTS; rows with a `generic` theme are set aside, they would be the largest cluster otherwise.
        vectors: float32 (n, d) with unit rows, row i is segment i.
        settings: number of themes and of parents above them (see `fitting_parents`), engine, thresholds.
        embed: turns phrases into vectors of the same space, for names.
        noun_chunks: gives the noun chunks of texts, for names.
        function_words: gives the words without content of the language of texts, which are no keyphrases.
        encoder: name and fingerprint of the encoder of `vectors`, kept so that no other is used with the model.
        seed: of the clustering.

    The result is the same for every order of rows. With fewer than ten distinct statements there is no topic.
    """
    statements = _distinct(segments, vectors)
    empty = Student(np.zeros((0, vectors.shape[1])), np.zeros(0))
    nothing = ThemeModel(generic_themes(), "discovered", encoder, empty, min_confidence=settings.min_confidence)
    if len(statements.texts) < _FEWEST:
        return nothing
    n_comments = len(segments[["response_id", "question"]].drop_duplicates())
    empty_words = function_words(statements.texts)
    frame = _fit_bertopic(statements, settings, n_comments, seed, empty_words)
    if max(frame.topics_) < 0:  # HDBSCAN may leave out everything
        return nothing
    student, labels = _teach(statements, np.asarray(frame.topics_))
    topics = _topics(statements, labels, len(student.intercepts), _phrases(frame))
    sizes = np.bincount(labels, statements.counts, minlength=len(topics)).astype(np.float64)
    groups = parent_groups(np.array([topic.centroid for topic in topics]), sizes, settings.n_parents)
    themes = describe_topics(topics, embed, noun_chunks, groups=groups)
    generic = generic_themes(generic_names(statements.texts))
    return ThemeModel(
        pd.concat([themes, generic], ignore_index=True), "discovered", encoder, student,
        min_confidence=settings.min_confidence, bertopic=frame,
    )  # fmt: skip


def _distinct(segments: pd.DataFrame, vectors: Vectors) -> _Statements:
    """One row per distinct bare statement; where it was worded differently, the first text by sort stands for all."""
    table = pd.DataFrame({"text": segments["text"], "row": np.arange(len(segments))})
    table["bare"] = segments["bare"] if "bare" in segments else segments["text"]
    if "generic" in segments:
        table = table[segments["generic"].isna()]
    table = table.sort_values(["bare", "text"], kind="stable")
    counts = table.groupby("bare", sort=True).size().to_numpy().astype(np.float64)
    first = table.drop_duplicates("bare")
    return _Statements(first["text"].tolist(), first["bare"].tolist(), vectors[first["row"].to_numpy()], counts)


def _fit_bertopic(
    statements: _Statements, settings: ThemesConfig, n_comments: int, seed: int, empty_words: Set[str]
) -> Any:
    """BERTopic with our sub-models (or, by setting, with its own), fitted on statements and given vectors."""
    wanted = settings.n_themes or _fitting_number(n_comments, settings.max_themes)
    documents = statements.bare
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the libraries below BERTopic, about what else could be installed
        from bertopic import BERTopic

        frame = BERTopic(
            **(
                _its_own_steps(wanted, seed)
                if settings.engine == "bertopic"
                else _our_steps(statements, settings, wanted, n_comments, seed)
            ),
            embedding_model=None,
            language="multilingual",  # "english" drops every letter with an accent from the phrases
            vectorizer_model=_vectorizer(documents, empty_words),
            top_n_words=20,
            verbose=False,
        )
        frame.fit(documents, statements.vectors)
    return frame


def _our_steps(
    statements: _Statements, settings: ThemesConfig, wanted: int, n_comments: int, seed: int
) -> dict[str, Any]:
    least = max(settings.min_size, settings.min_share * n_comments)
    keys = pd.util.hash_array(np.array(statements.bare, dtype=object), categorize=False)
    reducer = SmoothedPCA(
        settings.n_components, settings.n_neighbors, settings.own_weight, settings.n_reference, statements.counts, keys
    )
    return {"umap_model": reducer, "hdbscan_model": OverClusterMerge(wanted, least, statements.counts, seed)}


def _its_own_steps(wanted: int, seed: int) -> dict[str, Any]:
    """UMAP and HDBSCAN with BERTopic's own values; only the seed is set, so that a run can be repeated."""
    from umap import UMAP

    reducer = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed)
    return {"umap_model": reducer, "nr_topics": wanted + 1}  # one more for what HDBSCAN leaves out


def _fitting_number(n_comments: int, most: int) -> int:
    """How many topics so many comments can carry: half the square root, at most `most`.

    With a theme for every few dozen comments the rank of each is open over half the list, and nobody reads it.
    """
    return int(np.clip(np.sqrt(n_comments) / 2, min(_FEW_TOPICS, most), most))


def _vectorizer(documents: list[str], empty_words: Set[str]) -> Any:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer

    stop_words = sorted(ENGLISH_STOP_WORDS | set(_CONTRACTIONS.split()) | empty_words)
    vectorizer = CountVectorizer(stop_words=stop_words, token_pattern=r"(?u)\b[^\W\d_][\w'-]*\w\b")
    analyze = vectorizer.build_analyzer()
    if any(analyze(document) for document in documents):
        return vectorizer
    return CountVectorizer(token_pattern=r"\S+")  # nothing but stop words, or a script without word boundaries


def _phrases(frame: Any) -> dict[int, list[str]]:
    """Topic -> its words by c-TF-IDF, best first, without those that a third of the topics share ("les", "und")."""
    topics = [topic for topic in sorted(set(frame.topics_)) if topic >= 0]
    words = {topic: [word for word, _ in frame.get_topic(topic) if word] for topic in topics}
    shared = Counter(word for found in words.values() for word in found)
    most = max(len(topics) / 3, 2)
    return {topic: [word for word in found if shared[word] <= most] or found for topic, found in words.items()}


def _teach(statements: _Statements, clusters: NDArray[np.intp]) -> tuple[Student, NDArray[np.intp]]:
    """The student, and the theme it gives every distinct statement; rows without a cluster teach nothing."""
    inside = np.flatnonzero(clusters >= 0)
    rows = inside[:: max(1, -(-len(inside) // _STUDENT_ROWS))]
    n_classes = int(clusters.max()) + 1
    student = fit_student(statements.vectors[rows], clusters[rows], statements.counts[rows], n_classes)
    return student, np.argmax(student.logits(statements.vectors), axis=1)


def _topics(statements: _Statements, labels: NDArray[np.intp], n: int, phrases: dict[int, list[str]]) -> list[Topic]:
    topics = []
    for number in range(n):
        rows = np.flatnonzero(labels == number)
        weights = statements.counts[rows, None]
        centroid = (
            (statements.vectors[rows] * weights).sum(axis=0) if len(rows) else np.zeros(statements.vectors.shape[1])
        )
        centroid = centroid / max(float(np.linalg.norm(centroid)), 1e-12)
        near = rows[np.argsort(-(statements.vectors[rows] @ centroid), kind="stable")]
        texts = [statements.texts[i] for i in near]
        topics.append(Topic(centroid.astype(np.float32), texts, statements.vectors[near], phrases.get(number, [])))
    return topics
