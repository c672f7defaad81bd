"""A list of people, judged row by row: what is added, what changes, and every fault with its place."""

import pytest

from service.collection.models.person import PERSON_KINDS, Person
from service.collection.people.contact_fields import KIND_WORDS, is_email, kind_called, looks_like_a_name
from service.collection.people.contact_import import COLUMNS, MOST_PEOPLE, Import, PersonChange, Row, judge

HEADER = ("kind", "name", "e-mail", "organisation", "phone", "label")
SAM = Person("sam", "elm", "social_worker", "Sam Lee", "sam@example.org", "Brightwater Council", "01632 960001", "")


def rows(*cells: tuple[str, ...], header: tuple[str, ...] = HEADER) -> list[Row]:
    return list(enumerate((header, *cells), 1))


def judged(*cells: tuple[str, ...], header: tuple[str, ...] = HEADER, known: tuple[Person, ...] = ()) -> Import:
    return judge(rows(*cells, header=header), "elm", known)


def row(**values: str) -> tuple[str, ...]:
    good = {"kind": "social worker", "name": "Sam Lee", "email": "sam@example.org"} | values
    return tuple(good.get(name, "") for name in COLUMNS)


def test_a_good_row_is_a_person_of_this_home() -> None:
    found = judged(row(organisation="Brightwater Council", phone="01632 960001", label="the review on 12 November"))
    assert found.new == (
        Person(
            "",
            "elm",
            "social_worker",
            "Sam Lee",
            "sam@example.org",
            "Brightwater Council",
            "01632 960001",
            "the review on 12 November",
        ),
    )
    assert found == Import(new=found.new), "and nothing is wrong or odd"


@pytest.mark.parametrize(
    "header",
    [
        ("KIND", "NAME", "EMAIL"),
        ("Role", "Full name", "E-mail address"),
        ("type of contact", "contact name", "Email Address"),
        ("Who they are", "Contact", "e_mail"),
        ("  Job title ", "person", "Mail (work)"),
    ],
)
def test_columns_are_known_by_what_people_call_them(header: tuple[str, ...]) -> None:
    found = judged(("IRO", "Ann Roe", "ann@example.org"), header=header)
    assert [(person.kind, person.name, person.email) for person in found.new] == [("iro", "Ann Roe", "ann@example.org")]


def test_columns_stand_in_any_order_under_any_title_and_names_in_two() -> None:
    found = judge(
        [
            (1, ["Larch House contacts"]),
            (2, ["as of May", "", ""]),
            (4, ["Surname", "E-mail", "Team", "First name", "Role", "Mobile", "Review"]),
            (5, ["Lee", "sam@example.org", "Leaving care", "Sam", "SW", "07700 900123", "the visit in May"]),
        ],
        "elm",
        (),
    )
    [person] = found.new
    assert (person.name, person.organisation, person.phone) == ("Sam Lee", "Leaving care", "07700 900123")
    assert (person.kind, person.label) == ("social_worker", "the visit in May")


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (("name", "e-mail"), "no column for kind"),
        (("kind", "name"), "no column for e-mail"),
        (("kind", "e-mail"), "no column for name"),
        (("phone", "label"), "no column for kind, e-mail or name"),
        (("kind", "name", "e-mail", "Email address"), "“e-mail” and “Email address” are both read as e-mail"),
        (("colour", "size"), "no row with the columns’ names"),
    ],
)
def test_a_header_that_will_not_do_is_one_fault_and_nobody_is_taken(header: tuple[str, ...], said: str) -> None:
    found = judged(tuple("x" for _ in header), header=header)
    [fault] = found.faults
    assert said in fault.sentence
    assert not found.people


def test_an_empty_file_says_so() -> None:
    [fault] = judge([], "elm", ()).faults
    assert "nothing in this file" in fault.sentence


