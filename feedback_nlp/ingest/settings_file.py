"""What was found in an export, as a config file that `run` accepts: nothing is left to guess, all can be corrected."""

import json
import textwrap
from collections.abc import Mapping
from typing import Any

from feedback_nlp.config import IngestConfig, LinkConfig
from feedback_nlp.schema import Answers

_OFF = "none"
_WIDTH = 118
_HEAD = """\
# What `feedback-nlp inspect` found in {files}.
# Correct what is wrong, then: feedback-nlp run {arguments} --config THIS_FILE --out runs/NAME
"""


def settings_text(
    answers: Answers, facts: Mapping[str, Any], ingest: IngestConfig, link: LinkConfig, remark: str = ""
) -> str:
    """Returns TOML with the settings [ingest] and [link] under which `run` reads the export as it was inspected.

    Roles that no column plays are written as "none", so that a later export can't be guessed differently. Settings at
    their defaults are left out.

    Args:
        answers: the export as read.
        facts: of `schema.Linked`; empty if the rows could not be linked.
        ingest: the settings that were given.
        link: the settings that were given.
        remark: stands at the top as a comment: why the rows can't be linked yet, or what was taken for granted.
    """
    names = [source.name for source in answers.sources]
    files = names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
    lines = [_HEAD.format(files=_plain(files), arguments="EXPORT" if len(names) == 1 else "EXPORT ...")]
    if remark:
        lines += [*_comment(remark), ""]
    rooms = {"ingest": _ingest(answers, ingest), "link": _link(facts, link)}
    for room, values in rooms.items():
        lines.append(f"[{room}]")
        for key, value in values.items():
            lines += _comment(answers.guessed.get(key, "") if room == "ingest" else _guess(facts, key))
            lines.append(f"{key} = {_toml(value)}")
        lines.append("")
    return "\n".join(lines)


def _ingest(answers: Answers, given: IngestConfig) -> dict[str, Any]:
    """The roles as they were found, then what was given and differs from its default."""
    roles = answers.roles
    found: dict[str, Any] = {"comment": roles.get("comment", [])}
    found |= {role: roles.get(role, [_OFF])[0] for role in ("score", "id", "respondent", "date")}
    found |= {role: roles[role][0] for role in ("question", "weight") if role in roles}
    found |= {role: roles.get(role) or [_OFF] for role in ("segment", "rating")}
    return found | _changed(given, found)


def _link(facts: Mapping[str, Any], given: LinkConfig) -> dict[str, Any]:
    found = {"scale": facts.get("scale") or "", "date_order": facts.get("date_order") or ""}
    found = {key: value for key, value in found.items() if value}
    return found | _changed(given, found)


def _changed(given: IngestConfig | LinkConfig, found: Mapping[str, Any]) -> dict[str, Any]:
    defaults = type(given)()
    return {
        name: value
        for name, value in given.model_dump(mode="json").items()
        if name not in found and getattr(given, name) != getattr(defaults, name)
    }


def _guess(facts: Mapping[str, Any], key: str) -> str:
    return f"guessed: {facts['scale_guessed']}" if key == "scale" and facts.get("scale_guessed") else ""


def _comment(text: str) -> list[str]:
    """The text as comment lines; what it quotes from the export can't leave the comment."""
    return [f"# {line}" for line in textwrap.wrap(_plain(text), _WIDTH)]


def _plain(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)


def _toml(value: Any) -> str:
    """A text, number, truth value or list as TOML; JSON writes them alike but for the delete character.

    >>> _toml(["a \\"b\\"", "ü"]), _toml(0.5), _toml(True)
    ('["a \\\\"b\\\\"", "ü"]', '0.5', 'true')
    """
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
