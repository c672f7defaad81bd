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
from service.analysis.tallies import ChoiceTally, NumberTally, Tally
from service.analysis.voices import ORDER, WIDE, editions, side_by_side
from service.collection.follow_up.progress import FormProgress, progress_of
from service.collection.models.comment_read import Reading
from service.collection.models.round import Round
from service.collection.rounds.annex_a import last_annex_a
from service.dates import day_at, in_words, now
from service.frameworks import Descriptor
from service.operations.figures import keep_figures
from service.operations.results import remember_answers_read
from service.reports.dataset import Gathered, Voice, gather
from service.reports.labels import AUDIENCES, with_home, wording
from service.reports.sheets.comments import themed, writer_of, written_by
from service.reports.sheets.over_time import over_time_sheet
from service.reports.sheets.summary import summary_sheet
from service.reports.sheets.voices import given_in_words, speakers
from service.state import running
from service.web.http.access import here, home_here, may, record_here
from service.web.results.figures import Block, Compared, blocks, on_page, with_and_without_somebody
from service.web.results.workbooks import over

bp = Blueprint("results", __name__)


@dataclass(frozen=True)
class Comment:
    """What somebody wrote. `read` is None where it does not wait for a reader; `themes` are in words."""

    words: str
    writer: str | None
    read: bool | None
    themes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comments:
    """All that was written in answer to one question, or why it is not shown."""

    asked: str
    said: tuple[Comment, ...]
    why_not: str | None


@dataclass(frozen=True)
class Part:
    """One audience on the page. `called` is what leads to it: the audience, with the form where several are its."""

    voice: Voice
    called: str
    title: str
    told: tuple[str, ...]
    rate: str
    blocks: tuple[Block, ...]
    compared: tuple[Compared, ...]
    comments: tuple[Comments, ...]


@bp.get("/rounds/<round_id>/results")
@may("take_workbooks")
def one(round_id: str) -> ResponseReturnValue:
    """The figures by question, by audience and by descriptor. Both only choose among what may be shown anyway."""
    asked = record_here("round_id")
    gathered = _gathered(asked)
    audience, descriptor = request.args.get("audience", ""), request.args.get("descriptor", "")
    parts = [
        part
        for part in _parts(gathered, asked)
        if not audience or part.voice.form.id == audience or part.voice.form.audience == audience
    ]
    _remember([(asked.id, part.voice.form.id) for part in parts if part.voice.shown])
    return render_template(
        "results/one.html",
        **_around(asked),
        parts=[_about(part, descriptor) for part in parts],
        choices=list(dict.fromkeys(voice.form.audience for voice in gathered.voices)),
        descriptors=_descriptors(gathered),
        audience=audience,
        descriptor=descriptor,
        called=_called(gathered),
        asks_children=any(voice.form.audience == "child" for voice in gathered.voices),
        may_read=here().may("read_comments"),
        themed=themed(gathered, [part.voice for part in parts]) if not descriptor else None,
    )


@bp.get("/rounds/<round_id>/results/voices")
@may("take_workbooks")
def voices(round_id: str) -> ResponseReturnValue:
    """What each audience says of the same descriptor, the widest gaps first."""
    asked = record_here("round_id")
    gathered = _gathered(asked)
    frameworks = editions({home.kind for home in gathered.homes})
    chosen = next((one for one in frameworks if one.edition == request.args.get("edition")), frameworks[0])
    annex_a = last_annex_a(running().store, asked.home_id, running().form)
    topics = side_by_side(chosen, speakers(gathered), annex_a.numbers if annex_a else {})
    seen = {id(tally) for topic in topics for view in topic.views for tally in view.questions}
    looked = [
        (asked.id, voice.form.id)
        for voice in gathered.voices
        if _of_few(voice, [tally for tally in voice.told if id(tally) in seen])
    ]
    if annex_a and any(one.number is not None for topic in topics for one in topic.annex_a):
        looked.append((annex_a.round_id, annex_a.form_id))
    _remember(looked)
    return render_template(
        "results/voices.html",
        **_around(asked),
        topics=topics,
        annex_a=annex_a,
        annex_a_said=given_in_words([chosen], gathered.homes, annex_a),
        frameworks=frameworks,
        chosen=chosen,
        order=ORDER,
        wide=WIDE,
        asked_of=lambda view: dict.fromkeys(wording(tally.question, gathered.homes) for tally in view.questions),
        is_sign=lambda figure: isinstance(figure, Sign),
    )


@bp.get("/homes/<home_id>/results")
@may("take_workbooks")
def over_time(home_id: str) -> ResponseReturnValue:
    """Each question through the rounds of a home: the sheet of a workbook of all its rounds."""
    home = home_here()
    rounds = sorted(running().store[Round].find("home_id", home_id), key=lambda asked: asked.opened_at)
    # A round that asks no form of another would be a column in which nothing stands.
    forms = Counter(ref.form_id for asked in rounds for ref in asked.forms)
    followed = [asked for asked in rounds if any(forms[ref.form_id] > 1 for ref in asked.forms)]
    gathered = _gathered(*followed)
    sheet = over_time_sheet(gathered, "Over time", "") if followed else None
    if sheet:
        each = [(voice, asked.id) for voice in gathered.voices for asked in followed]
        _remember([(round_id, voice.form.id) for voice, round_id in each if _of_few(voice, voice.told_in(round_id))])
    table = on_page(sheet.tables[0]) if sheet else None
    return render_template(
        "results/over_time.html",
        home=home,
        demonstration=home.demonstration,
        rounds=rounds,
        span=over([home], here().account),
        table=table,
        by_voice=[(who, list(rows)) for who, rows in groupby(table.rows if table else (), lambda row: row[0][0])],
        called=_called(gathered),
        empty=sheet.tables[0].empty if sheet else "",
        notes=sheet.notes if sheet else (),
        in_words=in_words,
        day_at=day_at,
    )


