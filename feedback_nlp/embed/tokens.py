"""Tokenizers from a tokenizer.json, without the network's library."""

from pathlib import Path
from typing import Any

from feedback_nlp.errors import ModelError


def open_tokenizer(path: Path, most_tokens: int) -> tuple[Any, int]:
    """Returns the tokenizer, which cuts at `most_tokens` and does not pad, and the id that its network pads with.

    Raises:
        ModelError: the file is missing or is no tokenizer.
    """
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:
        if type(error) is not Exception:  # tokenizers raises the bare class, and nothing else does
            raise
        raise ModelError(f"{path}: can't be read as a tokenizer ({error})") from None
    ids = [(tokenizer.padding or {}).get("pad_id"), *(tokenizer.token_to_id(name) for name in ("[PAD]", "<pad>"))]
    tokenizer.no_padding()
    tokenizer.enable_truncation(most_tokens)
    return tokenizer, next((int(one) for one in ids if one is not None), 0)
