"""The workbook to hand on: figures only, small numbers withheld, and what was shown once stays as it was."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from service.collection.follow_up.progress import progress_of
from service.collection.models.figures import RoundFigures
from service.collection.models.round import Expected, Round
from service.collection.retention.erasure import erase_responses
from service.definitions import Form
from service.operations.figures import keep_figures
from tests.analysis.tally_factory import a_form, asks, of_each, options
from tests.reports.study import NOW, Study, row_of, table, words

SAFE = asks("safe", options=options("yes", "no", "often"))
WORDS = asks("more", "text")
QUOTED = asks("quoted", "text", reporting={"verbatim": "always"})


def keep(study: Study) -> int:
    return keep_figures(study.store, study.rounds, study.forms.__getitem__, NOW)


def answers(form: Form, yes: int, no: int, often: int = 0) -> Iterator[dict[str, str]]:
    for number, one in enumerate(of_each("safe", {"yes": yes, "no": no, "often": often})):
        yield {**one, "more": f"secret {number}", "quoted": f"aloud {number}"}


def test_it_says_first_which_of_the_two_it_is_and_holds_no_single_answers(study: Study) -> None:
    form = a_form(SAFE, WORDS, QUOTED, identity="named")
    study.ask(form, expected=12)
    study.hear(form, answers(form, 7, 6), names=["Sam Somebody"])
    book = study.read(to_hand_on=True)
    assert book.sheetnames == ["Read me", "Summary", "Voices side by side", "Comments", "Codebook", "Withheld"]
    first = next(iter(table(book["Read me"], "About")))
    assert first["What it is about"].startswith("To hand on.")
    everything = "\n".join(words(sheet) for sheet in book)
    assert "secret" not in everything
    assert "Sam Somebody" not in everything
    assert "aloud 0" in words(book["Comments"])
    assert study.collate(to_hand_on=True).accounts[0].exported == 0
    acting = study.read()
    assert next(iter(table(acting["Read me"], "About")))["What it is about"].startswith("To act on.")
    assert "secret 0" in words(acting["Staff"])


def test_words_of_what_is_not_counted_are_for_readers_alone(study: Study) -> None:
    form = a_form(SAFE, QUOTED, audience="child", readers=["safeguarding_lead"])
    study.ask(form)
    study.hear(form, answers(form, 7, 6))
    study.hear(form, [{"safe": "yes", "quoted": "sent twice"}], conflict=True)
    study.hear(form, [{"safe": "yes", "quoted": "by its title"}], begun_as="title")
    study.hear(form, [{"safe": "yes", "quoted": "first try"}], child_id="c1")
    study.hear(form, [{"safe": "yes", "quoted": "second try"}], child_id="c1", submitted_at=NOW - timedelta(days=2))
    shared, own = words(study.read(to_hand_on=True)["Comments"]), words(study.read()["Comments"])
    assert "aloud 0" in shared
    assert "second try" in shared
    for one in ("sent twice", "by its title", "first try"):
        assert one not in shared
        assert one in own


def test_what_is_not_counted_has_its_line_and_says_why(study: Study) -> None:
    form = a_form(SAFE, QUOTED, audience="child", readers=["safeguarding_lead"])
    study.ask(form)
    study.hear(form, answers(form, 3, 3))
    study.hear(form, [{"safe": "yes"}] * 2, begun_as="title")
    book = study.read()
    counts = row_of(book["Read me"], "Children", "Counts")
    assert (counts["Submitted"], counts["Kept, not counted: begun by its title"]) == (8, 2)
    assert words(book["Children"]).count("Kept, not counted: begun by its title") == 2


def test_small_numbers_are_withheld_with_the_reason_and_without_which_is_small(study: Study) -> None:
    form = a_form(SAFE)
    study.ask(form)
    study.hear(form, answers(form, 9, 3, 2))
    book = study.read(to_hand_on=True)
    row = row_of(book["Summary"], "safe?")
    assert (row["Answered"], row["yes"], row["no"], row["often"]) == (14, "[c]", "[c]", "[c]")
    assert (row["yes %"], row["no %"]) == ("[c]", "[c]")
    [_, hidden] = table(book["Withheld"])
    assert (hidden["Question"], hidden["What is withheld"]) == ("safe?", "“yes”, “no”, “often”")
    assert "Fewer than 5 people" in hidden["Why"]


def test_what_was_shown_at_closing_stays_whatever_is_erased(study: Study) -> None:
    form = a_form(SAFE, identity="anonymous")
    round_ = study.ask(form)
    study.hear(form, answers(form, 6, 5))
    assert keep(study) == 1
    assert keep(study) == 0
    erase_responses(study.store, [f"{round_.id}-{form.id}-0"])
    for to_hand_on in (True, False):
        row = row_of(study.read(to_hand_on=to_hand_on)["Summary"], "safe?")
        assert (row["Answered"], row["yes"], row["no"]) == (11, 6, 5)


def test_how_many_wrote_stays_too_so_that_nobody_sees_whether_the_one_that_was_erased_did(study: Study) -> None:
    form = a_form(WORDS, identity="anonymous")
    round_ = study.ask(form)
    study.hear(form, [*({"more": f"secret {number}"} for number in range(7)), *[{}] * 5])
    keep(study)
    before = words(study.read(to_hand_on=True)["Comments"])
    assert "[c] 7 comments." in before
    erase_responses(study.store, [f"{round_.id}-{form.id}-0"])
    assert words(study.read(to_hand_on=True)["Comments"]) == before


def test_the_record_holds_protected_figures_only(study: Study) -> None:
    form = a_form(SAFE, identity="anonymous")
    round_ = study.ask(form)
    study.hear(form, answers(form, 9, 3, 2))
    keep(study)
    kept = study.store[RoundFigures].get(f"{round_.id}:{form.id}")
    assert kept is not None
    assert kept.tallies[0].numbers["counts"] == {"yes": "[c]", "no": "[c]", "often": "[c]"}


def test_a_round_that_is_open_keeps_nothing_yet(study: Study) -> None:
    form = a_form(SAFE, identity="anonymous")
    study.ask(form, closed=False)
    study.hear(form, answers(form, 9, 8))
    assert keep(study) == 0
    assert "when the last day is over" in words(study.read(to_hand_on=True)["Withheld"])


def test_rounds_together_tell_nothing_that_one_of_them_hides(study: Study) -> None:
    form = a_form(SAFE, identity="anonymous")
    for yes, no in ((9, 8), (7, 6), (2, 1)):
        study.ask(form, title=f"{yes} and {no}")
        study.hear(form, answers(form, yes, no))
    first, second, few = study.rounds
    row = row_of(study.read(to_hand_on=True)["Summary"], "safe?")
    assert (row["Answered"], row["yes"], row["no"]) == (30, 16, 14)
    assert row == row_of(study.read(first, second, to_hand_on=True)["Summary"], "safe?")
    assert row_of(study.read(few, to_hand_on=True)["Summary"], "safe?")["Answered"] == "[c]"


def test_how_many_of_a_few_children_answered_is_on_no_sheet(study: Study) -> None:
    form = a_form(SAFE, audience="child", identity="anonymous")
    study.ask(form)
    study.hear(form, answers(form, 3, 0))
    for to_hand_on in (True, False):
        book = study.read(to_hand_on=to_hand_on)
        asked = row_of(book["Read me"], "Children", "Asked")
        assert (asked["Answered in all"], asked["Answered by link"]) == ("[c]", "[c]")
        assert row_of(book["Read me"], "Children", "Counts")["Submitted"] == "[c]"
        assert row_of(book["Read me"], "All", "Counts")["Submitted"] == "[c]"


def test_nor_that_one_of_a_few_has_begun_or_how_many_were_asked_by_link(study: Study) -> None:
    form = a_form(SAFE, audience="child", identity="anonymous")
    study.ask(form, closed=False)
    study.hear(form, [{}, {}], names=["A", "B"], submitted_at=None)
    book = study.read(to_hand_on=True)
    assert row_of(book["Read me"], "Children", "Asked")["Asked by link"] == "[c]"
    assert row_of(book["Read me"], "Children", "Counts")["Drafts"] == "[c]"
    assert row_of(book["Read me"], "All", "Counts")["Drafts"] == "[c]"


def test_that_few_of_more_children_answered_is_said_as_little_as_on_the_page_of_the_round(study: Study) -> None:
    form = a_form(SAFE, audience="child", identity="anonymous")
    asked = study.rounds[-1:] = [replace(study.ask(form), expected=(Expected(form.id, 6),))]
    with study.store.transaction() as tx:
        tx[Round].put(asked[0])
    study.hear(form, answers(form, 3, 0))
    [of_form] = progress_of(study.store, asked[0], study.forms.__getitem__).by_form
    for _ in range(2):  # before the figures are kept, and after
        book = study.read(to_hand_on=True)
        assert row_of(book["Read me"], "Children", "Asked")["Answered in all"] == "[c]"
        assert of_form.answered == 0, "counted in steps on the page of the round"
        assert row_of(book["Summary"], "safe?")["Answered"] == "[c]"
        keep(study)
