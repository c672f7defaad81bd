"""Builds a form in the form builder as a person does: by clicking and typing what a definition says."""

import json
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from playwright.sync_api import Locator, Page

from service.definitions.editing import Json
from service.web.builder.panels.conditions import condition_of, subjects_of

IDLE = "() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling, .htmx-added')"
_AUDIENCES = {"child": "An empty form for children", "staff": "An empty form for staff"}


class FormMaker:
    """One author at one form. `target` is what is to be built."""

    def __init__(self, page: Page, address: str, target: Json) -> None:
        self.page, self.address, self.target = page, address, target
        self.subjects = subjects_of(target)
        self.draft = ""
        self.saves = 0

    # --- the form as a whole ---

    def begin(self, title: str) -> None:
        """Begin an empty form."""
        self.page.goto(f"{self.address}/forms")
        self.page.get_by_role("link", name="Make a new form").click()
        self.page.fill("#title", title)
        self.page.get_by_label(_AUDIENCES[self.target["audience"]], exact=True).check()
        self.page.get_by_role("button", name="Begin").click()
        self.page.wait_for_url("**/edit**")
        self.draft = self.page.url.partition("/forms/")[2].partition("/")[0]

    def clear(self) -> None:
        """Delete the page that an empty form begins with."""
        self.open("pages/page")
        self.press(self.page.get_by_role("button", name="Delete", exact=True))

    def describe(self) -> None:
        """Fill in what is said of the form itself."""
        said, retention = self.target, self.target.get("retention", {})
        self.open_part("form")
        for key in ("settings", "age_bands", "readers", "languages"):
            self.tick_in_order(f"field-{key}", said.get(key, []))
        words = {key: said[key] for key in ("title", "introduction", "thank_you", "identity", "layout") if key in said}
        self.fill({**words, **{f"retention-{key}": str(days) for key, days in retention.items()}})
        if code := said.get("denominator"):
            self.fill({"denominator": f"{code['system']} {code['code']}"})
        self.save()

    def add_list(self, name: str, options: list[Json]) -> None:
        """Make a list of answers that questions share."""
        self.open_part("choice_lists")
        self.add(self.page.locator("form.add", has=self.page.locator("#add-item")), name)
        self.make_options(f"choice_lists/{name}", options)

    def add_page(self, page: Json) -> None:
        """Add a page with its questions."""
        self.open_part("pages")
        self.add(self.page.locator("form.add", has=self.page.locator("#add-item")), page["title"])
        self.fill({"id": page["id"], **({"description": page["description"]} if "description" in page else {})})
        self.condition("visible_if", page.get("visible_if"))
        self.save()
        for question in page["questions"]:
            self.add_question(f"pages/{page['id']}", question)

    def add_question(self, holder: str, question: Json) -> None:
        """Add a question at the end of a page or group."""
        row = self.page.locator(f'.item[data-at="{holder}"] > form.add')
        row.get_by_label("Answered by").select_option(question["type"])
        self.add(row, question["label"])
        self.complete_question(f"{holder}/questions/{question['id']}", question)

    def complete_question(self, at: str, question: Json) -> None:
        """Fill in the rest of the question whose card is open."""
        simple = ("hint", "appearance", "required_message", "unit", "lowest_label", "highest_label")
        words = {key: question[key] for key in simple if key in question}
        words |= {f"media-{key}": value for key, value in question.get("media", {}).items()}
        words |= {
            f"reporting-{key}": value for key, value in question.get("reporting", {}).items() if key == "verbatim"
        }
        if isinstance(question.get("options"), str):
            words["options"] = question["options"]
        for key, value in question.get("validation", {}).items():
            words[f"validation-{key}"] = str(value["value"] if isinstance(value, dict) else value)
            if isinstance(value, dict) and "message" in value:
                words[f"validation-{key}-message"] = value["message"]
        self.fill({**words, "id": question["id"]})
        if question.get("required"):
            self.form.locator("[name=field-required]").check()
        self.condition("visible_if", question.get("visible_if"))
        self.fill_codes(question.get("codes", []))
        self.save()
        for part in ("options", "others"):
            if isinstance(question.get(part), list):
                self.make_options(at, question[part])

    def make_options(self, at: str, options: list[Json]) -> None:
        """Type all answers, then open those of which more is to be said."""
        lines = self.form_of("paste")
        lines.locator("xpath=..").locator("summary").click()
        lines.locator("textarea").fill("\n".join(f"{option['value']}: {option['label']}" for option in options))
        self.press(lines.get_by_role("button", name="Use these answers"))
        where = at if at.startswith("choice_lists/") else f"{at}/options"
        for option in options:
            if set(option) - {"value", "label"}:
                self.open(f"{where}/{option['value']}")
                media = {f"media-{key}": value for key, value in option.get("media", {}).items()}
                self.fill({**media, **({"score": str(option["score"])} if "score" in option else {})})
                for tick in ("missing", "exclusive"):
                    self.form.locator(f"[name=field-{tick}]").set_checked(bool(option.get(tick)))
                self.save()
            if "detail" in option:
                detail = option["detail"]
                self.add(self.page.locator("#open form.add", has=self.page.locator("#add-detail")), detail["label"])
                self.complete_question(f"{where}/{option['value']}/detail", detail)
        self.open(at)

    def add_alert(self, alert: Json) -> None:
        """Add an alert."""
        self.open_part("alerts")
        self.add(self.page.locator("form.add", has=self.page.locator("#add-item")), alert["id"])
        self.condition("when", alert["when"])
        self.fill({key: alert[key] for key in ("severity", "message", "show_respondent", "raise_on") if key in alert})
        self.tick_in_order("field-notify", alert["notify"], save=False)
        for number, step in enumerate(alert.get("escalate", [])):
            start = f"field-escalate-{number}"
            self.form.locator(f'[name="{start}-minutes"]').fill(str(step["after"]["minutes"]))
            for role in step["to"]:
                self.form.locator(f'[name="{start}-to"][value="{role}"]').check()
        self.save()

    def translate(self, language: str, texts: Mapping[str, str]) -> None:
        """Type the translations beside the texts."""
        self.page.goto(f"{self.address}/forms/{self.draft}/languages?language={language}")
        for path, text in texts.items():
            self.page.locator(f'[name="text-{path}"]').fill(text)
        self.page.get_by_role("button", name="Save").click()
        self.page.get_by_text("Saved.", exact=True).wait_for()

    def build(self, *, pages: int | None = None) -> None:
        """Build all of it, or only the first pages."""
        self.describe()
        for name, options in self.target.get("choice_lists", {}).items():
            self.add_list(name, options)
        for page in self.target["pages"][:pages]:
            self.add_page(page)
        for alert in self.target.get("alerts", []):
            self.add_alert(alert)
        for language, texts in self.target.get("translations", {}).items():
            self.translate(language, texts)

    # --- what hands do ---

    @property
    def form(self) -> Locator:
        """The fields of the open card."""
        return self.page.locator("#open > form").first

    def form_of(self, verb: str) -> Locator:
        """The form that makes this move."""
        return self.page.locator(f'#open form:has(input[name=do][value^="{verb} "])')

    def open_part(self, part: str) -> None:
        """Go to a part of the form by its link."""
        self.page.goto(f"{self.address}/forms/{self.draft}/edit?part={part}")

    def open(self, pointer: str) -> None:
        """Open a card or an answer."""
        self.page.goto(f"{self.address}/forms/{self.draft}/edit?at={quote(pointer)}")

    def add(self, row: Locator, label: str) -> None:
        """Type what is to be added, and add it."""
        row.locator("input[name=label]").fill(label)
        self.press(row.get_by_role("button", name="Add"))

    def fill(self, values: Mapping[str, str]) -> None:
        """Type or choose the values of fields by their names."""
        for name, value in values.items():
            field = self.form.locator(f'[name="field-{name}"]').first
            if not field.is_visible():
                self.form.locator("details.confirm > summary").click()
            if field.evaluate("(each) => each.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def fill_codes(self, codes: Iterable[Json]) -> None:
        """Type what the question is about, three at a time."""
        for number, code in enumerate(codes):
            if number and number % 3 == 0:
                self.save()
            self.form.locator("[name=field-codes]").nth(number).fill(f"{code['system']} {code['code']}")

    def tick_in_order(self, name: str, values: list[str], *, save: bool = True) -> None:
        """Tick exactly these; saved one by one where their order is to be kept."""
        boxes = self.form.locator(f'[name="{name}"]')
        shown = boxes.evaluate_all("(found) => found.map((each) => each.value)")
        if not values or not shown:
            return
        for value in shown:
            boxes.and_(self.page.locator(f'[value="{value}"]')).set_checked(value == values[0])
        for value in values[1:]:
            if save:
                self.save()
            boxes.and_(self.page.locator(f'[value="{value}"]')).check()
        if save:
            self.save()

    def condition(self, name: str, tree: Json) -> None:
        """Click a condition together."""
        found = condition_of(tree, self.subjects)
        assert found is not None, json.dumps(tree)
        field = f"field-{name}"
        for number, group in enumerate(found.groups):
            start = f"{field}-{number}"
            self.form.locator(f'[name="{start}-join"]').select_option(group.join)
            for place, line in enumerate(group.lines):
                here = f"{start}-{place}"
                self.look(self.form.locator(f'[name="{here}-name"]'), line.name)
                if self.form.locator(f'[name="{here}-test"]').input_value() != line.test:
                    self.look(self.form.locator(f'[name="{here}-test"]'), line.test)
                for value in line.values:
                    self.form.locator(f'[name="{here}-value"][value="{value}"]').check()

    def look(self, select: Locator, value: str) -> None:
        """Choose something that shows other fields."""
        with self.page.expect_response(lambda reply: reply.request.method == "POST"):
            select.select_option(value)
        self.page.wait_for_function(IDLE)

    def save(self) -> None:
        """Save the open card."""
        self.press(self.form.get_by_role("button", name="Save").last)

    def press(self, button: Locator) -> None:
        """Press a button and wait for what it brings."""
        with self.page.expect_response(lambda reply: reply.request.method == "POST"):
            button.click()
        self.page.wait_for_function(IDLE)
        assert self.page.locator("#open .fault").count() == 0, self.page.locator("#open .fault").all_inner_texts()
        self.saves += 1
