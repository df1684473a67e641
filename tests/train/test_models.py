"""Training and evaluating by files: labels in, model folder out, and the run that uses it."""

from pathlib import Path

import pandas as pd
import pytest

from feedback_nlp.config import Config
from feedback_nlp.errors import InputError, ModelError, RunError
from feedback_nlp.themes import load_model
from feedback_nlp.train import evaluate_model, train_model

MODEL_FILES = {"model.json", "weights.safetensors", "CARD.md", "edits.jsonl"}


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def model(tmp_path: Path, run_folder: Path, write_labels, settings: Config) -> Path:  # type: ignore[no-untyped-def]
    return train_model(write_labels(), tmp_path / "models" / "support", run_folder, settings)


def test_training_writes_a_whole_model_folder_and_nothing_beside_it(model: Path) -> None:
    assert {path.name for path in model.iterdir()} == MODEL_FILES
    assert [path.name for path in model.parent.iterdir()] == ["support"]
    assert load_model(model).topic_ids == ["agent-attitude", "price", "response-time"]


def test_training_twice_gives_the_same_bytes(model: Path, run_folder: Path, write_labels, settings: Config) -> None:  # type: ignore[no-untyped-def]
    again = train_model(write_labels(), model.with_name("again"), run_folder, settings)
    assert _bytes(again) == _bytes(model)


def test_labelled_texts_need_no_run(tmp_path: Path, write_labels, comments, labels, settings: Config) -> None:  # type: ignore[no-untyped-def]
    texts = labels.merge(comments, on="response_id")[["comment", "theme"]].rename(columns={"comment": "text"})
    path = write_labels(texts)
    model = train_model(path, tmp_path / "m", None, settings)
    assert evaluate_model(model, path, None, settings).set_index("theme").loc["macro average", "f1"] > 0.9


def test_personal_data_in_labelled_texts_does_not_reach_the_model(
    tmp_path: Path, write_labels, comments, labels, settings: Config
) -> None:  # type: ignore[no-untyped-def]
    texts = labels.merge(comments, on="response_id")
    texts["text"] = texts["comment"].str.rstrip(".") + " from jo@example.com"
    train_model(write_labels(texts[["text", "theme"]]), tmp_path / "m", None, settings)
    assert not any(b"example.com" in content for content in _bytes(tmp_path / "m").values())


def test_a_folder_that_exists_is_refused_before_anything_is_read(tmp_path: Path, settings: Config) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(RunError, match="out: exists already; name a new folder"):
        train_model(tmp_path / "no-labels.csv", tmp_path / "out", None, settings)


def test_a_model_is_replaced_only_when_asked(model: Path, run_folder: Path, write_labels, settings: Config) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(RunError, match="holds an earlier result; name a new folder, or add --overwrite"):
        train_model(write_labels(), model, run_folder, settings)
    assert train_model(write_labels(), model, run_folder, settings, overwrite=True) == model
    assert {path.name for path in model.iterdir()} == MODEL_FILES


def test_overwriting_leaves_other_folders_alone(tmp_path: Path, settings: Config) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("Dear Jo")
    with pytest.raises(RunError, match="holds something else"):
        train_model(tmp_path / "labels.csv", tmp_path / "letters", None, settings, overwrite=True)
    assert (tmp_path / "letters" / "dear.txt").exists()


def test_the_model_of_a_finished_run_is_never_replaced(model: Path, run_folder: Path, settings: Config) -> None:
    model.rename(run_folder / "model")
    with pytest.raises(RunError, match="inside a finished run"):
        train_model(run_folder / "labels.csv", run_folder / "model", run_folder, settings, overwrite=True)


def test_a_failed_training_leaves_no_folder(tmp_path: Path, run_folder: Path, write_labels, labels, settings) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError, match="no theme can be learned"):
        train_model(write_labels(labels.head(3)), tmp_path / "models" / "m", run_folder, settings)
    assert not (tmp_path / "models").exists()


def test_labels_of_another_run_are_refused_with_both_counts(
    tmp_path: Path, run_folder: Path, write_labels, labels, settings
) -> None:  # type: ignore[no-untyped-def]
    other = labels.assign(response_id="x" + labels["response_id"])
    with pytest.raises(InputError, match=r"none of its 48 response_ids \(the first: 'xr00'\) is among the 48 of"):
        train_model(write_labels(other), tmp_path / "m", run_folder, settings)


