"""What a round found, on the page: the very figures of its workbook, question by question, with comments."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from service.accounts.roles import roles_at
from service.analysis.figures import SIGNS_EXPLAINED, Sign, percent
from service.analysis.merged_form import JoinedQuestion
from service.analysis.release_rules import SMALL_GROUPS
from service.analysis.tallies import ChoiceTally, NumberTally, Tally
from service.analysis.voices import ORDER, WIDE, editions, side_by_side
from service.collection.follow_up.progress import FormProgress, progress_of
from service.collection.models.comment_read import CommentRead
from service.collection.models.round import Round
from service.collection.rounds.annex_a import last_annex_a
from service.dates import day_at, in_words, now
from service.frameworks import Descriptor
from service.operations.figures import keep_figures
from service.operations.results import remember_answers_read
from service.reports.dataset import Dataset, Voice, load_dataset
from service.reports.labels import AUDIENCES, with_home, wording
from service.reports.sheets.comments import themed, writer_of, written_by
from service.reports.sheets.over_time import over_time_sheet
from service.reports.sheets.summary import summary_sheet
from service.reports.sheets.voices import given_in_words, speakers
from service.state import app_state
from service.web.http.access import current, current_home, current_record, may
from service.web.results.figures import Compared, QuestionBlock, blocks, on_page, with_and_without_somebody
from service.web.results.workbooks import over

bp = Blueprint("results", __name__)


@dataclass(frozen=True)
class CommentView:
    """What somebody wrote. `read` is None where it does not wait for a reader; `themes` are in words."""

    words: str
    writer: str | None
    read: bool | None
    themes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comments:
    """All that was written in answer to one question, or why it is not shown."""

    asked: str
    said: tuple[CommentView, ...]
    why_not: str | None


@dataclass(frozen=True)
class AudienceSection:
    """One audience on the page. `called` is what leads to it: the audience, with the form where several are its."""

    voice: Voice
    called: str
    title: str
    told: tuple[str, ...]
    rate: str
    blocks: tuple[QuestionBlock, ...]
    compared: tuple[Compared, ...]
    comments: tuple[Comments, ...]


@bp.get("/rounds/<round_id>/results")
@may("take_workbooks")
def one(round_id: str) -> ResponseReturnValue:
    """The figures by question, by audience and by descriptor. Both only choose among what may be shown anyway."""
    round_ = current_record("round_id")
    dataset = _gathered(round_)
    audience, descriptor = request.args.get("audience", ""), request.args.get("descriptor", "")
    parts = [
        part
        for part in _parts(dataset, round_)
        if not audience or part.voice.form.id == audience or part.voice.form.audience == audience
    ]
    _remember([(round_.id, part.voice.form.id) for part in parts if part.voice.shown])
    return render_template(
        "results/one.html",
        **_around(round_),
        parts=[_about(part, descriptor) for part in parts],
        choices=list(dict.fromkeys(voice.form.audience for voice in dataset.voices)),
        descriptors=_descriptors(dataset),
        audience=audience,
        descriptor=descriptor,
        called=_called(dataset),
        asks_children=any(voice.form.audience == "child" for voice in dataset.voices),
        small_groups=SMALL_GROUPS if any(_is_protected(part.voice) for part in parts) else "",
        may_read=current().may("read_comments"),
        themed=themed(dataset, [part.voice for part in parts]) if not descriptor else None,
    )


@bp.get("/rounds/<round_id>/results/voices")
@may("take_workbooks")
def voices(round_id: str) -> ResponseReturnValue:
    """What each audience says of the same descriptor, the widest gaps first."""
    round_ = current_record("round_id")
    dataset = _gathered(round_)
    frameworks = editions({home.kind for home in dataset.homes})
    chosen = next((one for one in frameworks if one.edition == request.args.get("edition")), frameworks[0])
    annex_a = last_annex_a(app_state().store, round_.home_id, app_state().form)
    topics = side_by_side(chosen, speakers(dataset), annex_a.numbers if annex_a else {})
    seen = {id(tally) for topic in topics for view in topic.views for tally in view.questions}
    looked = [
        (round_.id, voice.form.id)
        for voice in dataset.voices
        if _of_few(voice, [tally for tally in voice.told if id(tally) in seen])
    ]
    if annex_a and any(one.number is not None for topic in topics for one in topic.annex_a):
        looked.append((annex_a.round_id, annex_a.form_id))
    _remember(looked)
    return render_template(
        "results/voices.html",
        **_around(round_),
        topics=topics,
        annex_a=annex_a,
        annex_a_said=given_in_words([chosen], dataset.homes, annex_a),
        frameworks=frameworks,
        chosen=chosen,
        order=ORDER,
        wide=WIDE,
        asked_of=lambda view: dict.fromkeys(wording(tally.question, dataset.homes) for tally in view.questions),
        is_sign=lambda figure: isinstance(figure, Sign),
    )


@bp.get("/homes/<home_id>/results")
@may("take_workbooks")
def over_time(home_id: str) -> ResponseReturnValue:
    """Each question through the rounds of a home: the sheet of a workbook of all its rounds."""
    home = current_home()
    rounds = sorted(app_state().store[Round].find("home_id", home_id), key=lambda round_: round_.opened_at)
    # A round that asks no form of another would be a column in which nothing stands.
    forms = Counter(ref.form_id for round_ in rounds for ref in round_.forms)
    followed = [round_ for round_ in rounds if any(forms[ref.form_id] > 1 for ref in round_.forms)]
    dataset = _gathered(*followed)
    sheet = over_time_sheet(dataset, "Over time", "") if followed else None
    if sheet:
        each = [(voice, round_.id) for voice in dataset.voices for round_ in followed]
        _remember([(round_id, voice.form.id) for voice, round_id in each if _of_few(voice, voice.told_in(round_id))])
    table = on_page(sheet.tables[0]) if sheet else None
    return render_template(
        "results/over_time.html",
        home=home,
        demonstration=home.demonstration,
        rounds=rounds,
        span=over([home], current().account),
        table=table,
        by_voice=[(who, list(rows)) for who, rows in groupby(table.rows if table else (), lambda row: row[0][0])],
        called=_called(dataset),
        empty=sheet.tables[0].empty if sheet else "",
        notes=sheet.notes if sheet else (),
        in_words=in_words,
        day_at=day_at,
    )


def _gathered(*rounds: Round) -> Dataset:
    """Exactly what this account's workbook would be made from."""
    service, roles, moment = app_state(), roles_at(current().account, current_home().id), now()
    if request.method == "GET":
        keep_figures(service.store, rounds, service.form, moment)
    return load_dataset(service.store, rounds, service.form, service.hasher.row_order, moment, roles)


