"""Settings: complete, frozen, and every mistake in a file is one line that says what would be right."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from feedback_nlp.config import Config, load_config
from feedback_nlp.errors import ConfigError

ROOT = Path(__file__).resolve().parents[2]


def write(folder: Path, text: str) -> Path:
    path = folder / "run.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_committed_default_file_is_equal_to_the_defaults():
    assert load_config(ROOT / "configs" / "default.toml") == Config()


def test_the_committed_default_file_leaves_no_setting_out():
    import tomllib

    written = tomllib.loads((ROOT / "configs" / "default.toml").read_text(encoding="utf-8"))
    for room, settings in Config().model_dump().items():
        assert room in written
        if isinstance(settings, dict):
            assert list(written[room]) == list(settings)


def test_an_unknown_key_is_answered_with_the_nearest_one(tmp_path):
    with pytest.raises(ConfigError, match=r"run.toml: unknown key \[themes\] n_theme; did you mean 'n_themes'\?"):
        load_config(write(tmp_path, "[themes]\nn_theme = 20\n"))


def test_an_unknown_room_is_answered_with_the_known_ones(tmp_path):
    with pytest.raises(ConfigError, match=r"unknown key theme; did you mean 'themes'\?.*known: seed, ingest"):
        load_config(write(tmp_path, "[theme]\nn_themes = 20\n"))


def test_an_impossible_value_names_its_place(tmp_path):
    with pytest.raises(ConfigError, match=r"\[drivers\] level = 2: input should be less than 1"):
        load_config(write(tmp_path, "[drivers]\nlevel = 2\n"))


def test_a_room_that_is_no_table_is_an_error_not_a_crash(tmp_path):
    with pytest.raises(ConfigError, match="themes"):
        load_config(write(tmp_path, "themes = 20\n"))


@pytest.mark.parametrize("text", ["[themes", "n_themes = = 3", "\x00"])
def test_a_file_that_is_no_toml_is_one_line(tmp_path, text):
    with pytest.raises(ConfigError, match=r"run\.toml: not a TOML file") as caught:
        load_config(write(tmp_path, text))
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"nowhere\.toml: no such config file"):
        load_config(tmp_path / "nowhere.toml")


def test_with_values_leaves_the_original_alone():
    original = Config()
    changed = original.with_values({"themes": {"n_themes": 7}, "seed": 3})
    assert (changed.themes.n_themes, changed.seed) == (7, 3)
    assert original == Config()


def test_with_values_keeps_what_it_does_not_name():
    first = Config().with_values({"themes": {"n_themes": 7}})
    second = first.with_values({"themes": {"max_themes": 12}})
    assert (second.themes.n_themes, second.themes.max_themes) == (7, 12)


def test_settings_are_frozen():
    with pytest.raises(ValidationError, match="frozen"):
        Config().themes.n_themes = 3  # type: ignore[misc]


def test_names_are_asked_of_no_service_while_personal_data_is_not_masked():
    values = {"names": {"endpoint": "http://localhost:8000/v1"}, "text": {"mask_personal_data": False}}
    with pytest.raises(ConfigError, match=r"needs text\.mask_personal_data = true"):
        Config().with_values(values)
