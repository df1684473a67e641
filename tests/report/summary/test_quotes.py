"""Which statements stand for a theme, and how their comments are cut."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.report.summary.data import Quote
from feedback_nlp.report.summary.figure import Figure
from feedback_nlp.report.summary.quotes import CONTEXT, ELLIPSIS, LONGEST, choose_quotes, excerpt
from feedback_nlp.track import Run

WORDS = st.lists(st.text("abcdefgh", min_size=1, max_size=12), min_size=1, max_size=150)


def theme(drag: float | None, lift: float | None = None, n_negative: int = 0, n_positive: int = 0) -> dict[str, object]:
    figures = {name: value if value is None else Figure(value) for name, value in (("drag", drag), ("lift", lift))}
    return {"theme_id": "t01", **figures, "n_negative": n_negative, "n_positive": n_positive}


def waiting(run: Run, n: int = 5, **figures: float) -> tuple[Quote, ...]:
    return choose_quotes(run, [theme(figures.get("drag", -5.0), figures.get("lift"))], n)["t01"]


@given(WORDS, st.data())
def test_a_cut_never_falls_inside_a_word(words: list[str], data: st.DataObject) -> None:
    comment, place = " ".join(words), data.draw(st.integers(0, len(words) - 1))
    start = len(" ".join(words[:place])) + (place > 0)
    shown = "".join(excerpt(comment, start, start + len(words[place])))
    assert set(shown.replace(ELLIPSIS, " ").split()) <= set(words)


@given(st.text(max_size=700), st.data())
def test_every_shown_character_stands_in_the_comment(comment: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(comment)))
    end = data.draw(st.integers(start, len(comment)))
    before, marked, after = excerpt(comment, start, end)
    assert comment[:start].endswith(before.removeprefix(ELLIPSIS)) or before.startswith(ELLIPSIS)
    assert comment[start:end].startswith(marked.removesuffix(ELLIPSIS))
    assert len(before) <= CONTEXT + 1
    assert len(marked) <= LONGEST + 1
    assert len(after) <= CONTEXT + 1


def test_a_short_comment_is_shown_whole() -> None:
    comment = "Friendly staff. The refund took weeks. I gave up."
    assert "".join(excerpt(comment, 16, 38)) == comment


def test_a_script_without_spaces_is_cut_where_the_room_ends() -> None:
    before, _, _ = excerpt("等" * 400 + "太慢了", 400, 403)
    assert before == ELLIPSIS + "等" * CONTEXT


def test_complaints_speak_first_for_a_theme_that_drags(run: Run) -> None:
    assert [quote.polarity and quote.polarity < 0 for quote in waiting(run)][:3] == [True, True, True]


def test_praise_speaks_first_for_a_theme_that_lifts(run: Run) -> None:
    first = waiting(run, drag=-1.0, lift=6.0)[0]
    assert first.polarity is not None
    assert first.polarity > 0


def test_the_models_exemplar_leads(run: Run) -> None:
    assert waiting(run)[0].marked == "I was on hold for 50 minutes and then cut off."


def test_exemplars_lead_in_their_own_order(run: Run) -> None:
    themes = run.model.themes.copy()
    themes["exemplars"] = [["Nobody answers after five.", "Waited three days for a reply."]] * len(themes)
    changed = replace(run, model=SimpleNamespace(themes=themes))  # type: ignore[arg-type]
    assert [quote.marked for quote in waiting(changed, 2)] == themes["exemplars"][0]


def test_the_same_words_are_quoted_once(run: Run) -> None:
    said = [quote.marked for quote in waiting(run, 50)]
    assert len(said) == len(set(said))


def test_the_order_of_the_rows_does_not_matter(run: Run) -> None:
    shuffled = replace(
        run,
        mentions=run.mentions.sample(frac=1, random_state=1),
        comments=run.comments.sample(frac=1, random_state=2),
        responses=run.responses.sample(frac=1, random_state=3),
    )
    assert waiting(shuffled) == waiting(run)


def test_labels_of_rows_do_not_matter(run: Run) -> None:
    same = replace(run, mentions=run.mentions.set_index(pd.Index([0] * len(run.mentions))))
    assert waiting(same, 10) == waiting(run, 10)


@pytest.mark.parametrize("n_quotes", [0, 1, 3])
def test_there_are_no_more_quotes_than_asked_for(run: Run, n_quotes: int) -> None:
    assert len(waiting(run, n_quotes)) == n_quotes


def test_the_marked_span_stands_in_its_comment(run: Run) -> None:
    comments = set(run.comments["comment"].dropna())
    assert all(quote.before + quote.marked + quote.after in comments for quote in waiting(run))


def test_a_quote_carries_score_date_and_groups(run: Run) -> None:
    quote = waiting(run)[0]
    assert quote.score is not None
    assert quote.date is not None
    assert quote.segments[0][1] in {"phone", "chat", "e-mail"}


def test_a_statement_whose_comment_is_gone_stands_for_itself(run: Run) -> None:
    changed = replace(run, comments=run.comments.assign(comment=None))
    assert waiting(changed)[0].marked == "I was on hold for 50 minutes and then cut off."


def test_a_segment_called_id_does_not_hide_the_statements_key(run: Run) -> None:
    changed = replace(run, responses=run.responses.assign(segment_id="store 7"))
    assert ("id", "store 7") in waiting(changed)[0].segments


def test_masked_spots_stay_as_they_are(with_comment: Callable[[str], Run]) -> None:
    said = "I waited and wrote to ▮e-mail▮ twice."
    assert waiting(with_comment(said))[0].marked == said


def test_the_question_is_named_only_where_there_are_several(run: Run) -> None:
    more = pd.concat([run.comments, run.comments.head(1).assign(question="What could be better?")])
    assert waiting(run)[0].question == ""
    assert waiting(replace(run, comments=more))[0].question == "why"
