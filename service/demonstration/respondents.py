"""People who do not exist answer a round, along the way that real ones take."""

import random
from collections.abc import Mapping
from datetime import timedelta

from service.collection.invitations.invite import Addressee, invite, linked
from service.collection.models.form_meta import meta_of
from service.collection.models.hashing import Hasher
from service.collection.models.response import Channel
from service.collection.responses import submission
from service.definitions import Audience, Form
from service.demonstration.answers import answers_to
from service.demonstration.email_history import Post

BY_LINK: tuple[Audience, ...] = ("social_worker", "parent", "professional", "foster_carer")


def respond(
    post: Post,
    library: Mapping[str, Form],
    hasher: Hasher,
    chance: random.Random,
    number: int,
    tokens: Mapping[str, list[str]],
) -> None:
    """So many responses to a round, its forms in turn, by these links as long as there are any."""
    store, round_ = post.store, post.round
    left = {form_id: list(found) for form_id, found in tokens.items()}
    for each in range(number):
        ref = round_.forms[each % len(round_.forms)]
        form = library[ref.form_id]
        moment = round_.opened_at + timedelta(hours=chance.randint(2, 230), minutes=chance.randint(0, 59))
        channel: Channel = "link" if form.audience in BY_LINK else "tablet"
        invitation = None
        if channel == "link":
            token = left[form.id].pop(0) if left.get(form.id) else _one_more(post, form, each)
            invitation = linked(store, token)
        invitation_id = invitation.id if invitation else None
        draft = submission.begin(store, round_, ref, channel, form.base_language, moment, invitation_id)
        meta = meta_of(round_, post.home, None, moment)
        answers = answers_to(form, meta, chance)
        moment += timedelta(minutes=chance.randint(3, 12))
        submission.save_answers(store, draft.id, answers, form.base_language, moment)
        if each % 11 != 10:  # somebody always stops half-way
            submission.submit(store, draft.id, form, answers, meta, hasher, moment)


def _one_more(post: Post, form: Form, number: int) -> str:
    """Somebody who is on no list and had no letter: large demonstrations need many."""
    person = Addressee(form.id, f"Person {number + 1} (made up)", f"person{number + 1}@example.org", "the review")
    [(_, token)] = invite(post.store, post.round, [person], post.round.opened_at)
    return token
