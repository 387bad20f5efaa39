"""Text that keeps its place in a Markdown document: it cannot end a table, a list or the document."""

from __future__ import annotations

import re

_OPENER = re.compile(r"<(?=[!?/a-zA-Z])(?!(?:https?://|mailto:)[^\s<>]*>)")
_CODE = re.compile(
    r"(^ {0,3}(?P<fence>`{3,}|~{3,}).*?(?:^ {0,3}(?P=fence)[`~]*[ \t]*$|\Z)|(?P<ticks>`+)[^`]+?(?P=ticks)(?!`))",
    re.MULTILINE | re.DOTALL,
)
_LARGE = re.compile(r"^ {0,3}#{1,3}(?:[ \t]|$)")
_UNDERLINE = re.compile(r" {0,3}(?:-{2,}|=+)[ \t]*")
_LISTED = re.compile(r"  [-+] ")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_PROMPT = re.compile(r"^<!-- prompt:.*?-->", re.MULTILINE | re.DOTALL)
NOTHING = "_Nothing recorded._"
"""Stands in a section that is empty; read back as empty."""


class Fences:
    """Follows code fences line by line."""

    def __init__(self) -> None:
        self.open = ""

    def is_code(self, written: str) -> bool:
        """Whether this line, the next of the text, is a fence or stands within one."""
        if written.startswith(("`", "~", " ")) and (mark := _FENCE.match(written)):
            if not self.open:
                self.open = mark[1]
            elif mark[1][0] == self.open[0] and len(mark[1]) >= len(self.open):
                self.open = ""
            return True
        return bool(self.open)


def without_prompts(text: str) -> str:
    """A section's text without questions to the writer and `NOTHING`; every line stays on its line."""
    if "<!-- prompt:" in text:
        text = _PROMPT.sub(lambda found: "\n" * found[0].count("\n"), text)
    if NOTHING in text:
        text = "\n".join("" if one == NOTHING else one for one in text.split("\n"))
    return text


def prose(text: str) -> str:
    """A Markdown text as the content of a section.

    Raw HTML outside code is escaped (an unclosed comment or script would swallow what follows), an
    open code fence is closed, and its headings become smaller than those of the document.
    """
    text = text.strip("\n").rstrip()
    if "<" in text:
        text = _escaped_html(text)
    if "```" in text or "~~~" in text:
        text = _closed(text)
    if "#" in text or "\n--" in text or "\n==" in text:
        text = _demoted(text)
    return text


def _escaped_html(text: str) -> str:
    parts, end = [], 0
    for code in _CODE.finditer(text):
        parts.append(_OPENER.sub(r"\\<", text[end : code.start()]))
        parts.append(code[0])
        end = code.end()
    parts.append(_OPENER.sub(r"\\<", text[end:]))
    return "".join(parts)


def _closed(text: str) -> str:
    fences = Fences()
    for written in text.split("\n"):
        fences.is_code(written)
    return f"{text}\n{fences.open}" if fences.open else text


def _demoted(text: str) -> str:
    """Headings of the first three levels, which are the document's, as fourth; no underlined headings."""
    lines, fences = text.split("\n"), Fences()
    for index, written in enumerate(lines):
        if fences.is_code(written):
            continue
        if _LARGE.match(written):
            lines[index] = "#### " + written.lstrip(" #\t")
        elif index and lines[index - 1].strip() and _UNDERLINE.fullmatch(written):
            lines[index] = "\\" + written.lstrip()
    return "\n".join(lines)


def unescaped(text: str) -> str:
    """What `prose` escaped, as it was."""
    return text.replace("\\<", "<") if "\\<" in text else text


def line(text: str) -> str:
    """A text on one line, for headings and the first line of list items."""
    text = " ".join(text.split())
    return _escaped_html(text) if "<" in text else text


def cell(text: str) -> str:
    """A text as one cell of a table: no pipe ends it, line ends become <br>."""
    if "|" in text:
        text = text.replace("|", "\\|")
    if "<" in text:
        text = _escaped_html(text)
    text = text.strip()
    if "\n" in text:
        text = "<br>".join(part.strip() for part in text.split("\n"))
    return text


def uncell(text: str) -> str:
    """The text of a cell as it was before `cell`."""
    if "<br>" in text:
        text = text.replace("<br>", "\n")
    if "\\" in text:
        text = text.replace("\\|", "|").replace("\\<", "<")
    return text


def item(text: str, *, bullet: str = "- ", indent: str = "") -> str:
    """A text as a list item; further lines are indented under it."""
    content = prose(text)
    if "\n" in content:
        pad = indent + " " * len(bullet)
        content = "\n".join(
            part if index == 0 or not part.strip() else pad + part
            for index, part in enumerate(content.split("\n"))
        )
    return f"{indent}{bullet}{content}"


def hard_breaks(text: str) -> str:
    """Lines of plain text as lines on the page: two spaces end each that another line of prose follows."""
    if "<" in text:
        text = _escaped_html(text)
    lines = text.split("\n")
    if "#" in text:
        # A line of somebody's text is no heading of the document.
        lines = ["\\" + one.lstrip() if _LARGE.match(one) else one for one in lines]
    for index in range(len(lines) - 1):
        if (
            lines[index].strip()
            and lines[index + 1].strip()
            and not _LISTED.match(lines[index + 1])
        ):
            lines[index] = lines[index].rstrip() + "  "
    return "\n".join(lines)
