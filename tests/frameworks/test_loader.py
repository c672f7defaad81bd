"""A framework file with faults is refused, and every fault is named with its place."""

import json

import pytest

from service.frameworks import FrameworkError, read_frameworks


def small(**changes):
    """A framework with two codes; `changes` replace whole keys, and a key set to None is left out."""
    framework = {
        "system": "small/2026",
        "title": "A small framework",
        "publisher": "Us",
        "edition": "2026",
        "codes": "ours",
        "note": "For tests.",
        "sources": {"BOOK": "A book"},
        "groups": [{"id": "care", "title": "Care"}],
        "descriptors": [entry("A1"), entry("A2")],
        **changes,
    }
    return {key: value for key, value in framework.items() if value is not None}


def entry(code, **changes):
    return {"code": code, "title": "Trust", "text": "Children trust.", "group": "care", "source": "BOOK", **changes}


def count(**changes):
    return {"answer": "count", "unit": "child", "period": "in_period", "register": "a book", **changes}


def walk(to, *matches):
    return [{"to": to, "note": "For tests.", "matches": list(matches)}]


@pytest.fixture
def faults_of(tmp_path):
    def read(*frameworks):
        for framework in frameworks:
            name = framework.get("system", "small/2026").replace("/", "-")
            (tmp_path / f"{name}.json").write_text(json.dumps(framework), encoding="utf-8")
        with pytest.raises(FrameworkError) as error:
            read_frameworks(tmp_path)
        return error.value.problems

    return read


def test_a_small_framework_can_be_read(tmp_path):
    full = small(
        descriptors=[
            entry("A1", asks=["child"], uses=["reg44"], measure=count(), question="Do you?"),
            entry("A2", source="BOOK, page 3; BOOK, page 4", evidence=["plans"]),
        ],
        crosswalks=walk("small/2026", {"code": "A1", "to": ["A2"], "how": "related", "note": "ours"}),
    )
    (tmp_path / "small-2026.json").write_text(json.dumps(full), encoding="utf-8")
    framework = read_frameworks(tmp_path)["small/2026"]
    assert [found.code for found in framework.descriptors.values() if found.group == "care"] == ["A1", "A2"]
    assert framework.descriptors["A1"].asks == ("child",)
    assert framework.crosswalks["small/2026"].matches["A1"].to == ("A2",)


@pytest.mark.parametrize(
    ("framework", "fault"),
    [
        (small(titel="x"), "no key is called 'titel' here"),
        (small(title=None), "'title' is missing"),
        (small(title=" "), "title: this must be a text"),
        (small(codes="theirs"), "codes: 'theirs' is not one of: ours, mixed"),
        (small(sources={"BOOK": ""}), "sources.BOOK: a source needs a text that says where to find it"),
        (
            small(groups=[{"id": "care", "title": "Care"}] * 2),
            "groups: the group 'care' is there twice",
        ),
        (small(descriptors=[entry("A1"), entry("A1")]), "descriptors: the code 'A1' is there twice"),
        (small(descriptors=["A1"]), "descriptors[0]: this must be an object"),
        (
            small(descriptors=[entry("A1", group="cure")]),
            "descriptors[0].group: 'cure' is not one of: care",
        ),
        (
            small(descriptors=[entry("A1", source="BOOK; FILM, reel 2")]),
            "descriptors[0].source: 'FILM' is not among the sources of this file",
        ),
        (small(descriptors=[entry("A1", asks="child")]), "descriptors[0].asks: this must be a list of texts"),
        (
            small(descriptors=[entry("A1", annex_a=["8a"])]),
            "descriptors[0].annex_a: the file does not say which edition of Annex A it means",
        ),
        (
            small(descriptors=[entry("A1", measure=count(unit=None))]),
            "descriptors[0].measure: a count must say its unit, its period and its register",
        ),
        (
            small(descriptors=[entry("A1", official=True)]),
            'descriptors[0].official: only a framework with "codes": "mixed" says this code by code',
        ),
        (
            small(codes="mixed", descriptors=[entry("A1")]),
            "descriptors[0]: 'official' is missing: say whether the number is the publisher's own",
        ),
        (
            small(codes="mixed", descriptors=[entry("12", official=False)]),
            "descriptors[0].code: a code starts with 'x-' exactly when it is not official",
        ),
        (
            small(crosswalks=walk("small/2026", {"code": "A9", "to": ["A1"], "how": "same"})),
            "crosswalks[0].matches[0].code: this framework has no code 'A9'",
        ),
        (
            small(crosswalks=walk("small/2026", {"code": "A1", "to": [], "how": "same"})),
            "crosswalks[0].matches[0]: 'how' is \"none\" exactly when 'to' is empty",
        ),
        (
            small(crosswalks=walk("small/2026", {"code": "A1", "to": ["A7"], "how": "same"})),
            "crosswalks.small/2026.A1: small/2026 has no code 'A7'",
        ),
        (
            small(crosswalks=walk("gone/2026", {"code": "A1", "to": ["A1"], "how": "same"})),
            "crosswalks: no framework is called 'gone/2026'",
        ),
        (small(annex_a="gone/2026"), "annex_a: no framework is called 'gone/2026'"),
        (
            small(annex_a="small/2026", descriptors=[entry("A1", annex_a=["8a"])]),
            "descriptors.A1.annex_a: small/2026 has no code '8a'",
        ),
    ],
)
def test_a_fault_is_named_with_its_place(faults_of, framework, fault):
    assert faults_of(framework) == [f"small-2026.json: {fault}"]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"asks": ["chid"]}, "asks"),
        ({"uses": ["reg45x"]}, "uses"),
        ({"measure": {"answer": "sum"}}, "measure.answer"),
        ({"measure": count(unit="home")}, "measure.unit"),
        ({"measure": count(period="ever")}, "measure.period"),
    ],
)
def test_a_word_outside_its_list_is_refused(faults_of, changes, place):
    (fault,) = faults_of(small(descriptors=[entry("A1", **changes)]))
    assert fault.startswith(f"small-2026.json: descriptors[0].{place}: '")
    assert "is not one of: " in fault


def test_all_faults_come_at_once(faults_of):
    wrong = small(title=None, descriptors=[entry("A1", group="cure"), entry("A1", text=3)])
    assert len(faults_of(wrong)) == 4


def test_a_file_that_is_not_json_is_named(tmp_path):
    (tmp_path / "small-2026.json").write_text("{", encoding="utf-8")
    with pytest.raises(FrameworkError, match=r"^small-2026\.json: this is not JSON: "):
        read_frameworks(tmp_path)


def test_two_files_cannot_be_the_same_framework(tmp_path):
    for name in ("small-2026", "smaller"):
        (tmp_path / f"{name}.json").write_text(json.dumps(small()), encoding="utf-8")
    with pytest.raises(FrameworkError) as error:
        read_frameworks(tmp_path)
    assert error.value.problems == [
        "smaller.json: system: the file of 'small/2026' should be called small-2026.json",
        "smaller.json: system: small-2026.json is 'small/2026' already",
    ]


def test_a_file_that_holds_something_else_is_named(tmp_path):
    (tmp_path / "small-2026.json").write_text("[]", encoding="utf-8")
    with pytest.raises(FrameworkError) as error:
        read_frameworks(tmp_path)
    assert error.value.problems == ["small-2026.json: this must be an object"]