def test_labels_partly_of_another_run_are_counted_in_the_card(
    tmp_path: Path, run_folder: Path, write_labels, labels, settings
) -> None:  # type: ignore[no-untyped-def]
    table = pd.concat([labels, pd.DataFrame({"response_id": ["zz"], "theme": ["Price"]})])
    model = load_model(train_model(write_labels(table), tmp_path / "m", run_folder, settings))
    assert "1 of 49 labelled response\\_ids are not in the run" in model.card


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path, write_labels, settings: Config) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(RunError, match=r"no run folder \(manifest.json is missing\)"):
        train_model(write_labels(), tmp_path / "m", tmp_path, settings)


def test_a_run_of_another_format_version_is_refused(run_folder: Path, write_labels, settings: Config) -> None:  # type: ignore[no-untyped-def]
    (run_folder / "manifest.json").write_text('{"format_version": 99}', encoding="utf-8")
    with pytest.raises(RunError, match="format version 99"):
        train_model(write_labels(), run_folder.with_name("m"), run_folder, settings)


def test_a_damaged_run_is_refused(run_folder: Path, write_labels, settings: Config) -> None:  # type: ignore[no-untyped-def]
    (run_folder / "comments.parquet").write_bytes(b"no parquet")
    with pytest.raises(RunError, match="the run folder is damaged"):
        train_model(write_labels(), run_folder.with_name("m"), run_folder, settings)


def test_evaluation_counts_responses_and_ends_with_the_averages(
    model: Path, run_folder: Path, write_labels, settings: Config
) -> None:  # type: ignore[no-untyped-def]
    table = evaluate_model(model, write_labels(), run_folder, settings)
    assert table["theme"].tolist()[:3] == ["Agent attitude", "Price", "Response time"]
    assert table["theme"].tolist()[3:] == ["macro average", "weighted average", "micro average"]
    assert table["n_labelled"].tolist()[:4] == [24, 24, 24, 72]
    assert table["f1"].min() > 0.9


def test_labels_meet_themes_whatever_the_case(model: Path, run_folder: Path, write_labels, labels, settings) -> None:  # type: ignore[no-untyped-def]
    upper = write_labels(labels.assign(theme=labels["theme"].str.upper()))
    assert evaluate_model(model, upper, run_folder, settings)["f1"].min() > 0.9


def test_a_labelled_theme_that_the_model_lacks_has_no_recall(
    model: Path, run_folder: Path, write_labels, labels, settings
) -> None:  # type: ignore[no-untyped-def]
    more = pd.concat([labels, pd.DataFrame({"response_id": ["r00"], "theme": ["Parking"]})])
    table = evaluate_model(model, write_labels(more), run_folder, settings).set_index("theme")
    assert table.loc["Parking", ["n_labelled", "n_found", "recall", "f1"]].tolist() == [1, 0, 0, 0]


def test_labels_of_quite_other_themes_are_refused(
    model: Path, run_folder: Path, write_labels, labels, settings
) -> None:  # type: ignore[no-untyped-def]
    other = write_labels(labels.assign(theme="Prices"))
    with pytest.raises(InputError, match=r"none of its 1 themes is in the model; did you mean 'Price'\?"):
        evaluate_model(model, other, run_folder, settings)


def test_a_model_of_another_encoder_is_refused(model: Path, run_folder: Path, write_labels, settings: Config) -> None:  # type: ignore[no-untyped-def]
    description = model / "model.json"
    description.write_text(description.read_text().replace('"encoder_sha256": "', '"encoder_sha256": "0'))
    with pytest.raises(ModelError, match="was made with the encoder"):
        evaluate_model(model, write_labels(), run_folder, settings)


def test_a_model_belongs_to_the_space_of_its_encoder(tmp_path, run_folder, write_labels, settings, monkeypatch):
    from feedback_nlp.embed import Embedder, HashEncoder

    class Faster(HashEncoder):
        """Another build of the same weights: a fingerprint of its own, the same space."""

        fingerprint = "f" * 64
        space = "5" * 64

    for room in ("models", "evaluate"):
        monkeypatch.setattr(f"feedback_nlp.train.{room}.open_embedder", lambda _: Embedder(Faster()))
    labels = write_labels()
    folder = train_model(labels, tmp_path / "m", run_folder, settings)
    assert load_model(folder).encoder[1] == "5" * 64
    assert len(evaluate_model(folder, labels, run_folder, settings))
