"""Foreign documents made up for tests: every shape of timeline and action that is read, and text that is none."""

from __future__ import annotations

import re
from collections import Counter

from hypothesis import strategies as st

from kintsugi.core.postmortems.document import Postmortem
from kintsugi.formats.markdown.templating import shipped_template
from kintsugi.formats.markdown.write import write_markdown

_WORDS = st.lists(
    st.sampled_from(
        "pages fired the pool of 3x 09:15 was <b>full</b> and `a|b` we **rolled** back".split()
        + "#12 @bob [x](http://a.b) | \\ 2024 _so_ PST".split()
    ),
    min_size=1,
    max_size=6,
).map(" ".join)
_CLOCK = st.sampled_from(
    ["14:35", "9:05 AM", "09.15 pm", "23:59 EDT", "00:10 BST", "14:35:10 UTC", "~14:00", "13:55 PM PST", "1430 UTC",
     "14:00-14:30", "14:?? ", "HH:mm", "14:35 - 15:10 CEST", "03-26 17:40"]
)  # fmt: skip
_DAY = st.sampled_from(
    ["2024-03-15", "June 3rd, 2024", "3 June 2024", "5/26/21", "26.05.2021", "Oct 31", "2022-05-??", "03-04-2024",
     "Saturday Oct 30th", "11/03/202", "2024-02-30"]
)  # fmt: skip
_STAMP = st.one_of(
    _CLOCK, _DAY, st.builds("{} {}".format, _DAY, _CLOCK), st.builds("{} {}".format, _CLOCK, _DAY)
)
_ENTRY = st.one_of(
    st.builds("- {} - {}".format, _STAMP, _WORDS),
    st.builds("- **{}**: {}".format, _STAMP, _WORDS),
    st.builds("* [{}] {}".format, _STAMP, _WORDS),
    st.builds("**{}** - {}".format, _STAMP, _WORDS),
    st.builds("{}: {}".format, _STAMP, _WORDS),
    st.builds("### {}\n\n{}\n".format, _STAMP, _WORDS),
    st.builds("1. On {}, {}".format, _STAMP, _WORDS),
    st.builds("{}\n{}\n".format, _STAMP, _WORDS),
    st.builds("- {}\n  - {} {}".format, _DAY, _CLOCK, _WORDS),
    st.builds("_{}_\n".format, _DAY),
)
_ROW = st.builds("| {} | {} | {} |".format, _STAMP, _WORDS, _WORDS)
_TABLE = st.builds(
    "| {} | {} | {} |\n|---|:--|---|\n{}\n".format,
    st.sampled_from(["Time (UTC)", "When", "Date and Time in CET", "Vault"]),
    st.sampled_from(["Event", "What", "Owner"]),
    st.sampled_from(["Actions Taken", "Who", "Ticket"]),
    st.lists(_ROW, max_size=4).map("\n".join),
)
_ACTION = st.one_of(
    st.builds("- [ ] [Alice] {}".format, _WORDS),
    st.builds("- [x] {} (HIGH)".format, _WORDS),
    st.builds("3. {} (@bob)\n   - owner: Carol".format, _WORDS),
    st.builds("- **Short term:**\n  - {}".format, _WORDS),
    st.builds("- ✅ {} ([#4](https://github.com/a/b/issues/4))".format, _WORDS),
    st.builds("| Task | Owner | Due |\n|---|---|---|\n| {} | Eve | {} |\n".format, _WORDS, _DAY),
)
_HEADING = st.one_of(
    st.sampled_from(
        ["## Timeline (all times PST)", "Timeline\n---", "**Timeline:**", "## Action Items", "Action Items",
         "### Short-term", "## Lessons Learned", "## Root Cause", "# What happened", "## Date: 2024-03-15",
         "#### Impact",
         "## Summary", "##", "## Contributing Factors", "1. Title\n===", "---", "## References",
         "### What went well", "## Notes"]
    ),
    _WORDS.map("## {}".format),
)  # fmt: skip
_ODD = st.sampled_from(
    ["```", "```\n14:35 - a\n14:36 - b\n```", "[x]: http://a.b", "<!-- a\n\nb -->", "    code 14:35", "> 14:35 quoted",
     "...", "- ", "- [ ] Recent deployment", "\\", "|", "|-|", "&amp; &nbsp;", "- a\n\n  b\n\n      c"]
)  # fmt: skip
_JOINED = st.sampled_from(["\n", "\n\n"])
_TIMELINE = st.builds(
    lambda head, entries, joined: f"{head}\n\n{joined.join(entries)}\n",
    st.sampled_from(["## Timeline (all times PST)", "Timeline\n---", "**Timeline:**", "### 3 June 2024: chronology"]),
    st.lists(st.one_of(_ENTRY, _ENTRY, _TABLE, _WORDS, _ODD), min_size=1, max_size=6),
    _JOINED,
)  # fmt: skip
_ACTIONS = st.builds(
    lambda head, entries, joined: f"{head}\n\n{joined.join(entries)}\n",
    st.sampled_from(["## Action Items", "**Follow-ups**", "# Corrective and Preventative Measures", "## Remediation"]),
    st.lists(st.one_of(_ACTION, _ACTION, _WORDS, _ODD, st.just("### Short-term")), min_size=1, max_size=6),
    _JOINED,
)  # fmt: skip
_ANY = st.one_of(_HEADING, _ENTRY, _TABLE, _ACTION, _WORDS, _ODD, _TIMELINE, _ACTIONS, st.just(""))
documents = st.lists(_ANY, max_size=12).map("\n".join)
"""Documents of every shape, whole and broken."""

_WORD = re.compile(r"\d+|[^\W\d_]+")


def words(text: str) -> Counter[str]:
    """The words and numbers of a text, each as often as it stands there, without regard to case."""
    return Counter(word.casefold() for word in _WORD.findall(text))


def exported(postmortem: Postmortem, template: str = "standard") -> str:
    """The postmortem as our Markdown with front matter, as the import writes it."""
    return write_markdown(postmortem, shipped_template(template), front_matter=True)


def lost(source: str, postmortem: Postmortem, template: str = "standard") -> Counter[str]:
    """The words of the source that its import's export lacks."""
    return words(source) - words(exported(postmortem, template))
