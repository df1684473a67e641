"""The words of a text, and the lists of English ones that several steps share: function words, and evaluating ones."""

import re

# vowel signs and other marks inside words, which are no letters to \w: Latin, Hebrew, Arabic, Indic, Thai, Lao, Khmer
_SIGNS = (
    r"\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u0900-\u0963\u0971-\u0df3"
    r"\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u17b4-\u17d3"
)
_WORD = re.compile(rf"[\w'’{_SIGNS}]+")
_ASCII_WORD = re.compile(r"[\w']+", re.ASCII)  # the same there, in half the time

FUNCTION_WORDS = frozenset(
    """
    a about above across after again against all almost also although always am among an and another any anyone anything
    are aren't around as at be because been before behind being below between both but by can can't cannot could couldn't
    did didn't do does doesn't doing don't down during each either else enough especially etc even ever every everyone
    few for from further get gets getting given go goes going gone got had hadn't has hasn't have haven't having he
    he'd he's her here hers herself him himself his how however i i'd i'll i'm i've if in indeed instead into is isn't it
    it'd it's its itself just kind lot lots made make makes many maybe me mine moreover most mostly mr mrs ms much must my
    myself nearly neither nevertheless no nor not now of off often ok okay on once one only onto or other others ought our
    ours ourselves out over own per perhaps quite rather really same shall she she'd she's should shouldn't since so some
    someone something sometimes somewhat soon sort still such than that that's the their theirs them themselves then
    there there's therefore these they they'd they'll they're they've thing things this those though through throughout
    thus to too toward towards under unless until up upon us used very via was wasn't we we'd we'll we're we've well were
    weren't what when where whether which while who whole whom whose why will with within without won't would wouldn't
    yes yet you you'd you'll you're you've your yours yourself think thought feel felt find found say said seem seems
    seemed honestly actually basically definitely absolutely certainly truly simply totally completely extremely
    incredibly highly overall generally altogether far hence plus done keep kept including please
    """.split()
)

PRAISING = frozenset(
    """
    good great excellent amazing awesome fantastic wonderful superb brilliant perfect perfectly outstanding exceptional
    fabulous terrific lovely nice nicely fine happy pleased satisfied delighted impressed impressive love loved loves like
    liked enjoy enjoyed enjoyable best super top first-class faultless flawless marvellous marvelous incredible magnificent
    recommend recommended satisfactory positive pleasant pleasing glad grateful thankful thank thanks cheers appreciate
    appreciated exemplary spot-on stunning phenomenal splendid tremendous useful helpful well-done ideal stellar okay
    decent pleasure worthwhile commendable alright perfection wow
    """.split()
)

BLAMING = frozenset(
    """
    bad terrible awful horrible poor poorly rubbish disgusting disgraceful appalling dreadful atrocious abysmal worst worse
    useless hopeless pathetic unacceptable disappointing disappointed disappointment dissatisfied unsatisfactory unhappy
    crap shit shocking horrendous diabolical lousy hate hated hates dislike disliked garbage joke shambles disaster
    nightmare ridiculous unimpressed mediocre subpar frustrating frustrated annoying annoyed angry fuming inadequate
    unpleasant negative terribly horrid woeful dire
    """.split()
)

# what a bare evaluation is said about: names nothing that a theme could be about
VAGUE_NOUNS = frozenset(
    """
    service services experience experiences job work everything everybody all company business
    way overall customer customers client day visit everyone product products place stuff guys
    aspect aspects part parts bit level standard rating score survey feedback comment comments nothing anything
    """.split()
)

NEGATIONS = frozenset("not no never none nothing nobody neither nor without hardly barely cannot".split())


def is_negation(word: str) -> bool:
    """Returns whether a word turns what follows it around.

    >>> [is_negation(word) for word in ("not", "didn't", "rude")]
    [True, True, False]
    """
    return word in NEGATIONS or word.endswith("n't")


def words_of(text: str) -> list[str]:
    """Returns the words of a text in lower case, apostrophes straightened; a script without spaces gives long ones.

    >>> words_of("It wasn’t GOOD!"), words_of("सेवा अच्छी है।")
    (['it', "wasn't", 'good'], ['सेवा', 'अच्छी', 'है'])
    """
    text = text.lower().replace("’", "'")
    words = (_ASCII_WORD if text.isascii() else _WORD).findall(text)
    return [bare for word in words if (bare := word.strip("'"))]
