"""The bundled weights, loaded once, and a small network with random weights that is built in a second."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from feedback_nlp.embed import SentenceEncoder, load_encoder

WORDS = "the agent parcel reply was slow rude late lost kind price very and not 很 好".split()


@pytest.fixture(scope="session")
def minilm() -> SentenceEncoder:
    return load_encoder()  # type: ignore[return-value]


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """config.json, model.safetensors and tokenizer.json of a BERT with 32 dimensions, two layers and 74 tokens."""
    import torch
    from tokenizers import Tokenizer, normalizers, pre_tokenizers, processors
    from tokenizers.models import WordPiece
    from transformers import BertConfig, BertModel

    letters = "abcdefghijklmnopqrstuvwxyz"
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS, *letters, *(f"##{letter}" for letter in letters), "[unused0]"]
    tokenizer = Tokenizer(WordPiece({token: i for i, token in enumerate(tokens)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]"])
    folder = tmp_path_factory.mktemp("network")
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(tokens), hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64,
        max_position_embeddings=64,
    )  # fmt: skip
    BertModel(config).save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "BertTokenizer", "model_max_length": 64}')
    return folder


@pytest.fixture
def small_model(network: Path, tmp_path: Path) -> Callable[..., Path]:
    """Makes a sentence-transformers folder of the network with the pooling and the modules asked for."""

    def make(name: str = "model", pooling: str = "mean_tokens", last: str = "Normalize") -> Path:
        folder = tmp_path / name
        (folder / "1_Pooling").mkdir(parents=True)
        (folder / "2_Last").mkdir()
        for file in network.iterdir():
            (folder / file.name).write_bytes(file.read_bytes())
        kinds = {"": "Transformer", "1_Pooling": "Pooling"} | ({"2_Last": last} if last else {})
        modules = [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for i, (path, kind) in enumerate(kinds.items())
        ]
        (folder / "modules.json").write_text(json.dumps(modules))
        (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 64, "do_lower_case": false}')
        settings = {"word_embedding_dimension": 32, f"pooling_mode_{pooling}": True}
        if pooling != "mean_tokens":
            settings["pooling_mode_mean_tokens"] = False
        (folder / "1_Pooling" / "config.json").write_text(json.dumps(settings))
        return folder

    return make
