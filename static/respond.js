// One document, one step at a time: what is shown, and what is hidden. Without it the page is one long form that works.
(() => {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const all = (selector, root = form) => [...root.querySelectorAll(selector)];
  const on = (event, does) => event.split(" ").forEach((name) => document.addEventListener(name, does, true));
  // Never form.action, form.elements, form.dataset: a question may be called so, and its field would stand there instead.
  const fact = (name) => form.getAttribute("data-" + name);
  const fieldsOf = (name) => all("input,select,textarea").filter((field) => field.name === name || field.name.startsWith(name + "."));
  let form, rules, meta, words;
  let here; // the step that is shown: the beginning, a question or a page of them, the end

  function begin() {
    form = byId("answers");
    if (!form) return;
    [rules, meta, words] = ["rules", "meta", "words"].map((name) => JSON.parse(fact(name)));
    here = byId("intro");
    draw();
    form.classList.add("on");
    byId("steps").hidden = false;
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
    const parts = () => [...data].filter(([key, value]) => value && key.startsWith(name + "."));
    const text = data.get(name);
    if (type === "select_multiple") return data.getAll(name);
    if (type === "rank") return parts().map(([, value]) => value);
    if (type === "matrix") return Object.fromEntries(parts().map(([key, value]) => [key.slice(name.length + 1), value]));
    if (type === "number") return asNumber(text);
    if (type === "date" && text === null) return monthOf(data.get(name + ".year").trim(), data.get(name + ".month"));
    return text && text.trim();
  }

  const monthOf = (year, month) => (year || month ? `${year}-${month}` : "");

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
    [byId("intro"), ...all(fact("one") ? ".page>.q" : ".page"), byId("end")].filter((step) => !step.off);

  function draw() {
    const shown = visible();
    here = byId(here.id);
    form.setAttribute("data-here", here.id);
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
    const sentence = words[fact("one") ? "question" : "page"].replace("{number}", number).replace("{count}", asked.length);
    if (progress.textContent !== sentence) progress.textContent = sentence;
    const next = byId("next");
    byId("back").hidden = here.id === "intro";
    next.hidden = here.id === "end";
    next.textContent = here.id === "intro" ? next.dataset.start : next.dataset.next;
    byId("skip").hidden = !fact("one") || !number;
  }

  // An earlier answer as a later question repeats it.
  function spoken(name, { answers, computed }) {
    if (name.startsWith("computed.")) return computed[name.slice(9)] ?? "";
    if (!(name in answers)) return "";
    const date = byId("q-" + name).dataset.type === "date";
    return fieldsOf(name).map(inWords).filter(Boolean).join(date ? " " : ", ");
  }

  function inWords(field) {
    if (/radio|checkbox/.test(field.type)) return field.checked && field.parentElement.textContent.trim();
    if (field.options) return field.value && field.selectedOptions[0].text;
    const day = field.type === "date" && field.valueAsDate;
    const long = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
    return day ? day.toLocaleDateString("en-GB", long) : field.value;
  }

  function go(step) {
    here = step;
    draw();
    const heading = step.id === "intro" ? form.querySelector("h1") : step.querySelector(".ask,h2");
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
    go(block.closest(fact("one") ? ".page>.q,#end" : ".page,#end") || byId("intro"));
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
  });

  on("keydown", (event) => {
    if (event.key !== "Enter" || !form || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    move(1);
  });

  on("input change", ({ target }) => {
    if (!form || target.form !== form) return;
    if (target.type === "checkbox" && target.checked)
      for (const other of fieldsOf(target.name))
        if (other !== target && [target, other].some((box) => "exclusive" in box.dataset)) other.checked = false;
    draw();
  });

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

  // --- what comes from elsewhere ---

  function load(address, then) {
    const script = document.createElement("script");
    script.src = address;
    script.onload = then;
    document.head.append(script);
  }

  // htmx from its network; where that does not come, the same file from here.
  const htmxFrom = byId("from-network"); // an id of "htmx" would itself be window.htmx
  function fallBack() {
    const local = htmxFrom.dataset.fallback;
    if (window.htmx || !local) return;
    delete htmxFrom.dataset.fallback;
    load(local, () => document.dispatchEvent(new Event("DOMContentLoaded"))); // htmx waits for it, and it may be past
  }
  if (htmxFrom) {
    htmxFrom.addEventListener("error", fallBack);
    setTimeout(fallBack, 6000);
  }

  // Reading aloud, where the device has a voice of its own: others would send the words away.
  const voices = window.speechSynthesis;
  function hear() {
    const language = document.documentElement.lang.split("-")[0];
    const spoken = voices.getVoices().some((voice) => voice.localService && voice.lang.startsWith(language));
    if (!spoken || !voices.onvoiceschanged) return;
    voices.onvoiceschanged = null;
    load(fact("aloud"));
  }

  on("sayso:arrived", begin);
  begin();
  if (form && voices) {
    voices.onvoiceschanged = hear;
    hear();
  }
})();