@pytest.mark.parametrize("kind", PERSON_KINDS)
def test_every_kind_is_understood_as_the_empty_list_writes_it_and_as_pages_do(kind: str) -> None:
    one, _ = KIND_WORDS[kind]
    for word in (one, one.upper(), kind, f" {one} "):
        assert kind_called(word) == kind


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("SW", "social_worker"),
        ("Child’s social worker", "social_worker"),
        ("independent reviewing officer", "iro"),
        ("Virtual School", "school"),
        ("LAC nurse", "health"),
        ("Local Authority", "placing_authority"),
        ("mum", "parent"),
        ("Foster-parent", "foster_carer"),
        ("support worker", "staff"),
        ("Other", "professional"),
    ],
)
def test_kinds_are_understood_in_plain_english(word: str, kind: str) -> None:
    [person] = judged(row(kind=word)).new
    assert person.kind == kind


@pytest.mark.parametrize(
    ("values", "column", "said"),
    [
        ({"kind": "wizard"}, "kind", "“wizard” is not a kind we know. Use one of: social worker, IRO"),
        ({"kind": "socal worker"}, "kind", "Did you mean social worker?"),
        ({"kind": ""}, "kind", "does not say what they are"),
        ({"name": ""}, "name", "Nobody is named"),
        ({"name": "n" * 121}, "name", "121 characters"),
        ({"name": "=A1"}, "name", "formula"),
        ({"name": "#N/A"}, "name", "an error here (#N/A)"),
        ({"email": ""}, "e-mail", "no letter could reach them"),
        ({"email": "sam at example.org"}, "e-mail", "is not an e-mail address"),
        ({"email": "a@x.org; b@x.org"}, "e-mail", "two addresses"),
        ({"organisation": "o" * 161}, "organisation", "161 characters"),
        ({"phone": "1" * 41}, "phone", "41 characters"),
        ({"label": "l" * 121}, "label", "121 characters"),
    ],
)
def test_a_faulty_row_says_what_is_wrong_and_where(values: dict[str, str], column: str, said: str) -> None:
    found = judged(row(email="other@example.org"), row(**values))
    [fault] = found.faults
    assert (fault.row, fault.column) == (3, column)
    assert said in fault.sentence
    assert [person.email for person in found.new] == ["other@example.org"], "the row above is as good as before"


def test_every_fault_of_a_row_is_said_at_once_under_the_name_of_its_column() -> None:
    found = judged(("wizard", "", "x"), header=("Role", "Full name", "Email address"))
    assert [(fault.row, fault.column) for fault in found.faults] == [
        (2, "Role"),
        (2, "Email address"),
        (2, "Full name"),
    ]
    assert found.faulty_rows == 1


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("sam@example.org", True),
        ("o'neil@social-care.example.gov.uk", True),
        ("first.last+tag@example.org", True),
        ("sam@example", False),
        ("sam@@example.org", False),
        (".sam@example.org", False),
        ("sam@-example.org", False),
        ("sam@example..org", False),
        ("sam lee@example.org", False),
        (f"{'a' * 65}@example.org", False),
        (f"a@{'b' * 60}.{'c' * 250}.org", False),
        ("sam@example.org\nBcc: all@example.org", False),
    ],
)
def test_an_address_is_one_that_a_letter_could_be_sent_to(text: str, fine: bool) -> None:
    assert is_email(text) is fine


@pytest.mark.parametrize("typed", ["Sam@Example.ORG", "mailto:sam@example.org", "Sam Lee <sam@example.org>"])
def test_an_address_is_taken_out_of_what_programs_put_around_it(typed: str) -> None:
    [person] = judged(row(email=typed)).new
    assert person.email == "sam@example.org"


def test_what_would_break_a_letter_s_header_becomes_one_plain_line() -> None:
    [person] = judged(row(name="Sam\r\nBcc: all@example.org\u202e\x00", label="the\u200b  review\n in May")).new
    assert person.name == "Sam Bcc: all@example.org"
    assert person.label == "the review in May"


