"""What a text message means. Doubt is no answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.models import URGENT_ANSWERS, WORRY_ANSWERS
from signals.reading import parse, shortened

COMING = [
    ("1", ""), ("1.", ""), (" 1 ", ""), ("1!", ""), ("１", ""), ("ja", ""), ("JA!!", ""), ("jaaaa", ""), ("ja 👍", ""),
    ("Ja, over 2 uur", "over 2 uur"), ("1 over 2 uur", "over 2 uur"), ("1, om 20.30", "om 20.30"),
    ("ik kom om 8 uur", "om 8 uur"), ("Ik ben er om half 9", "Ik ben er om half 9"), ("kom eraan", "kom eraan"),
    ("ja geen probleem", "geen probleem"), ("Gezien, ik kom", "ik kom"), ("ok ik doe mee", "ik doe mee"),
    ("Yes, at 8pm", "at 8pm"), ("I'm coming", "I'm coming"), ("on my way", "on my way"),
    ("\u202eja\u202c", ""), ("j\u200ba", ""),
]  # fmt: skip
CANNOT = """
    2|nee|Nee kan niet|nee, sorry|ik kom niet|ik kan vandaag helaas niet|lukt niet|No|can't make it|Ik ben er niet bij
    gezien, kan niet|I won’t make it|not coming|ik ga niet
"""
SEEN = """
    3|gezien|Gezien.|ok|Oké|ik weet het nog niet|weet niet|misschien|ik kom misschien|ja, gezien|not sure yet
    I don't know|3 ik weet het niet|nog niet|ja misschien
"""
NO_ANSWER = """
    |👍|🙏🏽🙏🏽|2 uur|1 uur|2:30|1.5 uur|10 uur|12|2 mensen komen|3 kwartier|ja ik kan niet|nee hoor ik kom gewoon
    1 nee|2, ik kom wel|Ja, als Ans ook komt|kom je ook?|wie is dit|waarom niet?|نعم|да|1 en 2|janee|onbekend|4|*|#|nul
"""


def texts(lines: str) -> list[str]:
    return [text for line in lines.strip("\n").splitlines() for text in line.strip().split("|")]


@pytest.mark.parametrize(("text", "words"), COMING)
def test_yes(text: str, words: str):
    assert parse(text, "urgent") == ("coming", words)


@pytest.mark.parametrize("text", texts(CANNOT))
def test_no(text: str):
    assert parse(text, "urgent")[0] == "cannot"


@pytest.mark.parametrize("text", texts(SEEN))
def test_seen(text: str):
    assert parse(text, "urgent")[0] == "seen"


@pytest.mark.parametrize("text", texts(NO_ANSWER))
def test_doubt_is_no_answer_and_keeps_every_word(text: str):
    value, words = parse(text, "urgent")
    assert value is None
    assert words == " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", "notice"), ("ja", "notice"), ("Ik merk het ook", "notice"), ("2", "nothing"), ("nee", "nothing"),
     ("ik merk niets", "nothing"), ("niks", "nothing"), ("3", "unknown"), ("weet ik niet", "unknown"),
     ("I don't notice anything", "nothing"), ("ik kom", None), ("2 uur", None)],
)  # fmt: skip
def test_a_worry_asks_something_else(text: str, value: str | None):
    assert parse(text, "worry")[0] == value


def test_ten_thousand_characters():
    value, words = parse("ja " + "x" * 10_000, "urgent")
    assert (value, len(words)) == ("coming", 10_000)
    assert len(shortened(words)) == 300
    assert shortened("over 2 uur") == "over 2 uur"
    assert parse("niet " * 2_000 + "ja", "urgent")[0] is None


@given(st.text(max_size=400), st.sampled_from(["urgent", "worry"]))
def test_whatever_is_typed_is_read(text: str, level: str):
    value, words = parse(text, level)
    assert value in (None, *(URGENT_ANSWERS if level == "urgent" else WORRY_ANSWERS))
    assert "\x00" not in words
    assert len(words) <= len(text)


WORDS = texts("ja|nee|niet|kan|kom|ik|1|2|3|over|uur|misschien|gezien|ok|als|?|,|not|I")


@given(st.lists(st.sampled_from(WORDS), max_size=8), st.lists(st.sampled_from(WORDS), max_size=3))
def test_a_yes_and_a_no_are_never_a_yes(before: list[str], after: list[str]):
    text = " ".join(["nee", *before, "ik", "kom", *after])
    assert parse(text, "urgent")[0] != "coming"
