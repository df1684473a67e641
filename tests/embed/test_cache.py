"""The cache: what comes out is what went in, whatever happens to the file."""

import os
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.config import EmbedConfig
from feedback_nlp.embed import Embedder, HashEncoder, VectorCache, open_embedder
from feedback_nlp.errors import ModelError

TEXTS = [f"statement number {n}" for n in range(2000)]
VECTORS = HashEncoder().encode(TEXTS)


class CountingEncoder(HashEncoder):
    """Remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts):
        self.asked += texts
        return super().encode(texts)


@pytest.fixture
def cache(tmp_path):
    return VectorCache(tmp_path / "cache", "f" * 64)


def test_what_was_added_is_found_bit_equal(cache):
    cache.add(TEXTS, VECTORS)
    found = cache.find([*TEXTS, "never seen"])
    assert list(found) != []
    assert "never seen" not in found
    assert np.array_equal(np.stack([found[text] for text in TEXTS]), VECTORS)


def test_looking_creates_no_file(cache):
    assert cache.find(TEXTS) == {}
    assert not cache.path.exists()


def test_adding_twice_keeps_the_first_vector(cache):
    cache.add(TEXTS[:1], VECTORS[:1])
    cache.add(TEXTS[:1], VECTORS[1:2])
    assert np.array_equal(cache.find(TEXTS[:1])[TEXTS[0]], VECTORS[0])


def test_another_model_finds_nothing(tmp_path):
    VectorCache(tmp_path, "a" * 64).add(TEXTS[:5], VECTORS[:5])
    assert VectorCache(tmp_path, "b" * 64).find(TEXTS[:5]) == {}


def test_no_text_stands_in_the_file(cache):
    cache.add(["a secret of the customer"], VECTORS[:1])
    assert b"secret" not in cache.path.read_bytes()


@pytest.mark.parametrize("content", [b"", b"no database at all" * 500])
def test_a_file_that_is_no_database_is_replaced(cache, content):
    cache.path.parent.mkdir()
    cache.path.write_bytes(content)
    assert cache.find(TEXTS[:3]) == {}
    cache.add(TEXTS[:3], VECTORS[:3])
    assert len(cache.find(TEXTS[:3])) == 3


def test_a_file_damaged_in_its_middle_is_replaced(cache):
    cache.add(TEXTS, VECTORS)
    content = bytearray(cache.path.read_bytes())
    content[8192:-8192] = b"\x07" * (len(content) - 16384)
    cache.path.write_bytes(content)
    assert cache.find(TEXTS) == {}
    cache.add(TEXTS, VECTORS)
    assert len(cache.find(TEXTS)) == len(TEXTS)


def test_a_file_with_another_table_is_not_thrown_away(cache):
    cache.path.parent.mkdir()
    with sqlite3.connect(cache.path) as database:
        database.execute("CREATE TABLE vectors (other)")
    database.close()
    with pytest.raises(ModelError, match=r"embed\.cache: .* can't be used"):
        cache.find(TEXTS)
    assert cache.path.exists()


def test_a_folder_that_is_a_file_is_one_line(tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(ModelError, match=r"embed\.cache: .*'none' for no cache"):
        VectorCache(tmp_path / "file", "a").add(TEXTS[:1], VECTORS[:1])


def test_eight_threads_lose_no_vector(cache):
    def work(part: int) -> int:
        cache.add(TEXTS[part * 50 : part * 50 + 400], VECTORS[part * 50 : part * 50 + 400])
        return len(cache.find(TEXTS[part * 50 : part * 50 + 400]))

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(work, range(30))) == {400}
    found = cache.find(TEXTS[:1850])
    assert np.array_equal(np.stack([found[text] for text in TEXTS[:1850]]), VECTORS[:1850])


def test_a_text_is_encoded_once(cache):
    encoder = CountingEncoder()
    embed = Embedder(encoder, cache)
    first = embed(["slow", "rude", "slow"])
    again = embed(["rude", "slow", "new"])
    assert encoder.asked == ["rude", "slow", "new"]
    assert np.array_equal(first[0], again[1])


@given(st.lists(st.text(max_size=10), max_size=12))
def test_row_i_belongs_to_text_i(texts):
    assert np.array_equal(Embedder(HashEncoder())(texts), HashEncoder().encode(texts))


def test_cache_hits_and_misses_are_bit_equal(minilm, tmp_path):
    texts = [f"The parcel {n} was {'very ' * (n % 7)}late" for n in range(60)]
    embed = Embedder(minilm, VectorCache(tmp_path, minilm.fingerprint))
    embed(texts[::3])
    assert np.array_equal(embed(texts), Embedder(minilm)(texts))


@pytest.mark.parametrize(
    ("model", "cache", "has_cache"), [("hash", "", False), ("minilm", "none", False), ("minilm", "c", True)]
)
def test_the_settings_decide_where_vectors_are_kept(model, cache, has_cache, tmp_path):
    cache = str(tmp_path / "c") if cache == "c" else cache
    assert (open_embedder(EmbedConfig(model=model, cache=cache)).cache is not None) == has_cache


def _texts(part: int) -> list[str]:
    return [f"part {part} statement {n}" for n in range(400)]


def _size(folder) -> int:
    return sum(path.stat().st_size for path in folder.glob("*.sqlite"))


def test_the_folder_stays_below_its_bound(tmp_path):
    cache = VectorCache(tmp_path, "a", most_bytes=400_000)
    for part in range(8):
        cache.add(_texts(part), VECTORS[:400])
        assert _size(tmp_path) <= 400_000
    assert len(cache.find(_texts(7))) > 300


def test_what_was_not_used_for_longest_goes_first(tmp_path):
    for part in range(3):
        VectorCache(tmp_path, "a").add(_texts(part), VECTORS[:400])
    assert len(VectorCache(tmp_path, "a").find(_texts(0))) == 400  # used again: now the youngest
    VectorCache(tmp_path, "a", most_bytes=_size(tmp_path)).add(_texts(9), VECTORS[:400])
    kept = VectorCache(tmp_path, "a")
    assert [len(kept.find(_texts(part))) for part in (0, 9)] == [400, 400]
    assert len(kept.find(_texts(1))) < 400


def test_other_encoders_make_room_before_this_one(tmp_path):
    VectorCache(tmp_path, "other").add(TEXTS, VECTORS)
    cache = VectorCache(tmp_path, "own", most_bytes=_size(tmp_path))
    cache.add(TEXTS[:1000], VECTORS[:1000])
    assert len(cache.find(TEXTS)) == 1000
    assert len(VectorCache(tmp_path, "other").find(TEXTS)) < 2000
    assert _size(tmp_path) <= cache.most_bytes


def test_when_something_has_to_go_a_fifth_of_the_room_is_left(tmp_path):
    VectorCache(tmp_path, "a").add(TEXTS[:1000], VECTORS[:1000])
    bound = _size(tmp_path) + 1000
    VectorCache(tmp_path, "a", most_bytes=bound).add(TEXTS[1000:1400], VECTORS[:400])
    assert 0.6 * bound < _size(tmp_path) < 0.9 * bound


def test_of_other_encoders_the_longest_unwritten_makes_room_first(tmp_path):
    for name, written in (("b", 1_000_000), ("a", 2_000_000)):
        cache = VectorCache(tmp_path, name)
        cache.add(TEXTS, VECTORS)
        os.utime(cache.path, (written, written))
    VectorCache(tmp_path, "own", most_bytes=_size(tmp_path)).add(TEXTS[:100], VECTORS[:100])
    assert len(VectorCache(tmp_path, "a").find(TEXTS)) == len(TEXTS)
    assert len(VectorCache(tmp_path, "b").find(TEXTS)) < len(TEXTS)


def test_files_of_an_older_layout_are_the_first_to_go(tmp_path):
    old = tmp_path / "vectors-1-abc.sqlite"
    old.write_bytes(b"\x00" * 1_000_000)
    VectorCache(tmp_path, "own", most_bytes=900_000).add(TEXTS, VECTORS)
    assert not old.exists()
    assert len(VectorCache(tmp_path, "own").find(TEXTS)) == len(TEXTS)


def test_a_vector_with_one_wrong_bit_is_never_returned(cache):
    cache.add(TEXTS[:1], VECTORS[:1])
    content = cache.path.read_bytes()
    place = content.index(VECTORS[0].tobytes())
    cache.path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    assert cache.find(TEXTS[:1]) == {}
    cache.add(TEXTS[:1], VECTORS[:1])
    assert np.array_equal(cache.find(TEXTS[:1])[TEXTS[0]], VECTORS[0])


def test_two_processes_share_a_bounded_folder(tmp_path):
    code = (
        "import sys, numpy as np; from pathlib import Path; from feedback_nlp.embed import HashEncoder, VectorCache\n"
        "cache = VectorCache(Path(sys.argv[1]), 'same', most_bytes=500_000)\n"
        "for part in range(12):\n"
        "    texts = [f'{sys.argv[2]} {part} {n}' for n in range(300)]; meant = HashEncoder().encode(texts)\n"
        "    cache.add(texts, meant); found = cache.find(texts)\n"
        "    assert all(np.array_equal(found[t], v) for t, v in zip(texts, meant) if t in found)\n"
        "print('done')"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path), name], stdout=subprocess.PIPE, text=True)
        for name in ("one", "two")
    ]
    assert [process.communicate()[0].strip() for process in started] == ["done", "done"]
    assert _size(tmp_path) <= 500_000
