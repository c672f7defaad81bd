"""The frameworks that come with the service: complete, honest about whose numbers they are, and matched."""

from dataclasses import FrozenInstanceError

import pytest

from service.frameworks import descriptor, known_code, load_frameworks, mapped

HOME = "sccif-childrens-home/2020-21"
TODAY = "sccif-childrens-home/2026"
AGENCY = "sccif-fostering-agency/2020-21"
ANNEX_A = "ofsted-annex-a/2021-22"
ANNEX_A_BEFORE = "ofsted-annex-a/2019-20"


def codes(*spans: str) -> list[str]:
    """codes("W1-3", "S1-2") is W1 W2 W3 S1 S2."""
    found = []
    for span in spans:
        letters = span.rstrip("0123456789-")
        first, last = span[len(letters) :].split("-")
        found += [f"{letters}{number}" for number in range(int(first), int(last) + 1)]
    return found


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        (HOME, codes("W1-6", "S1-5", "L1-11")),
        (TODAY, codes("C1-3", "S1-3", "L1-5")),
        (ANNEX_A_BEFORE, ["1", "2", "3", "4", "5", "6", "7", "8a", "8b", "9a", "9b", "10"]),
        (
            "ncercc-prompts/2020",
            codes("A1-4", "B1-13", "C1-9", "D1-5", "E1-2", "F1-3", "G1-2", "H1-9"),
        ),
        (
            "ofsted-child-questionnaire",
            [
                "safe",
                "cared_for",
                "adults",
                "children",
                "listened",
                "asked",
                "important_people",
                "fun",
                "someone_to_talk_to",
                "mental_health",
                "school",
                "decisions",
                "why_in_care",
                "good",
                "better",
                "anything_else",
            ],
        ),
    ],
)
def test_a_framework_has_every_code_once(system, expected):
    found = list(load_frameworks()[system].descriptors)
    assert sorted(found) == sorted(expected)


def test_descriptors_of_agencies_that_were_not_recovered_are_not_invented():
    found = set(load_frameworks()[AGENCY].descriptors)
    assert found == set(codes("FW1-6", "FS1-5", "FL1-12")) - {"FW4"}
    matched = {code for match in load_frameworks()[AGENCY].crosswalks[HOME].matches.values() for code in match.to}
    assert set(load_frameworks()[HOME].descriptors) - matched == {"W4", "L9", "L11"}


def test_only_numbers_known_word_for_word_are_shown_as_ofsteds():
    official = [entry.code for entry in load_frameworks()[ANNEX_A].descriptors.values() if entry.official]
    assert official == ["1", "2", "3", "4", "5", "6", "7", "8a", "8b", "9a", "9b"]
    assert known_code(ANNEX_A, "x-cse-risk")
    assert not known_code(ANNEX_A, "10")


@pytest.mark.parametrize("system", [ANNEX_A, ANNEX_A_BEFORE])
def test_every_count_of_annex_a_names_its_register_unit_and_period(system):
    counts = [
        entry.measure
        for entry in load_frameworks()[system].descriptors.values()
        if entry.measure and entry.measure.answer == "count"
    ]
    assert len(counts) >= 7
    assert all(count.unit and count.period and count.register for count in counts)


def test_being_away_and_being_missing_are_counted_apart():
    away = descriptor(ANNEX_A, "9a").measure
    missing = descriptor(ANNEX_A, "x-missing-episodes").measure
    assert away
    assert missing
    assert away.register != missing.register


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("W1", ("C1",)),
        ("W2", ()),
        ("W3", ("C3",)),
        ("W4", ("C2",)),
        ("W5", ("C2",)),
        ("W6", ()),
        ("S1", ("S1",)),
        ("S2", ("S2",)),
        ("S3", ("S3",)),
        ("S4", ()),
        ("S5", ()),
        ("L1", ()),
        ("L3", ()),
        ("L4", ("L1",)),
        ("L5", ()),
        ("L6", ("L2",)),
        ("L8", ()),
        ("L9", ("L3",)),
        ("L10", ("L4",)),
        ("L11", ("L5",)),
    ],
)
def test_descriptors_of_2020_are_found_again_in_2026(before, now):
    assert mapped(HOME, before, TODAY) == now


@pytest.mark.parametrize(
    ("code", "expected"),
    [("C2", ("W4", "W5")), ("L4", ("L10",)), ("C1", ("W1",))],
)
def test_a_mapping_can_be_read_backwards(code, expected):
    assert mapped(TODAY, code, HOME) == expected


def test_homes_and_agencies_are_compared_descriptor_by_descriptor():
    assert mapped(AGENCY, "FL8", HOME) == ("L7",)
    assert mapped(HOME, "L7", AGENCY) == ("FL8",)
    assert mapped(AGENCY, "FL7", HOME) == ()
    assert mapped(HOME, "W4", AGENCY) == ()


@pytest.mark.parametrize(
    ("system", "to"), [(HOME, TODAY), (AGENCY, HOME), (ANNEX_A_BEFORE, ANNEX_A), ("ofsted-child-questionnaire", HOME)]
)
def test_a_mapping_says_something_about_every_code(system, to):
    framework = load_frameworks()[system]
    assert set(framework.crosswalks[to].matches) == set(framework.descriptors)


def test_a_code_is_itself_in_its_own_framework_and_nothing_where_no_mapping_is_known():
    assert mapped(HOME, "W1", HOME) == ("W1",)
    assert mapped(HOME, "W1", ANNEX_A) == ()


def test_every_descriptor_of_a_home_names_who_can_be_asked():
    assert all(entry.asks and entry.question for entry in load_frameworks()[HOME].descriptors.values())
    assert descriptor(HOME, "L4").asks == ("staff", "manager", "independent_person")


@pytest.mark.parametrize(
    ("system", "code"), [("sccif-childrens-home/2019", "W1"), (HOME, "W7"), (HOME, "w1"), ("", "")]
)
def test_an_unknown_code_is_not_known(system, code):
    assert not known_code(system, code)


def test_a_descriptor_nobody_knows_is_an_error():
    with pytest.raises(KeyError):
        descriptor(HOME, "W7")


def test_frameworks_are_read_once_and_cannot_be_changed():
    assert load_frameworks() is load_frameworks()
    with pytest.raises(TypeError):
        load_frameworks()[HOME].descriptors["W7"] = descriptor(HOME, "W1")  # type: ignore[index]
    with pytest.raises(FrozenInstanceError):
        descriptor(HOME, "W1").title = "Other"  # type: ignore[misc]
