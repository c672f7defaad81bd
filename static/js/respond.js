// One document, one step at a time: what is shown, and what is hidden. Without it the page is one long form that works.

let form; // gone where the page says why there is nothing more to answer
let facts; // what the document says to us alone: its rules, sentences
let here; // the step that is shown: the beginning, a question or a page of them, the end
let seen; // the help that was there when somebody went on

// Never form.action, form.elements, form.dataset: a question may be called so, and its field would stand there instead.
const fact = (name) => form.getAttribute(name);
const one = () => fact("data-one"); // question on a page
const step = () => (one() ? ".page>.q" : ".page");
const all = (selector, inside = form) => [...inside.querySelectorAll(selector)];

function begin() {
  form = byId("answers");
  if (!form) return;
  facts = JSON.parse(fact("data-facts"));
  here = byId("intro");
  draw();
  form.classList.add("on");
  byId("steps").hidden = false;
  const wrong = form.querySelector(".faults,.doubts");
  open((wrong ? wrong.querySelector("a") : location)?.hash);
  wrong?.focus();
}

// --- steps ---

const steps = () => [byId("intro"), ...all(step()), byId("end")].filter((step) => !step.off);

function draw() {
  const shown = shownNow();
  form.setAttribute("data-here", here.id);
  for (const block of all(".q,.detail,.page").reverse()) {
    const holds = block.matches(":not(.q),[data-type=group]");
    block.off = holds ? all(".q", block).every((inner) => inner.off) : !shown.includes(block.id.slice(2));
    block.hidden = block.off;
  }
  for (const part of all("#intro,.page,.page>.q,#end")) part.hidden = part.off || !(part.contains(here) || here.contains(part));

  const asked = steps().slice(1, -1).filter((step) => !step.matches(".note"));
  const number = asked.indexOf(here) + 1;
  const sentence = facts.progress.replace("{number}", number).replace("{count}", asked.length);
  const [progress, back, next, skip] = ["progress", "back", "next", "skip"].map(byId);
  if (progress.textContent !== sentence) progress.textContent = sentence;
  progress.hidden = !number;
  back.hidden = here.id === "intro";
  next.hidden = here.id === "end";
  next.textContent = back.hidden ? facts.start : facts.next;
  skip.hidden = !one() || !number;
}

function go(step) {
  here = step;
  draw();
  const heading = (step.id === "intro" ? form : step).querySelector("h1,h2,.ask");
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  scrollTo(0, 0);
}

function move(by) {
  const list = steps();
  go(list[list.indexOf(here) + by]);
  // whoever comes near later shall not read there what an earlier answer was met with
  const help = byId("help");
  seen = help.textContent || seen;
  help.textContent = "";
}

function open(hash = "") {
  const block = byId(hash.slice(1));
  if (!block) return;
  go(block.closest(step() + ",#end") || byId("intro"));
  const field = block.querySelector("[name]");
  if (field && hash !== location.hash) field.focus();
}

on("click", (event) => {
  const { id, hash } = event.target.closest("a,button") || {};
  if (id === "back") move(-1);
  if (id === "next" || id === "skip") move(1);
  if (!hash?.startsWith("#q-")) return;
  event.preventDefault();
  open(hash);
});

on("keydown", (event) => {
  const { key, target } = event;
  if (!form || target.form !== form || !target.matches("input")) return;
  if (key === "Tab" && target.type === "radio" && one()) toNextOf(event);
  if (key !== "Enter") return;
  event.preventDefault();
  if (/radio|checkbox/.test(target.type) && !target.checked) target.click();
  else if (form.contains(target)) move(1); // and not what somebody wants to be called
});

// With one switch, or Tab alone, each answer is reached after the other, round to where it began.
let entered;
on("focusin", ({ target, relatedTarget }) => {
  if (target.type === "radio" && relatedTarget?.name !== target.name) entered = target;
});

function toNextOf(event) {
  const group = all(`[name="${event.target.name}"]`, document);
  const next = group.at((group.indexOf(event.target) + (event.shiftKey ? -1 : 1)) % group.length);
  if (next === entered) return;
  event.preventDefault();
  next.focus();
}

on("input change", ({ target }) => {
  if (!form || target.form !== form) return;
  if (target.type === "checkbox" && target.checked)
    for (const other of all(`[name="${target.name}"]`))
      if (other !== target && [target, other].some((box) => "exclusive" in box.dataset)) other.checked = false;
  draw();
  if (form.contains(target)) edited(); // what is said of a wish to talk waits for its button
});
