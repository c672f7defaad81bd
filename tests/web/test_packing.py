"""Pages that are packed once: what is put into their places comes out again; what does not fit is sent all the same."""

import gzip
import secrets
import string
import subprocess
import sys
from importlib.util import find_spec

import pytest
from flask import Flask

from service.web.http.minify_html import terse
from service.web.http.prepacked_gzip import mould
from service.web.respondent.document import PLACES
from tests.served import ROOT

pytestmark = pytest.mark.usefixtures("packed_tightly")

LETTERS = string.ascii_letters + string.digits + "-_."
WORDS = (ROOT / "forms/child-views.json").read_text("utf-8")[:8000].replace("<", "(")


def page(response_id: str, token: str) -> str:
    return (
        f'<form action="/r/{response_id}">{WORDS}<input value="{token}"><a href="/r/{response_id}">{WORDS[:500]}…</a>'
    )


def test_what_is_put_in_comes_out_and_all_else_is_as_it_was() -> None:
    packed = mould(page, PLACES)
    plain = len(gzip.compress(page("0" * 32, "0" * 91).encode()))
    for _ in range(50):
        texts = [secrets.token_hex(16), "".join(secrets.choice(LETTERS) for _ in range(91))]
        content, is_packed = packed.filled(texts, pack=True)
        assert is_packed
        assert gzip.decompress(content).decode() == page(*texts)
        assert len(content) < plain + 130, "what is put in cannot be packed, and the rest is"
        assert packed.filled(texts, pack=False) == (page(*texts).encode(), False)


@pytest.mark.parametrize("token", ["short", "A" * 92, "é" * 91])
def test_what_does_not_fit_is_sent_unpacked(token: str) -> None:
    packed = mould(page, PLACES)
    assert packed.filled(["0" * 32, token], pack=True) == (page("0" * 32, token).encode(), False)


def test_a_page_in_which_something_else_repeats_a_piece_of_a_mark_is_sent_unpacked() -> None:
    packed = mould(lambda response_id, token: f"{page(response_id, token)} and {token[10:30]} as well", PLACES)
    texts = ["0" * 32, "".join(secrets.choice(LETTERS) for _ in range(91))]
    content, is_packed = packed.filled(texts, pack=True)
    assert not is_packed
    assert content.decode().startswith(page(*texts))


def test_in_fewer_letters_a_page_reads_no_text_of_an_author_back() -> None:
    written = '<p class="hint">A &lt;b&gt; &amp; it&#39;s &#34;so&#34;</p>\n<ul>\n<li title="&gt;&#39;&lt;!--">x</li>\n'
    written += "</ul>\n"
    assert terse(written) == '<p class=hint>A &lt;b&gt; &amp; it\'s "so"<ul><li title="&gt;&#39;&lt;!--">x</ul>'


FORKED = """
import os, signal
from service.web.http.static_files import JS, shortened
text = "const long = (name) => name + 1; window.x = long;"
assert len(shortened(JS, text)) < len(text)
child = os.fork()
if child == 0:
    signal.alarm(60)
    os._exit(0 if shortened(JS, text) == text else 1)
assert os.waitpid(child, 0)[1] == 0
"""


@pytest.mark.skipif(not find_spec("minify"), reason="nothing here shortens scripts: forking was not tried")
def test_a_process_that_was_forked_after_scripts_were_shortened_sends_them_as_they_are() -> None:
    subprocess.run([sys.executable, "-W", "ignore", "-c", FORKED], cwd=ROOT, check=True, timeout=120)


def test_only_what_lies_in_its_folder_is_sent_and_only_together_as_pages_ask_for_it(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/static/form.js").status_code == 200
    for name in ("leave.js+respond.js", "no-such.js", "..%2fwsgi.py", "fonts/no-such.css"):
        assert client.get(f"/static/{name}").status_code == 404
