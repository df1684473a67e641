"""A codebook that can't be used is one clear line and exit status 1; nothing is written."""

import pytest

PRICE = '[[theme]]\nname = "Price"\nexamples = ["it is far too dear"]\n'
MANY = "".join(f'[[theme]]\nname = "Theme {i}"\nexamples = ["about matter {i}"]\n' for i in range(10_000))
FAMILY = '[[theme]]\nname = "{}"\nparent = "{}"\ndescription = "What people say"\n'

BAD = {
    "an example that is empty": ('[[theme]]\nname = "Price"\nexamples = [" "]\n', ["'Price'", "an example is empty"]),
    "an example of marks": ('[[theme]]\nname = "Price"\nexamples = ["..."]\n', ["an example is empty"]),
    "a pattern of exponential time": (PRICE + 'include = ["(a+)+$", "(x|x)*y"]\n', ["(x|x)*y", "only end a word"]),
    "stars inside a word": (PRICE + 'include = ["a*a*a*a*a*a*b"]\n', ["'a*a*a*a*a*a*b'", "only end a word"]),
    "a star alone": (PRICE + 'exclude = ["*"]\n', ["exclude keyword '*'", "holds no word"]),
    "two themes of one name": (PRICE + PRICE.replace("Price", "PRICE"), ["2 themes have the name"]),
    "an unknown parent": (
        PRICE + 'parent = "Mony"\n[[theme]]\nname = "Money"\ndescription = "What it costs"\n',
        ["no theme is called 'Mony'", "did you mean 'Money'"],
    ),
    "two that are each other's parent": (FAMILY.format("A", "B") + FAMILY.format("B", "A"), ["'A'", "two levels"]),
    "three in a circle": ("".join(FAMILY.format(*pair) for pair in ("AB", "BC", "CA")), ["two levels"]),
    "its own parent": (FAMILY.format("A", "A"), ["is its own parent"]),
    "an unknown key": (PRICE + 'exampels = ["dear"]\n', ["'exampels'", "did you mean 'examples'"]),
    "an unknown key at the top": ("severel = true\n" + PRICE, ["'severel'", "did you mean 'several'"]),
    "no TOML": ("The themes are price and staff", ["not a TOML file", "line 1"]),
    "another encoding": ("\ufeff\x00".encode("utf-16") + b"\x00\xff", ["not a TOML file"]),
    "nothing": ("", ["no theme", "[[theme]]"]),
    "a single table": ('[theme]\nname = "Price"\n', ["write [[theme]] above each"]),
    "ten thousand themes": (MANY, ["10,000 themes; at most 1,000"]),
    "a keyword of a megabyte": (PRICE + f'include = ["{"x" * 1_000_000}"]\n', ["1,000,000 characters, at most 200"]),
    "an example of a megabyte": (PRICE.replace("far", "far " * 250_000), ["characters, at most 5,000"]),
    "a NUL byte": (PRICE.replace("far", "\x00"), ["not a TOML file", "\\x00"]),
    "a NUL as an escape": (PRICE.replace("far", "\\u0000"), ["holds a control character"]),
    "a name that moves the cursor": (PRICE.replace("Price", "\\u001b[2JPrice"), ["holds a control character"]),
    "a keyword both ways": (PRICE + 'include = ["price"]\nexclude = ["Price"]\n', ["'price' never counts", "'Price'"]),
    "a keyword that a stem excludes": (PRICE + 'include = ["pricing"]\nexclude = ["pric*"]\n', ["never counts"]),
    "a confidence of seven": ("min_confidence = 7\n" + PRICE, ["min_confidence = 7", "between 0 and 1"]),
    "a confidence that is no number": ("min_confidence = nan\n" + PRICE, ["min_confidence", "between 0 and 1"]),
    "brackets without end": ("a = " + "[" * 5_000, ["not a TOML file"]),
    "weights elsewhere": ('weights = "../other.safetensors"\n' + PRICE, ["no such file beside it"]),
}


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text("score,comment\n9,A quick reply\n3,I waited an hour on the phone\n", encoding="utf-8")
    return path


def fails(outcome, *parts: str) -> None:
    assert outcome.status == 1
    lines = outcome.err.strip().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("feedback-nlp: ")
    assert len(lines[0]) < 600
    for part in parts:
        assert part in lines[0]


@pytest.mark.parametrize("case", BAD)
def test_a_codebook_with(case, call, export, tmp_path):
    book, parts = BAD[case]
    path = tmp_path / "book.toml"
    path.write_bytes(book if isinstance(book, bytes) else book.encode())
    before = sorted(tmp_path.iterdir())
    fails(call("run", export, "--out", tmp_path / "run", "--codebook", path), "book.toml", *parts)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("name", ["", "nowhere.toml"])
def test_a_folder_or_nothing_instead_of_a_codebook(call, export, tmp_path, name):
    fails(call("run", export, "--out", tmp_path / "run", "--codebook", tmp_path / name), "no such codebook file")
    assert not (tmp_path / "run").exists()


def test_train_reads_the_codebook_before_the_labels(call, tmp_path):
    (tmp_path / "book.toml").write_text(PRICE + PRICE, encoding="utf-8")
    flags = ["--out", tmp_path / "model", "--codebook", tmp_path / "book.toml"]
    fails(call("train", tmp_path / "nowhere.csv", *flags), "2 themes have the name 'Price'")
    assert not (tmp_path / "model").exists()


def test_many_stems_in_a_row_take_no_time(call, export, tmp_path, quick_hash):
    (tmp_path / "book.toml").write_text(PRICE + f'include = ["{"a* " * 60}b"]\n', encoding="utf-8")
    export.write_text("score,comment\n9,Quick reply\n3," + "aa " * 20_000 + "\n", encoding="utf-8")
    flags = ["--codebook", tmp_path / "book.toml", "--config", quick_hash, "--quiet"]
    outcome = call("run", export, "--out", tmp_path / "run", *flags)
    assert (outcome.status, outcome.err) == (0, "")


@pytest.fixture
def quick_hash(tmp_path):
    path = tmp_path / "quick.toml"
    path.write_text('[embed]\nmodel = "hash"\n[link]\nscale = "nps"\n', encoding="utf-8")
    return path