def _gathered(*rounds: Round) -> Gathered:
    """Exactly what this account's workbook would be made from."""
    service, roles, moment = running(), roles_at(here().account, home_here().id), now()
    if request.method == "GET":
        keep_figures(service.store, rounds, service.form, moment)
    return gather(service.store, rounds, service.form, service.hasher.row_order, moment, roles)


def _around(asked: Round) -> dict[str, object]:
    home = home_here()
    return {
        "asked": asked,
        "home": home,
        "demonstration": home.demonstration,
        "is_open": asked.is_open(day_at(now())),
        "audiences": AUDIENCES,
        "signs": SIGNS_EXPLAINED,
        "in_words": in_words,
        "day_at": day_at,
    }


def _called(gathered: Gathered) -> dict[str, str]:
    """What a page calls each audience where a workbook has its label: several forms of one by what they ask."""
    several = Counter(voice.form.audience for voice in gathered.voices)
    return {
        voice.label: AUDIENCES[voice.form.audience]
        if several[voice.form.audience] == 1
        else f"{AUDIENCES[voice.form.audience]}: {with_home(voice.form.title, gathered.homes)}"
        for voice in gathered.voices
    }


def _parts(gathered: Gathered, asked: Round) -> Iterator[Part]:
    told = [table.told for table in summary_sheet(gathered, "", "").tables if table.section]
    progress = {form.form_id: form for form in progress_of(running().store, asked, running().form).by_form}
    called = _called(gathered)
    for voice, sentences in zip(gathered.voices, told, strict=True):
        yield Part(
            voice,
            called[voice.label],
            with_home(voice.form.title, gathered.homes),
            sentences,
            _rate(voice, progress.get(voice.form.id)),
            tuple(blocks(voice, gathered.homes)),
            tuple(with_and_without_somebody(voice, gathered.homes)),
            tuple(_comments(gathered, voice)),
        )


def _rate(voice: Voice, progress: FormProgress | None) -> str:
    """How many of those asked have answered, as far as the round's own page says so."""
    if progress is None or voice.protection.no_counts:
        return ""
    if not progress.shown:
        return "How many were asked and have answered is not shown: with so few children it could say who."
    if not progress.asked:
        return "Nobody said how many were asked, so there is no response rate."
    of_all = percent(progress.answered, progress.asked)
    rate = "" if isinstance(of_all, Sign) or progress.answered > progress.asked else f" · {of_all}%"
    return f"{progress.answered} of {progress.asked} asked have answered{rate}."


def _comments(gathered: Gathered, voice: Voice) -> Iterator[Comments]:
    """The words that the workbook's sheet of comments has for this account, in the same order."""
    if voice.protection.no_figures is not None:
        return  # said once, above, and of all questions alike
    lead = "safeguarding_lead" in (gathered.roles or ())
    home_id = gathered.homes[0].id
    read = {each.id for each in running().store[Reading].find("home_id", home_id) if each.by_lead or not lead}
    for each in written_by(gathered, voice):
        said = tuple(
            Comment(
                one.words,
                writer_of(voice, one.sent),
                one.key in read if voice.form.audience == "child" else None,
                tuple(theme.words for theme in one.themes),
            )
            for one in each.said
        )
        if said or each.withheld:
            yield Comments(each.asked, said, each.withheld)


def _of_few(voice: Voice, told: Iterable[Tally]) -> bool:
    """Whether these figures, shown as they are to a reader of the form, are of so few that they are single answers."""
    few = range(1, voice.protection.smallest_group)
    return voice.protection.no_rows is None and any(
        tally.answered in few for tally in told if isinstance(tally, ChoiceTally | NumberTally)
    )


def _remember(seen: Iterable[tuple[str, str]]) -> None:
    """That this account looked where single answers are to be seen: of which rounds, and to which forms."""
    if request.method == "GET":
        remember_answers_read(running().store, home_here().id, seen, now(), by=here().account.id)


def _descriptors(gathered: Gathered) -> dict[str, tuple[str, Descriptor]]:
    """Those that any question carries the code of, by the name that the filter gives them, with their edition."""
    carried = {
        f"{code.system} {code.code}"
        for voice in gathered.voices
        for question in voice.joined.reported
        for code in question.question.codes
    }
    return {
        f"{framework.system} {entry.code}": (framework.edition or "", entry)
        for framework in editions({home.kind for home in gathered.homes})
        for entry in framework.descriptors.values()
        if f"{framework.system} {entry.code}" in carried
    }


def _about(part: Part, descriptor: str) -> Part:
    """The part with what is about a descriptor only; all of it where none is chosen."""
    if not descriptor:
        return part
    kept = tuple(block for block in part.blocks if _carries(block.question, descriptor))
    return replace(part, blocks=kept, compared=(), comments=())


def _carries(question: JoinedQuestion, descriptor: str) -> bool:
    return descriptor in [f"{code.system} {code.code}" for code in question.question.codes]
