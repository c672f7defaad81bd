// One document, one step at a time: shows and hides, keeps the draft, sends. Without it the page is one long form that works.
(() => {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const all = (selector, root = form) => [...root.querySelectorAll(selector)];
  const on = (event, does) => event.split(" ").forEach((name) => document.addEventListener(name, does, true));
  let form, rules, meta, words;
  let here; // the step that is shown: the beginning, a question or a page of them, the end

  function begin() {
    form = byId("answers");
    if (!form) return;
    [rules, meta, words] = ["rules", "meta", "words"].map((name) => JSON.parse(form.dataset[name]));
    form.classList.add("on");
    byId("steps").hidden = false;
    here = byId("intro");
    draw();
    const wrong = form.querySelector(".faults,.doubts");
    const asked = wrong ? wrong.querySelector("a") : location;
    if (asked && byId(asked.hash.slice(1))) open(asked.hash);
    if (wrong) wrong.focus();
  }

  // --- what was answered, as the rules read it ---

  const isEmpty = (answer) => answer === null || answer === "" || (typeof answer === "object" && !Object.keys(answer).length);

  function asNumber(text) {
    const plain = text.trim().replace(/(\d)[, ](?=\d{3}(\D|$))/g, "$1");
    return /^[+-]?\d{1,16}(\.\d{1,15})?$/.test(plain) ? Number(plain) : text;
  }

  function answerOf(type, name, data) {
    const parts = [...data].filter(([key, value]) => value && key.startsWith(name + "."));
    const text = data.get(name);
    if (type === "select_multiple") return data.getAll(name);
    if (type === "rank") return parts.map(([, value]) => value);
    if (type === "matrix") return Object.fromEntries(parts.map(([key, value]) => [key.slice(name.length + 1), value]));
    if (type === "number") return asNumber(text);
    if (type === "date" && text === null) return data.get(name + ".year") + "-" + data.get(name + ".month");
    return text && text.trim();
  }

  function collect() {
    const data = new FormData(form);
    const answers = {};
    for (const block of all(".q")) {
      const type = block.dataset.type;
      const [start, row, id] = block.id.slice(2).split(".");
      if (type === "rows") answers[start] = [];
      else if (id) (answers[start][row] ||= {})[id] = answerOf(type, `${start}.${row}.${id}`, data);
      else if (type !== "group" && type !== "note") answers[start] = answerOf(type, start, data);
    }
    return answers;
  }

  // A row in which nothing stands yet is drawn, but does not count for what is outside it.
  function visible() {
    const answers = collect();
    const filled = { ...answers };
    for (const block of all("[data-type=rows]")) {
      const id = block.id.slice(2);
      filled[id] = answers[id].filter((row) => !Object.values(row).every(isEmpty));
    }
    const shown = Sayso.visible(rules, filled, meta);
    const inRows = Sayso.visible(rules, answers, meta).questions.filter((name) => name.includes("."));
    return { ...shown, names: new Set([...shown.questions.filter((name) => !name.includes(".")), ...inRows]) };
  }

  // --- steps ---

  const steps = () =>
    [byId("intro"), ...all(form.dataset.one ? ".page>.q" : ".page"), byId("end")].filter((step) => !step.off);

  function draw() {
    const shown = visible();
    here = byId(here.id);
    for (const block of all(".q").reverse()) {
      const group = block.dataset.type === "group";
      block.off = group ? all(".q", block).every((inner) => inner.off) : !shown.names.has(block.id.slice(2));
      block.hidden = block.off;
    }
    all(".detail").forEach((detail) => (detail.hidden = detail.firstElementChild.off));
    all(".page").forEach((page) => (page.off = !shown.pages.includes(page.id.slice(5))));
    for (const part of all("#intro,.page,.page>.q,#end")) part.hidden = part.off || !(part.contains(here) || here.contains(part));
    all("[data-pipe]").forEach((span) => (span.textContent = spoken(span.dataset.pipe, shown)));

    const asked = steps().slice(1, -1).filter((step) => step.dataset.type !== "note");
    const number = asked.indexOf(here) + 1;
    const progress = byId("progress");
    progress.hidden = !number;
    const sentence = words[form.dataset.one ? "question" : "page"].replace("{number}", number).replace("{count}", asked.length);
    if (progress.textContent !== sentence) progress.textContent = sentence;
    const next = byId("next");
    byId("back").hidden = here.id === "intro";
    next.hidden = here.id === "end";
    next.textContent = here.id === "intro" ? next.dataset.start : next.dataset.next;
    byId("skip").hidden = !form.dataset.one || !number;
  }

  // An earlier answer as a later question repeats it.
  function spoken(name, { answers, computed }) {
    if (name.startsWith("computed.")) return computed[name.slice(9)] ?? "";
    if (!(name in answers)) return "";
    const date = byId("q-" + name).dataset.type === "date";
    const fields = [...form.elements].filter((field) => field.name === name || field.name.startsWith(name + "."));
    return fields.map(inWords).filter(Boolean).join(date ? " " : ", ");
  }

  function inWords(field) {
    if (/radio|checkbox/.test(field.type)) return field.checked && field.parentElement.textContent.trim();
    if (field.options) return field.value && field.selectedOptions[0].text;
    const day = field.type === "date" && field.valueAsDate;
    const long = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
    return day ? day.toLocaleDateString(meta.locale || "en-GB", long) : field.value;
  }

  function go(step) {
    here = step;
    draw();
    const heading = step.querySelector(".ask,h1,h2");
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  function move(by) {
    const list = steps();
    go(list[list.indexOf(here) + by]);
  }

  function open(hash) {
    const block = byId(hash.slice(1));
    go(block.closest(form.dataset.one ? ".page>.q,#end" : ".page,#end") || byId("intro"));
    const field = block.querySelector("input,select,textarea");
    if (field && hash !== location.hash) field.focus();
  }

  on("click", (event) => {
    const target = event.target.closest("a,button");
    if (!form || !target) return;
    if (target.id === "back") move(-1);
    if (target.id === "next" || target.id === "skip") move(1);
    if (target.matches('a[href^="#q-"]')) {
      event.preventDefault();
      open(target.hash);
    }
    if (target.name === "show-language") {
      event.preventDefault();
      speak(target.value);
    }
  });

  on("keydown", (event) => {
    if (event.key !== "Enter" || !form || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    move(1);
  });

  on("input change", ({ target }) => {
    if (!form || target.form !== form) return;
    edits += 1;
    if (target.type === "checkbox" && target.checked)
      for (const other of form.elements)
        if (other !== target && other.name === target.name && [target, other].some((box) => "exclusive" in box.dataset))
          other.checked = false;
    draw();
    mark();
  });

  // --- keeping and sending ---

  let edits = 0; // what was changed, what of it the request under way holds, and what the server has
  let sent = 0;
  let saved = 0;
  let sending = false; // finished, and not yet received
  let busy = false;
  let leaving = false;
  let pause = 0; // seconds until the next try
  let timer;

  const mark = () => document.documentElement.toggleAttribute("data-unsent", edits > saved || sending);
  const draftAddress = () => form.getAttribute("hx-post");
  const post = (address, extra = {}, headers = {}) => {
    const body = new URLSearchParams(new FormData(form));
    Object.entries(extra).forEach(([name, value]) => body.set(name, value));
    return fetch(address, { method: "POST", body, headers });
  };

  function say(sentence) {
    if (byId("state").textContent !== sentence) byId("state").textContent = sentence;
  }

  function later() {
    mark();
    say(words.unsent);
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
      reply = await post(form.action, {}, { "X-Sayso": "submit" });
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
    saved = edits;
    received();
    begin();
    if (form && window.htmx) htmx.process(form);
  }

  async function speak(language) {
    try {
      const reply = await post(draftAddress(), { "show-language": language });
      if (!reply.ok) throw reply;
      leaving = true;
      location.replace(`${form.action}?language=${language}#${here.id}`);
    } catch {
      later();
    }
  }

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

  // A row was added or taken away: go on in it.
  on("htmx:afterSettle", ({ detail }) => {
    const { name, value } = detail.requestConfig.elt;
    if (!/-row$/.test(name || "")) return;
    draw();
    const group = byId("q-" + value.split(".")[0]);
    const rows = all(".row,tbody tr", group);
    const target = name === "add-row" && rows.length ? rows[rows.length - 1] : group;
    target.querySelector("input,select,textarea,button").focus();
  });

  addEventListener("online", again);
  on("visibilitychange", again);
  addEventListener("pagehide", () => {
    if (form && edits > saved && !leaving) navigator.sendBeacon(draftAddress(), new URLSearchParams(new FormData(form)));
  });

  // htmx from its network; where that does not come, the same file from here.
  const script = byId("htmx");
  function fallBack() {
    if (window.htmx || !script.dataset.fallback) return;
    const local = document.createElement("script");
    local.src = script.dataset.fallback;
    local.onload = () => document.dispatchEvent(new Event("DOMContentLoaded")); // for which htmx waits, and which may be past
    delete script.dataset.fallback;
    document.head.append(local);
  }
  if (script) {
    script.addEventListener("error", fallBack);
    setTimeout(fallBack, 6000);
  }

  begin();
})();
