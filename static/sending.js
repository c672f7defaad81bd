// What was answered goes to the server: the draft as it grows, all of it at the end, again when the network was gone.
(() => {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const on = (event, does) => event.split(" ").forEach((name) => document.addEventListener(name, does, true));
  let form = byId("answers");
  if (!form) return;
  const words = JSON.parse(form.getAttribute("data-words"));

  let edits = 0; // what was changed, what of it the request under way holds, and what the server has
  let sent = 0;
  let saved = 0;
  let sending = false; // finished, and not yet received
  let busy = false;
  let leaving = false;
  let wish = null; // to talk to someone: the field that says so, until the server has it
  let pause = 0; // seconds until the next try
  let timer;

  const mark = () => document.documentElement.toggleAttribute("data-unsent", edits > saved || sending);
  const draftAddress = () => form.getAttribute("hx-post");
  const answers = () => new URLSearchParams(new FormData(form));
  const post = (address, extra = {}, headers = {}) => {
    const body = answers();
    Object.entries(extra).forEach(([name, value]) => body.set(name, value));
    return fetch(address, { method: "POST", body, headers });
  };

  function say(sentence) {
    if (byId("state").textContent !== sentence) byId("state").textContent = sentence;
  }

  function later() {
    mark();
    say(words.unsent);
    if (wish) tell("waits");
    pause = Math.min(60, pause * 2 || 2);
    clearTimeout(timer);
    timer = setTimeout(again, pause * 1000);
  }

  function again() {
    if (sending) send();
    else if (form && edits > saved) form.dispatchEvent(new Event("save"));
  }

  function received() {
    if (pause) say(words.sent);
    pause = 0;
    clearTimeout(timer);
    mark();
    document.dispatchEvent(new Event("sayso:saved"));
  }

  async function send() {
    if (busy) return;
    busy = sending = true;
    mark();
    if (!pause) say(words.sending);
    let reply, text;
    try {
      reply = await post(form.getAttribute("action"), {}, { "X-Sayso": "submit" });
      text = await reply.text();
    } catch {
      reply = { status: 503 };
    }
    busy = false;
    if (reply.status > 499 || reply.status === 429) return later();
    sending = false;
    if (reply.ok) {
      leaving = true;
      return location.replace(reply.headers.get("Location") || reply.url);
    }
    show(new DOMParser().parseFromString(text, "text/html"), reply.status);
  }

  // The same form with what is wrong beside its questions, or the page that says why there is none any more.
  function show(page, status) {
    const part = page.getElementById("answers") ? "answers" : status === 410 && "main";
    if (!part) return say(words.refused);
    const fresh = document.adoptNode(page.getElementById(part));
    document.title = page.title;
    byId(part).replaceWith(fresh);
    form = byId("answers");
    saved = edits;
    if (wish) passedOn();
    received();
    document.dispatchEvent(new Event("sayso:arrived"));
    if (form && window.htmx) htmx.process(form);
  }

  async function speak(language) {
    try {
      const reply = await post(draftAddress(), { "show-language": language });
      if (!reply.ok) throw reply;
      leaving = true;
      location.replace(`${form.getAttribute("action")}?language=${language}#${form.getAttribute("data-here")}`);
    } catch {
      later();
    }
  }

  on("input change", ({ target }) => {
    if (!form || target.form !== form || !form.contains(target)) return; // what is said of a wish to talk waits for its button
    edits += 1;
    mark();
  });

  on("click", (event) => {
    if (event.target.name !== "show-language") return;
    event.preventDefault();
    speak(event.target.value);
  });

  // --- a wish to talk: it goes as an answer does, with no other needed ---

  const tell = (what) => (byId("talk-state").textContent = byId("talk-state").getAttribute("data-" + what));

  function passedOn() {
    wish.remove();
    wish = null;
    byId("talk-ask").hidden = true;
  }

  on("click", (event) => {
    if (event.target.name !== "talk-now" || !window.htmx || !form) return;
    event.preventDefault();
    if (!wish) {
      wish = Object.assign(document.createElement("input"), { type: "hidden", name: "talk-now", value: "yes" });
      form.append(wish);
    }
    edits += 1;
    mark();
    tell("passing");
    form.dispatchEvent(new Event("save"));
  });

  on("htmx:oobAfterSwap", ({ detail }) => {
    if (detail.target.id !== "talk-state" || !wish) return;
    const watching = byId("talk").contains(document.activeElement);
    passedOn();
    if (watching) detail.target.firstElementChild.focus();
  });

  on("submit", (event) => {
    if (event.target !== form) return;
    if (event.submitter && event.submitter.hasAttribute("formaction")) leaving = true;
    else {
      event.preventDefault();
      send();
    }
  });

  on("htmx:beforeRequest", ({ detail }) => {
    if (detail.elt === form) sent = edits;
  });
  on("htmx:afterRequest", ({ detail }) => {
    if (detail.elt !== form || !detail.successful) return;
    saved = sent;
    received();
  });
  on("htmx:sendError htmx:timeout", later);
  on("htmx:responseError", ({ detail }) => (detail.xhr.status > 499 || detail.xhr.status === 429 ? later() : say(words.refused)));

  addEventListener("online", again);
  on("visibilitychange", again);
  addEventListener("pagehide", () => {
    if (form && edits > saved && !leaving) navigator.sendBeacon(draftAddress(), answers());
  });
})();
