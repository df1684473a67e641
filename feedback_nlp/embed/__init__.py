"""Statements to vectors: encoders behind one Protocol, and a cache keyed by weights and text."""

from feedback_nlp.embed.cache import VectorCache
from feedback_nlp.embed.encoders import Encoder, HashEncoder, SentenceEncoder, load_encoder
from feedback_nlp.embed.vectors import Embedder, open_embedder

__all__ = ["Embedder", "Encoder", "HashEncoder", "SentenceEncoder", "VectorCache", "load_encoder", "open_embedder"]
