"""The filters offer what the quotes have, each value once, under numbers that no export can write."""

from dataclasses import replace
from itertools import pairwise

from feedback_nlp.report import summarise
from feedback_nlp.report.page.choices import choices_of
from feedback_nlp.report.summary.data import Quote, Summary
from feedback_nlp.track import Run


def quote(*segments: tuple[str, str], period: str = "") -> Quote:
    return Quote("", "It took weeks.", "", -0.5, 3.0, None, segments=segments, period=period)


def with_quotes(run: Run, *quotes: Quote) -> Summary:
    summary = summarise(run)
    first, *others = summary.themes
    return replace(summary, themes=(replace(first, quotes=quotes), *(replace(one, quotes=()) for one in others)))


def test_each_value_stands_once_under_its_segment(run: Run) -> None:
    quotes = (quote(("channel", "phone"), ("region", "west")), quote(("channel", "chat")), quote(("channel", "phone")))
    choices = choices_of(with_quotes(run, *quotes))
    assert [(name, [value for value, _ in values]) for name, values in choices.segments] == [
        ("channel", ["chat", "phone"]), ("region", ["west"]),
    ]  # fmt: skip
    assert choices.n_quotes == 3


def test_a_quote_names_the_numbers_of_its_values(run: Run) -> None:
    both = quote(("channel", "phone"), ("region", "west"))
    choices = choices_of(with_quotes(run, both, quote(("channel", "chat"))))
    offered = {(name, value): str(number) for name, values in choices.segments for value, number in values}
    assert choices.of(both).split() == [offered["channel", "phone"], offered["region", "west"]]
    assert choices.of(quote()) == ""


def test_a_value_of_two_segments_has_two_numbers(run: Run) -> None:
    choices = choices_of(with_quotes(run, quote(("city", "other")), quote(("product", "other"))))
    assert len(set(choices.numbers.values())) == 2


def test_periods_are_offered_once_and_in_order(run: Run) -> None:
    choices = choices_of(with_quotes(run, quote(period="2024 Q4"), quote(period="2024 Q3"), quote(period="2024 Q4")))
    assert choices.periods == ("2024 Q3", "2024 Q4")


def test_the_order_of_quotes_does_not_matter(run: Run) -> None:
    quotes = [quote(("channel", name)) for name in ("chat", "phone", "mail")]
    turned = [choices_of(with_quotes(run, *order)) for order in (quotes, quotes[::-1])]
    assert all(one == other for one, other in pairwise(turned))
