"""The section about what a codebook does not cover: when it is there, what it counts, whom it quotes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.report import render_report, summarise
from feedback_nlp.report.summary.uncovered import what_is_uncovered
from feedback_nlp.track.manifest import coverage_notes

COVERAGE = {
    "n_statements": 400,
    "n_without": 100,
    "weak_themes": [
        {"theme_id": "t01", "name": "Waiting time", "n": 2, "near": 9},
        {"theme_id": "t03", "name": "Billing", "n": 0, "near": 2},
        {"theme_id": "t04", "name": "Opening hours", "n": 11, "near": 30},
    ],
    "gaps": [
        {
            "n_without": 12,
            "nearest": "Billing",
            "examples": ["The parcel was lost", "the parcel was torn", "No postman"],
        },
        {"n_without": 40, "nearest": None, "examples": ["Nowhere to park <b>the</b> car"]},
    ],
}


@pytest.fixture
def run_of(run):
    """A coverage -> the run with it in its manifest, and in its notes as `describe_run` writes them."""

    def build(coverage):
        manifest = run.manifest | {"coverage": coverage}
        return replace(run, manifest=manifest | {"notes": ["odd dates", *coverage_notes(manifest)]})

    return build


def test_a_run_without_codebook_has_no_such_section(run):
    assert what_is_uncovered(run) is None
    assert "codebook" not in render_report(run)


def test_the_largest_group_comes_first_with_its_quotes(run_of):
    first, second = summarise(run_of(COVERAGE)).uncovered.gaps
    assert (first.n_without, first.nearest, first.quotes) == (40, "", ("Nowhere to park <b>the</b> car",))
    assert (second.n_without, second.nearest) == (12, "Billing")


def test_the_second_quote_says_something_else_than_the_first(run_of):
    assert summarise(run_of(COVERAGE)).uncovered.gaps[1].quotes == ("The parcel was lost", "No postman")


def test_themes_that_miss_most_come_first_and_chance_is_left_out(run_of):
    weak = summarise(run_of(COVERAGE)).uncovered.weak
    assert [(theme.name, theme.n, theme.n_missed) for theme in weak] == [
        ("Opening hours", 11, 30),
        ("Waiting time", 2, 9),
    ]


def test_the_page_says_it_in_words(run_of):
    page = render_report(run_of(COVERAGE)).replace("\N{NO-BREAK SPACE}", " ")
    assert "No theme of the codebook takes 100 of 400 statements\n(25 %)." in page
    assert "<b>12 statements</b>, nearest theme <bdi>Billing</bdi>" in page
    assert "takes 11 statements, and is the nearest of 30 without a theme." in page


def test_what_people_say_is_escaped(run_of):
    page = render_report(run_of(COVERAGE))
    assert "Nowhere to park &lt;b&gt;the&lt;/b&gt; car" in page


def test_the_note_of_the_command_line_is_not_said_twice(run_of):
    unknown = summarise(run_of(COVERAGE)).unknown
    assert unknown.suspicions == ("odd dates",)


def test_more_groups_than_are_shown_are_counted(run_of):
    many = COVERAGE | {"gaps": [COVERAGE["gaps"][0]] * 9}
    uncovered = summarise(run_of(many)).uncovered
    assert (len(uncovered.gaps), uncovered.n_more) == (6, 3)
    assert "3 smaller groups in manifest.json" in render_report(run_of(many))


def test_a_codebook_that_covers_everything_says_so(run_of):
    whole = {"n_statements": 50, "n_without": 0, "weak_themes": [], "gaps": []}
    page = render_report(run_of(whole))
    assert "Every one of 50 statements has a theme of the codebook." in page
    assert coverage_notes({"coverage": whole}) == ()


def test_few_statements_have_no_share(run_of):
    few = {"n_statements": 8, "n_without": 4, "weak_themes": [], "gaps": []}
    assert "4 of 8 statements\n(too few (8))" in render_report(run_of(few))
    assert coverage_notes({"coverage": few}) == ("the codebook has no theme for 4 of 8 statements; see the report",)


@given(st.permutations(COVERAGE["gaps"]), st.permutations(COVERAGE["weak_themes"]))
def test_the_order_in_the_manifest_does_not_matter(run, gaps, weak):
    told = what_is_uncovered(replace(run, manifest={"coverage": COVERAGE | {"gaps": gaps, "weak_themes": weak}}))
    assert told == what_is_uncovered(replace(run, manifest={"coverage": COVERAGE}))
