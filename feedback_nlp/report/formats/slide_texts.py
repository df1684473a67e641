"""Texts on slides: where they stand, how large they are, and that none runs over its place."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from feedback_nlp.charts import LIGHT

if TYPE_CHECKING:
    from pptx.presentation import Presentation

BODY, SMALL, _TITLE = 20, 16, 30  # points; 16 can be read from the last row
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Place:
    """Where something stands on a slide of 13.333 × 7.5 inches, all in inches."""

    left: float
    top: float
    width: float
    height: float

    @property
    def box(self) -> tuple[Any, Any, Any, Any]:
        """Returns the place in the units of the file."""
        from pptx.util import Inches

        return Inches(self.left), Inches(self.top), Inches(self.width), Inches(self.height)


def new_slide(deck: "Presentation", title: str) -> Any:
    """Returns a slide with its title, in the layout that has nothing but one."""
    from pptx.enum.text import PP_ALIGN

    slide = deck.slides.add_slide(deck.slide_layouts[5])
    shape = slide.shapes.title
    shape.left, shape.top, shape.width, shape.height = Place(0.6, 0.35, 12.1, 0.9).box
    shape.text_frame.word_wrap = True
    shape.text_frame.paragraphs[0].alignment = PP_ALIGN.LEFT
    _fill(shape.text_frame.paragraphs[0], cut(title, 60), _TITLE, "ink", bold=True)
    return slide


def add_text(
    slide: Any,
    place: Place,
    lines: Sequence[str],
    size: int = BODY,
    colour: Literal["ink", "soft"] = "ink",
    *,
    bold: bool = False,
) -> None:
    """Writes lines as paragraphs; one that begins with "**" is bold. What does not fit at its size is left out."""
    from pptx.util import Pt

    frame = slide.shapes.add_textbox(*place.box).text_frame
    frame.word_wrap = True
    for number, line in enumerate(fitting(lines, place, size)):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.space_after = Pt(size / 3)
        _fill(paragraph, line.removeprefix("**"), size, colour, bold=bold or line.startswith("**"))


def fitting(lines: Sequence[str], place: Place, size: int) -> list[str]:
    """Returns the first lines whose height, at a letter's usual width of half its size, is within the place.

    >>> fitting(["short", "word " * 40, "more"], Place(0, 0, 4, 0.7), 20)
    ['short']
    """
    letters = place.width * 72 / (0.52 * size)
    room = place.height * 72
    shown: list[str] = []
    for line in lines:
        room -= -(-max(1, len(line)) // letters) * 1.2 * size + size / 3
        if room < 0 and shown:
            break
        shown.append(line)
    return shown


def cut(text: str, most: int) -> str:
    """Returns text on one line of at most `most` letters, cut at a word's end where there is one.

    >>> cut("The agent was rude to me", 15)
    'The agent was…'
    """
    line = " ".join(_UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text).split())
    if len(line) <= most:
        return line
    words = line[: most - 1].rsplit(" ", 1)[0]
    return (words if len(words) >= most / 2 else line[: most - 1]).rstrip(" ,;:") + "…"


def _fill(paragraph: Any, text: str, size: int, colour: str, *, bold: bool) -> None:
    from pptx.dml.color import RGBColor
    from pptx.util import Pt

    run = paragraph.add_run()
    run.text = text
    run.font.size, run.font.bold = Pt(size), bold
    run.font.color.rgb = RGBColor.from_string(getattr(LIGHT, colour).removeprefix("#").upper())
