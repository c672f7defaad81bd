"""Forms that were made here: asked at their home only, ticked by hand, and no file's to change."""

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from service.collection.forms.offer import offered
from service.collection.forms.publication import publish
from service.collection.forms.seed import MADE_HERE, faults_of, seed
from service.collection.invitations.planned_rounds import hindrance, open_planned
from service.collection.models.errors import NotPossible
from service.collection.models.home import Home
from service.collection.models.published_form import FormState
from service.collection.models.round import PlannedRound
from service.config import Config
from service.dates import day_at, now
from service.definitions import Form, examine
from service.repository import Store
from service.state import app_state
from tests.accounts_factory import account_with, manager_of, signed_in
from tests.paths import ROOT

OURS, ALL_HOMES = "our-views", "provider-views"


@pytest.fixture
def config(config: Config, tmp_path: Path) -> Config:
    """The settings, with a folder of forms of its own."""
    shutil.copytree(ROOT / "forms", tmp_path / "forms")
    return replace(config, forms_dir=tmp_path / "forms")


@pytest.fixture
def built(store: Store, home: Home, library: dict[str, Form]) -> dict[str, Form]:
    """A children's form that Larch House made, and one for all homes; and Elm Cottage, which made none."""
    made = {name: Form.of({**library["child-views"].to_json(), "id": name}) for name in (OURS, ALL_HOMES)}
    publish(store, made.values())
    with store.transaction() as tx:
        tx[Home].put(replace(home, id="elm-cottage", name="Elm Cottage"))
        for name, home_id in ((OURS, home.id), (ALL_HOMES, "")):
            state = tx[FormState].get(name)
            assert state is not None
            tx[FormState].put(replace(state, built=True, home_id=home_id))
    return made


def run(app: Flask, *words: str) -> Result:
    with app.app_context():
        return app.test_cli_runner().invoke(args=list(words))


@pytest.mark.usefixtures("built")
class TestWhere:
    @pytest.mark.parametrize(
        ("home_id", "there"),
        [("larch-house", {OURS, ALL_HOMES}), ("elm-cottage", {ALL_HOMES}), (None, {OURS, ALL_HOMES})],
    )
    def test_a_form_is_offered_at_its_own_home(self, app: Flask, store: Store, home_id: str, there: set[str]) -> None:
        found = offered(store, app_state(app).form, home_id)
        assert found.keys() & {OURS, ALL_HOMES} == there
        assert "child-views" in found

    @pytest.mark.parametrize(("home_id", "there"), [("larch-house", {OURS, ALL_HOMES}), ("elm-cottage", {ALL_HOMES})])
    @pytest.mark.parametrize("template", ["reg-45", "everyday"])
    def test_a_new_survey_may_choose_it_and_does_not_by_itself(
        self, app: Flask, home_id: str, there: set[str], template: str
    ) -> None:
        page = manager_of(app, home_id).visit(f"/homes/{home_id}/rounds/new?template={template}")
        boxes = [field for field in page.fields if field.get("name") == "forms"]
        assert {field["value"] for field in boxes} & {OURS, ALL_HOMES} == there
        ticked = {field["value"] for field in boxes if "checked" in field}
        assert "child-views" in ticked
        assert not ticked & {OURS, ALL_HOMES}

    def test_no_plan_of_another_home_opens_with_it(self, app: Flask, store: Store) -> None:
        library, today = app_state(app).library, day_at(now())
        plan = PlannedRound("r", "elm-cottage", "", "Views", "", (OURS,), today, today + timedelta(days=5))
        with store.transaction() as tx:
            tx[PlannedRound].put(plan)
        assert hindrance(store, plan, library, now()) == f"The form {OURS} belongs to another home."
        with pytest.raises(NotPossible, match="another home"):
            open_planned(store, plan.id, library, now(), lambda round_: lambda invitation, token: None)  # type: ignore
        assert hindrance(store, replace(plan, home_id="larch-house"), library, now()) == ""

    def test_the_command_opens_it_at_its_home_only(self, app: Flask) -> None:
        last = str(day_at(now()) + timedelta(days=5))
        words = ("rounds", "open", "--form", OURS, "--until", last, "--home")
        assert "There is no form called our-views" in run(app, *words, "elm-cottage").output
        assert run(app, *words, "larch-house").exit_code == 0

    def test_the_command_takes_shipped_forms_by_itself(self, app: Flask, store: Store) -> None:
        done = run(app, "rounds", "open", "--template", "everyday", "--home", "larch-house")
        assert done.exit_code == 0, done.output
        page = manager_of(app, "larch-house").visit(f"/rounds/{done.stdout.strip().splitlines()[0]}").html
        assert OURS not in page

    def test_its_paper_is_there_for_those_who_see_its_home(self, app: Flask) -> None:
        here, there = manager_of(app, "larch-house"), manager_of(app, "elm-cottage")
        assert here.visit(f"/forms/{OURS}/paper").status == 200
        assert there.visit(f"/forms/{OURS}/paper").status == 404
        assert there.visit(f"/forms/{ALL_HOMES}/paper").status == 200
        assert signed_in(app, account_with(app, "administrator")).visit(f"/forms/{OURS}/paper").status == 200


class TestFiles:
    @pytest.mark.parametrize("content", ["its form, changed", "broken"])
    def test_a_file_with_its_id_is_faulty_and_changes_nothing(
        self, app: Flask, store: Store, config: Config, built: dict[str, Form], content: str
    ) -> None:
        before = store[FormState].get(OURS)
        definition = {**built[OURS].to_json(), "version": 9, "title": "Other words"}
        (config.forms_dir / f"{OURS}.json").write_text(json.dumps(definition) if content != "broken" else "{")
        seeded = run(app, "forms", "seed")
        assert seeded.exit_code == 1
        assert f"{OURS} is not offered: {MADE_HERE}" in seeded.output
        assert store[FormState].get(OURS) == before
        assert OURS in app_state(app).library
        checked = run(app, "forms", "check")
        assert checked.exit_code == 1
        assert f"{OURS}.json: " in checked.output

    def test_what_was_made_here_needs_no_file(self, store: Store, built: dict[str, Form]) -> None:
        before = {state.id: state for state in store[FormState].all()}
        seeding = seed(store, {})
        assert seeding.faults == {}
        assert {state.id: state for state in store[FormState].all()} == before

    def test_a_faultless_file_with_its_id_is_refused(self, store: Store, built: dict[str, Form]) -> None:
        assert faults_of(store, examine(built[OURS].to_json())) == (MADE_HERE,)
