"""Statements to vectors: encoders behind one Protocol, and a bounded cache keyed by fingerprint and text."""

from feedback_nlp.embed.cache import VectorCache
from feedback_nlp.embed.encoders import Encoder, HashEncoder, load_encoder
from feedback_nlp.embed.multilingual import language_note
from feedback_nlp.embed.sentence import SentenceEncoder
from feedback_nlp.embed.vectors import Embedder, open_embedder

__all__ = [
    "Embedder",
    "Encoder",
    "HashEncoder",
    "SentenceEncoder",
    "VectorCache",
    "language_note",
    "load_encoder",
    "open_embedder",
]