def _around(round_: Round) -> dict[str, object]:
    home = current_home()
    return {
        "round": round_,
        "home": home,
        "demonstration": home.demonstration,
        "is_open": round_.is_open(day_at(now())),
        "audiences": AUDIENCES,
        "signs": SIGNS_EXPLAINED,
        "in_words": in_words,
        "day_at": day_at,
    }


def _called(dataset: Dataset) -> dict[str, str]:
    """What a page calls each audience where a workbook has its label: several forms of one by what they ask."""
    several = Counter(voice.form.audience for voice in dataset.voices)
    return {
        voice.label: AUDIENCES[voice.form.audience]
        if several[voice.form.audience] == 1
        else f"{AUDIENCES[voice.form.audience]}: {with_home(voice.form.title, dataset.homes)}"
        for voice in dataset.voices
    }


def _parts(dataset: Dataset, round_: Round) -> Iterator[AudienceSection]:
    told = [table.told for table in summary_sheet(dataset, "", "").tables if table.section]
    progress = {form.form_id: form for form in progress_of(app_state().store, round_, app_state().form).by_form}
    called = _called(dataset)
    for voice, sentences in zip(dataset.voices, told, strict=True):
        yield AudienceSection(
            voice,
            called[voice.label],
            with_home(voice.form.title, dataset.homes),
            sentences,
            _rate(voice, progress.get(voice.form.id)),
            tuple(blocks(voice, dataset.homes)),
            tuple(with_and_without_somebody(voice, dataset.homes)),
            tuple(_comments(dataset, voice)),
        )


