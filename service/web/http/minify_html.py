"""A page in fewer letters: without the quotes, ends and line breaks that the HTML standard lets be left out.

Nothing that was escaped is read back, but for quotes between tags, where they mean nothing.
"""

import re

TAG = re.compile(r"(<[a-z/!][^<>]*>)")  # whole: what was escaped has neither of the two signs
QUOTED = re.compile(r'="([\w./#:-]+)"')
_BLOCKS = (
    "body|details|dialog|div|fieldset|form|h1|h2|head|header|html|legend|li|link|main|meta|ol|p|script|section|summary"
    "|title|ul"
)
# Beside these a line break is no space between two words.
BREAK = re.compile(rf"(</?(?:{_BLOCKS})\b[^<>]*>)\n+|\n+(?=</?(?:{_BLOCKS})\b)")
END = re.compile(
    r"</li>(?=<li|</[ou]l>)"
    r"|</p>(?=<(?:p|details|div|fieldset|form|h2|ol|section|ul)\b|</(?:details|dialog|div|fieldset|form|section)>)"
    r"|</?head>|</body>|</html>"
)


def terse(page: str) -> str:
    """The same page, as briefly as it can be said."""
    pieces = (_tag(piece) if TAG.fullmatch(piece) else _words(piece) for piece in TAG.split(page))
    return END.sub("", BREAK.sub(r"\1", "".join(pieces))).strip()


def _tag(tag: str) -> str:
    return QUOTED.sub(r"=\1", tag)


def _words(words: str) -> str:
    return words.replace("&#39;", "'").replace("&#34;", '"')
