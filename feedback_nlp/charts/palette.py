"""Colours, each with one meaning: drag is a dark orange-red, lift a blue, everything else grey; themes of a map apart.

Light and dark hold the same names, as do the page's CSS variables, so that a chart drawn with `PAGE` follows the page
when it turns dark. No colour stands alone: bars carry signs and words, themes a shape and a label.
"""

from dataclasses import dataclass, fields, replace

# Ten colours for the themes of a map, told apart on white and on near-black alike. Found by a search over a grid of RGB
# for the largest smallest difference; of CIEDE2000, under normal vision and simulated deuteranopia, protanopia and
# tritanopia (Machado, Oliveira & Fernandes 2009, severity 1), any two differ by 9.8 or more, and each by 9.8 or more
# from drag, lift and the grey of all other themes; contrast is 3.1 or more on either ground. The first few differ most:
# two by 47, four by 15.6 and 13.0, six by 10.5. Two that differ by less than 11.5 have different shapes.
THEMES = (
    "#8484fc", "#c08400", "#309c78", "#846c90", "#547848", "#fc5478", "#e41848", "#7860e4", "#90546c", "#a884c0",
)  # fmt: skip
SHAPES = ("circle", "square", "diamond", "triangle-up")  # in turn


@dataclass(frozen=True)
class Colours:
    """The colours of one ground as CSS values; `themes` in the order in which themes get them."""

    ground: str
    ink: str
    soft: str  # words of second rank
    rule: str  # lines that part
    wash: str  # behind words
    drag: str
    drag_wash: str
    lift: str
    lift_wash: str
    rest: str  # bars and points of no side and of no theme
    themes: tuple[str, ...] = THEMES

    def shape(self, place: int) -> str:
        """Returns the shape of the theme at a place (0, 1, …), which tells apart what colour alone does not.

        >>> LIGHT.shape(0), LIGHT.shape(5)
        ('circle', 'square')
        """
        return SHAPES[place % len(SHAPES)]


LIGHT = Colours(
    ground="#ffffff", ink="#1b1d21", soft="#565b64", rule="#dcdfe4", wash="#f5f6f8",
    drag="#b23a0e", drag_wash="#fbe9e1", lift="#1f5fa8", lift_wash="#e3eefa", rest="#8b919b",
)  # fmt: skip
DARK = Colours(
    ground="#15171b", ink="#e8eaee", soft="#a7adb8", rule="#343941", wash="#22262d",
    drag="#f08a5d", drag_wash="#45230f", lift="#7fb2ec", lift_wash="#16304d", rest="#8b919b",
)  # fmt: skip


def css_variables(colours: Colours) -> dict[str, str]:
    """Returns CSS variable -> value, as the page's style sheet is to define them: one per colour and theme.

    >>> variables = css_variables(LIGHT)
    >>> variables["--drag"], variables["--lift-wash"], variables["--theme-1"]
    ('#b23a0e', '#e3eefa', '#8484fc')
    """
    single = {_variable(name): value for name, value in vars(colours).items() if name != "themes"}
    return single | {f"--theme-{place}": value for place, value in enumerate(colours.themes, start=1)}


def _variable(name: str) -> str:
    return "--" + name.replace("_", "-")


def _as_variables(colours: Colours) -> Colours:
    names = [field.name for field in fields(colours) if field.name != "themes"]
    themes = tuple(f"var(--theme-{place})" for place in range(1, len(colours.themes) + 1))
    return replace(colours, **{name: f"var({_variable(name)})" for name in names}, themes=themes)


PAGE = _as_variables(LIGHT)  # the variables by name: for SVG inside the page only