def _rate(voice: Voice, progress: FormProgress | None) -> str:
    """How many of those asked have answered, as far as the round's own page says so."""
    if progress is None:
        return ""
    if not progress.shown:
        return f"{AUDIENCES[voice.form.audience]} were asked."
    if voice.protection.no_counts:
        return ""
    if progress.unnamed and not progress.answered:
        return ""
    if not progress.asked:
        return "Nobody said how many were asked, so there is no response rate."
    if progress.unnamed:
        return f"{progress.asked} asked, {progress.answered_in_words}."
    of_all = percent(progress.answered, progress.asked)
    rate = "" if isinstance(of_all, Sign) or progress.answered > progress.asked else f" · {of_all}%"
    return f"{progress.answered} of {progress.asked} asked have answered{rate}."


def _comments(dataset: Dataset, voice: Voice) -> Iterator[Comments]:
    """The words that the workbook's sheet of comments has for this account, in the same order."""
    if voice.protection.no_figures is not None:
        return  # said once, above, and of all questions alike
    lead = "safeguarding_lead" in (dataset.roles or ())
    home_id = dataset.homes[0].id
    read = {each.id for each in app_state().store[CommentRead].find("home_id", home_id) if each.by_lead or not lead}
    for each in written_by(dataset, voice):
        said = tuple(
            CommentView(
                one.words,
                writer_of(voice, one.sent),
                one.key in read if voice.form.audience == "child" else None,
                tuple(theme.words for theme in one.themes),
            )
            for one in each.said
        )
        if said or each.withheld:
            yield Comments(each.asked, said, each.withheld)


def _is_protected(voice: Voice) -> bool:
    """Whether figures of an unnamed form are shown to somebody who does not read its answers."""
    return voice.form.is_unnamed and voice.protection.no_rows is not None and voice.protection.no_figures is None


def _of_few(voice: Voice, told: Iterable[Tally]) -> bool:
    """Whether these figures, shown as they are to a reader of the form, are of so few that they are single answers."""
    few = range(1, voice.protection.smallest_group)
    return voice.protection.no_rows is None and any(
        tally.answered in few for tally in told if isinstance(tally, ChoiceTally | NumberTally)
    )


def _remember(seen: Iterable[tuple[str, str]]) -> None:
    """That this account looked where single answers are to be seen: of which rounds, and to which forms."""
    if request.method == "GET":
        remember_answers_read(app_state().store, current_home().id, seen, now(), by=current().account.id)


def _descriptors(dataset: Dataset) -> dict[str, tuple[str, Descriptor]]:
    """Those that any question carries the code of, by the name that the filter gives them, with their edition."""
    carried = {
        f"{code.system} {code.code}"
        for voice in dataset.voices
        for question in voice.joined.reported
        for code in question.question.codes
    }
    return {
        f"{framework.system} {entry.code}": (framework.edition or "", entry)
        for framework in editions({home.kind for home in dataset.homes})
        for entry in framework.descriptors.values()
        if f"{framework.system} {entry.code}" in carried
    }


def _about(part: AudienceSection, descriptor: str) -> AudienceSection:
    """The part with what is about a descriptor only; all of it where none is chosen."""
    if not descriptor:
        return part
    kept = tuple(block for block in part.blocks if _carries(block.question, descriptor))
    return replace(part, blocks=kept, compared=(), comments=())


def _carries(question: JoinedQuestion, descriptor: str) -> bool:
    return descriptor in [f"{code.system} {code.code}" for code in question.question.codes]
