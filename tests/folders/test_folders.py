"""Result folders: whole or absent, and never over something else."""

from pathlib import Path

import pytest

from feedback_nlp.errors import RunError
from feedback_nlp.folders import MODEL, RUN, check_target, save_whole, write_file


def fill(folder):
    (folder / RUN).write_text("{}", encoding="utf-8")


def test_a_folder_and_its_parents_are_made(tmp_path):
    assert save_whole(tmp_path / "a" / "b", RUN, fill) == tmp_path / "a" / "b"
    assert [p.name for p in (tmp_path / "a").iterdir()] == ["b"]


def test_a_failed_write_leaves_nothing(tmp_path):
    def fail(folder):
        fill(folder)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        save_whole(tmp_path / "run", RUN, fail)
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_the_old_result_in_place(tmp_path):
    save_whole(tmp_path / "run", RUN, fill)

    def fail(folder):
        raise OSError(28, "No space left on device")

    with pytest.raises(RunError, match="can't be written: No space left on device"):
        save_whole(tmp_path / "run", RUN, fail, overwrite=True)
    assert (tmp_path / "run" / RUN).read_text(encoding="utf-8") == "{}"


def test_an_earlier_result_is_replaced_only_when_asked(tmp_path):
    save_whole(tmp_path / "run", RUN, fill)
    with pytest.raises(RunError, match="holds an earlier result; name a new folder, or add --overwrite"):
        save_whole(tmp_path / "run", RUN, fill)
    save_whole(tmp_path / "run", RUN, lambda folder: (folder / "new").touch(), overwrite=True)
    assert [p.name for p in (tmp_path / "run").iterdir()] == ["new"]


def test_a_folder_of_another_kind_is_never_replaced(tmp_path):
    save_whole(tmp_path / "run", RUN, fill)
    with pytest.raises(RunError, match=r"holds something else \(model.json is missing\)"):
        check_target(tmp_path / "run", MODEL, overwrite=True)


def test_the_model_of_a_finished_run_is_never_replaced(tmp_path):
    save_whole(tmp_path / "run", RUN, fill)
    (tmp_path / "run" / "model").mkdir()
    (tmp_path / "run" / "model" / MODEL).touch()
    with pytest.raises(RunError, match="inside a finished run"):
        check_target(tmp_path / "run" / "model", MODEL, overwrite=True)


def test_a_file_in_the_way_is_left_alone(tmp_path):
    (tmp_path / "run").write_text("mine", encoding="utf-8")
    with pytest.raises(RunError, match="holds something else"):
        save_whole(tmp_path / "run", RUN, fill, overwrite=True)
    assert (tmp_path / "run").read_text(encoding="utf-8") == "mine"


def test_an_empty_folder_may_be_filled_when_asked(tmp_path):
    (tmp_path / "run").mkdir()
    assert (save_whole(tmp_path / "run", RUN, fill, overwrite=True) / RUN).exists()


def test_nothing_is_written_inside_a_finished_run(tmp_path):
    save_whole(tmp_path / "run", RUN, fill)
    with pytest.raises(RunError, match="inside a finished run"):
        save_whole(tmp_path / "run" / "deep" / "new", RUN, fill)


def test_the_working_folder_itself_may_be_filled_when_asked(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    save_whole(Path(), RUN, fill, overwrite=True)
    assert (tmp_path / "here" / RUN).is_file()


def test_a_file_is_written_with_its_folder(tmp_path):
    path = write_file(tmp_path / "new" / "q3.toml", "[ingest]\n")
    assert path.read_text(encoding="utf-8") == "[ingest]\n"
    assert [p.name for p in path.parent.iterdir()] == ["q3.toml"]


def test_a_file_that_exists_stays_unless_told_otherwise(tmp_path):
    path = tmp_path / "q3.toml"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(RunError, match="--overwrite"):
        write_file(path, "other")
    assert path.read_text(encoding="utf-8") == "mine"
    assert write_file(path, "other", overwrite=True).read_text(encoding="utf-8") == "other"


def test_a_file_inside_a_finished_run_is_refused(tmp_path):
    (tmp_path / RUN).write_text("{}", encoding="utf-8")
    with pytest.raises(RunError, match="finished run"):
        write_file(tmp_path / "q3.toml", "")


def test_a_folder_is_not_written_over(tmp_path):
    with pytest.raises(RunError, match="exists already"):
        write_file(tmp_path, "", overwrite=True)
