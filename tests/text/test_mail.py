"""Signatures and quoted mail: what is cut, and the prose that stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.text.mail import cut_mail_tail


@pytest.mark.parametrize(
    "tail",
    [
        "\n-- \nJohn Smith\nDirector",
        "\n\nKind regards,\nJohn Smith\nHead of Sales",
        "\nBest regards",
        " Kind regards, John Smith",
        "\nMit freundlichen Grüßen\nAnna Müller",
        "\nCordialement,\nJean Dupont",
        "\nMet vriendelijke groet,\nJan",
        "\nSent from my iPhone",
        " Sent from my iPhone",
        "\nVon meinem iPhone gesendet",
        "\nEnvoyé de mon iPhone",
        "\nEnviado desde mi iPhone",
        "\nInviato da iPhone",
        "\nVerzonden vanaf mijn iPhone",
        "\nSent from Outlook for Android",
        "\nGet Outlook for iOS <▮link▮>",
        "\n\nOn 3 May 2024 at 10:00, Support <s@example.com> wrote:\n> How was it?\n> Tell us",
        "\n\nOn Fri, 3 May 2024, 10:00 Support <s@example.com>\nwrote:\n\nHow was it?",
        "\n\nLe 3 mai 2024 à 10:00, Support <s@example.fr> a écrit :\n\nBonjour",
        "\nAm 03.05.2024 um 10:00 schrieb Support:\n> Wie war es?",
        "\n-----Original Message-----\nFrom: Support\nHow was it?",
        "\n\nVon: Support\nGesendet: Montag, 3. Mai 2024 10:00\nAn: Jo\nBetreff: Umfrage\n\nWie war es?",
        "\nFrom: Support\nSent: Monday, 3 May 2024\nTo: me\nHow was it?",
        " Von: Support Gesendet: 3. Mai 2024 An: Jo Wie war es?",
        "\n\n> How was it?\n> Tell us",
        "\n\nRegards,\nAnn\n\nSent from my iPad",
    ],
)
def test_a_tail_is_cut(tail):
    assert cut_mail_tail(f"Waited far too long.{tail}") == "Waited far too long."


@pytest.mark.parametrize(
    "text",
    [
        "On Monday the agent wrote: we can't help. That was rude.",
        "On 12 May the agent wrote:\nWe can't help you.\nThat was rude.",
        "The agent was good.\n- friendly\n- quick\nThe app is slow.",
        "All good.\nThanks, everyone was kind.",
        "Issues:\n> slow\n> expensive",
        "Waited.\n> 2 hours on hold",
        "From: London\nTo: Paris\nThe train was late",
        "From: London\nDate: tomorrow, they said\nThe train was late",
        "On 12 May 2024 the agent wrote:\nWe can't help you.\nThat was rude.",
        "He sent his kind regards",
        "Slow.\nKind regards were never sent to me by anyone.\nBad.",
        "Very slow. Sent by mail",
        "Good.\nSent to my phone late",
        "Fine staff.\n--\nThe food was cold and nobody came for an hour.",
        "Good. Best regards to the nurses who looked after me",
        "Sent from my iPhone",
        "Kind regards,\nJohn",
        "> only\n> quoted",
        "Slow.\nRude.\n\n",
        "",
    ],
)
def test_prose_and_a_comment_of_nothing_else_stay(text):
    assert cut_mail_tail(text) == text


def test_an_answer_below_the_quotation_stays():
    assert cut_mail_tail("On 3 May 2024, Ann wrote:\n> How was it?\n\nIt was bad.") == "It was bad."


_LINES = st.sampled_from(
    ["Bad.", "", "-- ", "Kind regards,", "John", "> quoted", "Sent from my iPhone", "On 3 May 2024 at 10:00 A wrote:",
     "From: a", "Sent: 3 May", "It was slow and nobody came.", "-----Original Message-----"]
)  # fmt: skip


@given(st.lists(_LINES, max_size=12).map("\n".join))
def test_cutting_twice_changes_nothing_and_nothing_is_emptied(text):
    cut = cut_mail_tail(text)
    assert cut_mail_tail(cut) == cut
    assert bool(cut.strip()) == bool(text.strip())


@given(st.text(max_size=100))
def test_nothing_is_added(text):
    assert len(cut_mail_tail(text)) <= len(text)


@pytest.mark.parametrize(
    "piece",
    ["On a ", "On a\n", "From: \n", "\n", "> ", ">\n", "-- \n", "Am a schrieb ", "Sent from my iPhone\n", "wrote:\n",
     "kind regards, A ", ". ", "From: a\nSent: 1\n", "x\n\n>a\n>b\n", "Von: a "],
)  # fmt: skip
def test_a_repeated_piece_takes_linear_time(piece, seconds):
    assert seconds(cut_mail_tail, "x\n" + piece * (90_000 // len(piece))) < 5
    assert seconds(cut_mail_tail, "x\n" + piece * (1_000_000 // len(piece))) < 2


def test_one_long_word_after_a_closing_takes_no_time(seconds):
    assert seconds(cut_mail_tail, "Slow.\n" + ("Regards " + "A." * 130 + "1\n") * 9) < 0.2
    assert cut_mail_tail("Slow.\nRegards, Ann B. Smith-Jones") == "Slow."
