"""The page: what it says in every state of a run, that it stands alone, and that nobody can write into it."""

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from types import SimpleNamespace

import pytest
from markupsafe import escape

from feedback_nlp.drivers import rank_drivers
from feedback_nlp.report import render_report
from feedback_nlp.report.page.render import printable
from feedback_nlp.track import Run

VOID = {"meta", "br", "hr", "img", "input", "link"}


class Outline(HTMLParser):
    """Collects the elements of a page and checks that every one is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def page(run: Run) -> str:
    return render_report(run)


def text_of(page: str) -> str:
    body = re.sub(r"<(style|script)[^>]*>.*?</\1>", "", page, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", body).replace("\u00a0", " ").split())


def cut_down(run: Run, n: int, n_mentions: int | None = None) -> Run:
    responses = run.responses.head(n)
    comments = run.comments[run.comments["response_id"].isin(responses["response_id"])]
    mentions = run.mentions[run.mentions["response_id"].isin(responses["response_id"])].head(n_mentions)
    drivers = rank_drivers(responses, mentions, run.model.themes)
    return replace(run, responses=responses, comments=comments, mentions=mentions, drivers=drivers)


def test_the_same_run_gives_the_same_bytes(run: Run, page: str) -> None:
    shuffled = replace(run, responses=run.responses.iloc[::-1], mentions=run.mentions.sample(frac=1, random_state=4))
    assert render_report(shuffled) == page


def test_every_element_is_closed(page: str) -> None:
    assert Outline(page).open == []


def test_nothing_is_loaded_from_elsewhere(page: str) -> None:
    outline = Outline(page)
    assert not {"link", "img", "iframe", "object"} & {tag for tag, _ in outline.found}
    assert not any(name in attrs for _, attrs in outline.found for name in ("src", "srcset", "data", "action"))
    assert "url(" not in page
    assert "@import" not in page


def test_ids_are_unique_and_every_link_has_its_target(page: str) -> None:
    outline = Outline(page)
    ids = [attrs["id"] for _, attrs in outline.found if "id" in attrs]
    links = {attrs["href"] for tag, attrs in outline.found if tag == "a"}
    assert len(set(ids)) == len(ids)
    assert links <= {f"#{name}" for name in ids}


def test_the_policy_allows_only_the_pages_own_script(page: str) -> None:
    def name(tag: str) -> str:
        found = re.findall(rf"<{tag}>(.*?)</{tag}>", page, flags=re.S)
        return " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(one.encode()).digest()).decode()}'" for one in found)

    policy = f"default-src 'none'; style-src {name('style')}; script-src {name('script')}; base-uri 'none'"
    assert f'content="{policy}' in page
    assert "unsafe" not in policy
    assert " style=" not in page


@pytest.mark.parametrize("text", [
    "<script>alert(1)</script> I waited.",
    "\"'><img src=x onerror=alert(1)> nobody answered",
    "</mark></blockquote></details><h1>Free money</h1>",
    "{{ 7 * 7 }} {% include 'secrets' %}",
    "</style><style>body{display:none}</style>",
    "</script><!-- <svg onload=alert(1)>",
])  # fmt: skip
def test_a_comment_cannot_write_into_the_page(with_comment: Callable[[str], Run], text: str) -> None:
    hostile = render_report(with_comment(text))
    found = Outline(hostile).found
    assert [tag for tag, _ in found if tag in {"script", "img", "h1", "style"}] == ["style", "h1", "script"]
    assert not any(name.startswith("on") for _, attrs in found for name in attrs)
    assert escape(text) in hostile


def test_a_formula_is_shown_as_it_stands(with_comment: Callable[[str], Run]) -> None:
    assert "=HYPERLINK(&#34;http://x&#34;)" in render_report(with_comment('=HYPERLINK("http://x")'))


def test_marks_of_right_to_left_text_stay_in_their_quote(with_comment: Callable[[str], Run]) -> None:
    page = render_report(with_comment("\u202egnitiaw rof sruoh"))
    assert '<blockquote dir="auto"><mark>\u202egnitiaw' in page


def test_a_hostile_theme_name_title_and_segment_stay_text(run: Run) -> None:
    evil = '"><script>alert(1)</script>'
    themes = run.model.themes.assign(name=evil, keyphrases=[[evil]] * len(run.model.themes))
    config = {**run.manifest["config"], "report": {"title": evil, "n_quotes": 2}}
    responses, model = run.responses.assign(segment_channel=evil, period=evil), SimpleNamespace(themes=themes)
    changed = replace(run, manifest=run.manifest | {"config": config}, responses=responses)
    page = render_report(replace(changed, model=model))  # type: ignore[arg-type]
    assert page.count("<script") == 1
    assert Outline(page).open == []


@pytest.mark.parametrize("text", ["a\x00b", "bell \x07", "half a pair \ud83d", "tab\x0b"])
def test_what_html_forbids_is_shown_as_a_replacement(text: str) -> None:
    shown = printable(text)
    assert "\N{REPLACEMENT CHARACTER}" in shown
    shown.encode("utf-8")


def test_the_headline_gives_nps_with_its_interval(run: Run, page: str) -> None:
    nps = run.drivers.nps
    assert f"NPS {nps.value:.1f} ".replace("-", "−") in text_of(page)
    assert f"{nps.low:.1f} to {nps.high:.1f}".replace("-", "−") in text_of(page)


def test_the_first_sentence_names_the_worst_theme(page: str) -> None:
    assert re.search(r"Waiting time takes \d+\.\d points \([\d.]+ to [\d.]+\)", text_of(page))


def test_association_is_never_sold_as_cause(page: str) -> None:
    text = text_of(page)
    assert "Association is not cause" in text
    assert "associated drag among those who mention" in text
    assert not re.search(r"will rise|would rise|NPS rises|impact", text)


def test_leave_one_out_is_labelled_as_a_comparison(page: str) -> None:
    assert "Leave-one-out, for comparison only" in page
    assert "does not add up" in text_of(page)


def test_what_was_set_aside_is_said(page: str) -> None:
    text = text_of(page)
    assert "3 rows were rejected" in text
    assert "no score and no comment (3)" in text
    assert "4 of 307 rows were merged" in text
    assert "2 scores lie outside the scale" in text


def test_a_theme_without_enough_complaints_says_so(page: str) -> None:
    assert "Gift wrapping too few complaints to rank" in text_of(page)


def test_what_could_be_chance_is_called_so(run: Run) -> None:
    table = run.drivers.table.assign(drag_high=0.4)
    page = render_report(replace(run, drivers=replace(run.drivers, table=table)))
    assert ": could be chance)" in text_of(page).split("Themes, worst drag first")[0]


def test_tables_have_captions_and_scoped_headers(page: str) -> None:
    outline = Outline(page)
    tags = [tag for tag, _ in outline.found]
    assert tags.count("table") == tags.count("caption") > 3
    assert all("scope" in attrs for tag, attrs in outline.found if tag == "th")


def test_headings_go_down_one_level_at_a_time(page: str) -> None:
    levels = [int(tag[1]) for tag, _ in Outline(page).found if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_theme_has_its_own_section_and_the_worst_is_open(page: str) -> None:
    sections = [attrs for tag, attrs in Outline(page).found if tag == "details" and attrs.get("class") == "theme"]
    assert len(sections) == 8
    assert [("open" in attrs) for attrs in sections] == [True] + [False] * 7


def test_without_scores_the_page_says_so_and_shows_counts(run: Run) -> None:
    responses = run.responses.assign(score=float("nan"), category=None)
    drivers = rank_drivers(responses, run.mentions, run.model.themes)
    text = text_of(render_report(replace(run, responses=responses, drivers=drivers)))
    assert "No score was given: themes without drivers." in text
    assert "Themes, most mentioned first" in text
    assert "From base to NPS" not in text


def test_a_run_without_any_theme_says_so(run: Run) -> None:
    none = run.model.themes.iloc[:0]
    mentions = run.mentions.assign(theme_id=None)
    changed = replace(run, model=SimpleNamespace(themes=none), mentions=mentions,  # type: ignore[arg-type]
                      drivers=rank_drivers(run.responses, mentions, none))  # fmt: skip
    assert "No theme was found" in text_of(render_report(changed))


def test_a_run_without_any_comment_is_a_page_too(run: Run) -> None:
    silent = replace(cut_down(run, 300, 0), comments=run.comments.iloc[:0])
    text = text_of(render_report(silent))
    assert "300 responses, 0 with a comment" in text
    assert "There is no statement to read" in text
    assert "No theme drags" in text


def test_a_single_response_is_a_page_too(run: Run) -> None:
    text = text_of(render_report(cut_down(run, 1)))
    assert "1 response," in text
    assert "1 score:" in text


def test_many_notes_are_folded(run: Run) -> None:
    notes = tuple(f"pooled complaints of 'theme {k}' into other" for k in range(9))
    text = text_of(render_report(replace(run, drivers=replace(run.drivers, notes=notes))))
    assert "5 more notes" in text


def test_a_score_that_runs_against_its_words_is_said_before_any_figure(run):
    direction = {"verdict": "against", "sentence": "The words of promoters are <b>unkinder</b>."}
    page = render_report(
        replace(run, manifest={**run.manifest, "facts": {**run.manifest["facts"], "direction": direction}})
    )
    assert "promoters are &lt;b&gt;unkinder&lt;/b&gt;" in page
    assert page.index('class="warning"') < page.index('class="nps"')
    assert 'class="warning"' not in render_report(run)


def test_few_scores_are_said_to_be_too_few(run: Run) -> None:
    few = replace(run, responses=run.responses.head(20), mentions=run.mentions.head(0), comments=run.comments.head(0))
    assert "Too few scores" in text_of(render_report(few))
    assert "Too few scores" not in text_of(render_report(run))
