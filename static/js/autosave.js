// What was answered goes to the server: the draft as it grows, all of it at the end, again when the network was gone.

let edits = 0; // what was changed, what of it the request under way holds, and what the server has
let sent = 0;
let saved = 0;
let sending = false; // finished, and not yet received
let busy = false;
let leaving = false;
let wishing = false; // to talk to someone, until the server knows
let pause = 0; // seconds until the next try
let retry;

const draft = () => fact("hx-post");
const answers = (more = []) => new URLSearchParams([...new FormData(form), ...more]);
const post = (address, more) => fetch(address, { method: "POST", body: answers(more) });
const mark = () => root.toggleAttribute("data-unsent", edits > saved || sending);
const isForLater = (status) => status > 499 || status === 429;

function edited() {
  edits += 1;
  mark();
}

function save() {
  form.dispatchEvent(new Event("save"));
}

function say(sentence) {
  const state = byId("state");
  if (state && state.textContent !== sentence) state.textContent = sentence;
}

function later() {
  mark();
  say(facts.unsent);
  if (wishing) tell("waits");
  pause = Math.min(60, pause * 2 || 2);
  clearTimeout(retry);
  retry = setTimeout(again, pause * 1000);
}

function again() {
  if (sending) send();
  else if (form && edits > saved) save();
}

function received() {
  if (pause) say(facts.sent);
  pause = 0;
  clearTimeout(retry);
  mark();
  whenSent?.();
}

async function send() {
  if (busy) return;
  busy = sending = true;
  mayAskToSend = false;
  mark();
  if (!pause) say(facts.sending);
  let reply, text;
  try {
    reply = await post(fact("action"));
    text = await reply.text();
  } catch { /* nothing came */ }
  busy = false;
  if (!text || isForLater(reply.status)) return later();
  sending = false;
  if (!reply.ok) return show(new DOMParser().parseFromString(text, "text/html"), reply.status);
  leaving = true;
  location.replace(reply.url);
}

// The same form with what is wrong beside its questions, or the page that says why there is none any more.
function show(page, status) {
  const part = page.getElementById("answers") || (status === 410 && page.getElementById("main"));
  if (!part) return say(facts.refused);
  document.title = page.title;
  byId(part.id).replaceWith(part);
  begin();
  saved = edits;
  if (wishing) passedOn();
  received();
  if (form && window.htmx) htmx.process(form);
}

async function speak(language) {
  try {
    const reply = await post(draft(), [["show-language", language]]);
    if (!reply.ok) throw reply;
    leaving = true;
    location.replace(`${fact("action")}?language=${language}#${here.id}`);
  } catch {
    later();
  }
}

on("click", (event) => {
  const { name, value } = event.target;
  if (name === "show-language") speak(value);
  else if (name === "talk-now" && window.htmx && form) wish();
  else return;
  event.preventDefault();
});

// --- a wish to talk: it goes as an answer does, with no other needed ---

function tell(what) {
  const state = byId("talk-state");
  state.textContent = state.dataset[what];
}

function wish() {
  wishing = true;
  byId("wish").disabled = false;
  edited();
  tell("passing");
  save();
}

function passedOn() {
  wishing = false;
  if (form) byId("wish").disabled = true;
  byId("talk-ask").hidden = true;
}

on("htmx:oobAfterSwap", ({ detail: { target } }) => {
  if (target.textContent === seen) target.textContent = ""; // it comes with every save, and is shown where it is new
  if (target.id !== "talk-state" || !wishing) return;
  const watching = byId("talk").contains(document.activeElement);
  passedOn();
  if (watching) target.firstElementChild.focus();
});

on("submit", (event) => {
  if (event.target !== form) return;
  if (event.submitter?.hasAttribute("formaction")) return (leaving = true);
  event.preventDefault();
  send();
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
on("htmx:responseError", ({ detail }) => (isForLater(detail.xhr.status) ? later() : say(facts.refused)));

on("online visibilitychange", again);
on("pagehide", () => {
  if (form && edits > saved && !leaving) navigator.sendBeacon(draft(), answers());
});

begin();
