"""Which texts are alike, and why."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.knowledge.similar import (
    RAREST,
    Described,
    Frequencies,
    asked_again,
    best,
    counted,
    likeness,
    rarest,
    stem_of,
    weigh,
)

TEXTS = (
    Described("Booking ends in deadlocks", "Orders wait; an index was dropped.", ("booking",)),
    Described("Orders fail with a deadlock", "The index on seats is gone.", ("booking", "ledger")),
    Described("Certificate expired", "The handshake with operators ends.", ("feed",)),
    Described("Mail is late", "The provider answers 429.", ("mail",)),
)


def likeness_of(one: Described, other: Described, texts: tuple[Described, ...] = TEXTS) -> float:
    return likeness(one, weigh(one), other, weigh(other), Frequencies(*counted(texts))).score


def test_the_reason_names_services_and_the_rarest_words_first() -> None:
    one, other = TEXTS[:2]
    found = likeness(one, weigh(one), other, weigh(other), Frequencies(*counted(TEXTS)))
    assert found.reason == "same service booking; 3 rare words: deadlocks, orders and index"
    assert likeness_of(one, TEXTS[2]) < found.score


def test_a_word_in_more_than_half_of_all_texts_makes_nothing_alike() -> None:
    texts = tuple(Described(f"Thing{number} pool", "") for number in range(9))
    assert likeness_of(texts[0], texts[1], texts) == 0
    assert likeness_of(texts[0], texts[0], texts) > 0.99


def test_endings_are_cut_and_what_is_left_begins_the_word() -> None:
    assert {stem_of(word) for word in ("expired", "expires", "expire")} == {"expir"}
    assert {stem_of(word) for word in ("deadlock", "deadlocks")} == {"deadlock"}
    assert stem_of("pass") == "pass"


def test_the_rarest_words_are_few_and_those_not_counted_come_beside() -> None:
    weights = {f"word{number}": 1.0 for number in range(60)}
    known = Frequencies({f"word{number}": number + 2 for number in range(30)}, 200)
    found = rarest(weights, known)
    assert found[:2] == ("word0", "word1")
    assert len(found) == 2 * RAREST


def test_who_says_little_is_asked_again_with_the_words_of_the_likest() -> None:
    said = Described("Pool exhausted", "")
    idle = "Connections idle in transaction"
    texts = {
        name: Described("Pool exhausted", f"{idle} in {name}")
        for name in ("booking", "ledger", "feed")
    }
    texts["words"] = Described("Pool late", "Drivers waited for fuel")
    texts["same"] = Described("Pool late", f"{idle} again, a timeout of the mail and 503")
    known = Frequencies(*counted((said, *texts.values(), *TEXTS * 4)))
    found = [
        (name, weigh(one), likeness(said, weigh(said), one, weigh(one), known))
        for name, one in texts.items()
    ]
    again = asked_again(weigh(said), found, known)
    before = {name: one.score for name, _, one in found}
    after = dict(best(list(zip(texts, again, strict=True)), 5, 0.0))
    assert before["words"] > before["same"]
    assert after["words"].score < after["same"].score < after["booking"].score
    assert [one.words for one in again] == [one.words for _, _, one in found]
    much = weigh(
        replace(said, text=" ".join(f"word{chr(97 + n % 26) * (n // 26 + 1)}" for n in range(80)))
    )
    assert asked_again(much, found, known) == [one for _, _, one in found]


WORDS = st.lists(st.sampled_from("deadlock pool lease cache index quorum disk".split()), max_size=8)


@given(one=WORDS, other=WORDS)
def test_likeness_goes_both_ways_and_stays_within_bounds(one: list[str], other: list[str]) -> None:
    first, second = Described("", " ".join(one)), Described("", " ".join(other))
    there, back = likeness_of(first, second), likeness_of(second, first)
    assert abs(there - back) < 1e-9
    assert -1e-9 <= there <= 1 + 1e-9
    assert (there > 0) == bool(set(one) & set(other))
