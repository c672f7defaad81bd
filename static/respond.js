// One document, one step at a time: what is shown, and what is hidden. Without it the page is one long form that works.
(() => {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const all = (selector, root = form) => [...root.querySelectorAll(selector)];
  const on = (event, does) => event.split(" ").forEach((name) => document.addEventListener(name, does, true));
  // Never form.action, form.elements, form.dataset: a question may be called so, and its field would stand there instead.
  const fact = (name) => form.getAttribute("data-" + name);
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

  const more = typeof Fields === "object" ? Fields : { reads: {}, shown: (answers, see) => see(answers), repeat() {} };
  const see = (answers) => Sayso.visible(rules, answers, meta);

  function answerOf(type, name, data) {
    if (type === "select_multiple") return data.getAll(name);
    if (more.reads[type]) return more.reads[type](name, data);
    const text = data.get(name);
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

  // --- steps ---

  const steps = () =>
    [byId("intro"), ...all(fact("one") ? ".page>.q" : ".page"), byId("end")].filter((step) => !step.off);

  function draw() {
    const shown = more.shown(collect(), see);
    here = byId(here.id);
    form.setAttribute("data-here", here.id);
    for (const block of all(".q").reverse()) {
      const group = block.dataset.type === "group";
      block.off = group ? all(".q", block).every((inner) => inner.off) : !shown.questions.includes(block.id.slice(2));
      block.hidden = block.off;
    }
    all(".detail").forEach((detail) => (detail.hidden = detail.firstElementChild.off));
    all(".page").forEach((page) => (page.off = !shown.pages.includes(page.id.slice(5))));
    for (const part of all("#intro,.page,.page>.q,#end")) part.hidden = part.off || !(part.contains(here) || here.contains(part));
    more.repeat(shown);

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
    const { key, target } = event;
    if (!form || target.form !== form || target.tagName !== "INPUT") return;
    if (key === "Tab" && target.type === "radio" && fact("one")) toNextOf(event);
    if (key !== "Enter") return;
    event.preventDefault();
    if (/radio|checkbox/.test(target.type) && !target.checked) target.click();
    else if (form.contains(target)) move(1); // and not what somebody wants to be called
  });

  // With one switch, or Tab alone, each answer is reached after the other, round to where it began.
  let entered;
  on("focusin", ({ target, relatedTarget: before }) => {
    if (target.type === "radio" && !(before && before.name === target.name)) entered = target;
  });

  function toNextOf(event) {
    const group = all("input", document).filter((other) => other.name === event.target.name);
    const next = group[(group.indexOf(event.target) + (event.shiftKey ? group.length - 1 : 1)) % group.length];
    if (next === entered) return;
    event.preventDefault();
    next.focus();
  }

  on("input change", ({ target }) => {
    if (!form || target.form !== form) return;
    if (target.type === "checkbox" && target.checked)
      for (const other of all("input"))
        if (other.name === target.name && other !== target && [target, other].some((box) => "exclusive" in box.dataset)) other.checked = false;
    draw();
  });

  on("sayso:rows", draw);

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