def test_a_telephone_number_gets_back_the_zero_that_a_spreadsheet_took() -> None:
    found = judged(
        row(phone="7700900123"), row(email="b@x.org", phone="+44 7700 900123"), row(email="c@x.org", phone="ask")
    )
    assert [person.phone for person in found.new] == ["07700900123", "+44 7700 900123", "ask"]
    assert [(doubt.row, doubt.column) for doubt in found.doubts] == [(4, "phone")]


def test_the_same_address_and_kind_twice_in_a_file_is_a_fault_that_names_the_first_row() -> None:
    found = judged(row(), row(kind="school", name="Office"), row(email="SAM@example.org", name="Sam again"))
    assert [person.kind for person in found.new] == ["social_worker", "school"]
    [fault] = found.faults
    assert fault.row == 4
    assert "Row 2 has this address" in fault.sentence


def test_somebody_on_the_list_is_changed_and_never_doubled() -> None:
    found = judged(row(name="Samira Lee", label="the review in May"), known=(SAM,))
    assert found.new == ()
    [change] = found.changed
    assert change == PersonChange(SAM, Person(**{**SAM.__dict__, "name": "Samira Lee", "label": "the review in May"}))
    assert change.differing == ("name", "label")
    assert change.after.phone == "01632 960001", "an empty cell takes nothing away"


def test_somebody_who_is_on_the_list_just_so_is_counted_and_left_alone() -> None:
    found = judged(row(), known=(SAM,))
    assert (found.same, found.people) == (1, ())


def test_the_same_address_as_another_kind_is_another_person() -> None:
    found = judged(row(kind="IRO"), known=(SAM,))
    assert [person.kind for person in found.new] == ["iro"]


@pytest.mark.parametrize(
    "label",
    ["Anna Smith", "Jamie", "Jamie’s review", "the review of Jamie Smith", "São Paulo", "Jamie S"],
)
def test_a_label_that_looks_like_a_name_is_asked_about_and_not_refused(label: str) -> None:
    found = judged(row(label=label))
    [doubt] = found.doubts
    assert (doubt.row, doubt.column) == (2, "label")
    assert "Letters must not name a child" in doubt.sentence
    assert [person.label for person in found.new] == [label]


@pytest.mark.parametrize(
    "label",
    ["", "the review on 12 November", "Child A", "Annual Review", "Your child’s stay", "Young person 3", "REVIEW 2"],
)
def test_a_label_that_names_nobody_is_left_in_peace(label: str) -> None:
    assert not looks_like_a_name(label)


def test_columns_that_are_not_known_are_told_and_nothing_of_them_is_kept() -> None:
    found = judged((*row(), "Jamie Smith", "2012-05-01"), header=(*HEADER, "Child’s name", "Date of birth"))
    assert found.not_read == ("Child’s name", "Date of birth")
    assert "Jamie" not in repr(found.new)


def test_the_example_and_empty_rows_are_nobody() -> None:
    found = judged(row(name="Example: Sam Lee"), ("", "", "", "", "", ""), ("  ", "", ""), row(name="Real Person"))
    assert [person.name for person in found.new] == ["Real Person"]
    assert found.faults == ()


def test_two_thousand_people_are_taken_and_one_more_is_too_many() -> None:
    many = [row(email=f"p{number}@example.org") for number in range(MOST_PEOPLE)]
    assert len(judged(*many).new) == MOST_PEOPLE
    found = judged(*many, row())
    [fault] = found.faults
    assert fault.row == MOST_PEOPLE + 2
    assert "2,001 rows; 2,000 at a time" in fault.sentence
    assert found.people == ()


def test_what_was_understood_is_understood_the_same_again() -> None:
    found = judged(
        row(phone="7700900123", email="Ann <ann@example.org>"), row(name="Samira Lee"), row(kind="wizard"), known=(SAM,)
    )
    again = judge(found.rows, "elm", (SAM,))
    assert (again.new, again.changed) == (found.new, found.changed)
    assert again.faults == ()
