// Leaving and hiding: at once, and with nothing left behind for whoever takes the tablet next.
(() => {
  "use strict";

  const root = document.documentElement;
  const body = document.body;
  const start = body.dataset.start; // where a shared tablet returns to; a person's own device has none
  const hide = document.getElementById("hide");
  const idle = document.getElementById("idle");
  const waiting = document.getElementById("waiting");
  const title = document.title;

  // A page that comes back from memory would show what was there.
  addEventListener("pageshow", (event) => event.persisted && location.reload());

  // --- hide this page: a leaf of a calendar, from here and not from the network ---

  const leaf = document.createElement("div");
  const back = document.createElement("button");
  leaf.className = "cover";
  leaf.setAttribute("role", "main");
  if (hide) {
    const today = document.createElement("h1");
    today.textContent = new Date().toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric" });
    back.textContent = hide.dataset.back;
    leaf.append(today, back);
  }

  function cover(covering) {
    body.classList.toggle("covered", covering);
    if (covering) body.append(leaf);
    else leaf.remove();
    document.title = covering ? leaf.firstChild.textContent : title;
    (covering ? back : hide).focus();
  }

  back.onclick = () => cover(false);
  if (hide) hide.onclick = (event) => {
    event.preventDefault();
    cover(true);
  };

  let escapes = [];
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !hide) return;
    escapes = [...escapes, event.timeStamp].slice(-3);
    if (escapes.length === 3 && event.timeStamp - escapes[0] < 2000) cover(true);
  });

  // --- between two states of a tablet there is no way back ---

  addEventListener("click", (event) => {
    const link = event.target.closest("a[data-replace]");
    if (!link) return;
    event.preventDefault();
    location.replace(link.href);
  });

  // --- nobody is there any more ---

  const MINUTE = 60000;
  let timer;

  function wait() {
    clearTimeout(timer);
    if (idle && idle.open) return;
    timer = setTimeout(ask, MINUTE);
  }

  function ask() {
    if (!idle) return leave();
    idle.showModal();
    timer = setTimeout(leave, MINUTE);
  }

  // What was not sent yet stays in the page, which nobody can read, until it is.
  function leave() {
    if (!root.hasAttribute("data-unsent")) return location.replace(start);
    if (idle) idle.close();
    body.append(waiting);
    waiting.hidden = false;
    body.classList.add("covered");
    document.addEventListener("sayso:saved", () => location.replace(start));
  }

  if (start) {
    ["pointerdown", "keydown", "input", "scroll"].forEach((event) => addEventListener(event, wait, { passive: true }));
    if (idle) {
      idle.querySelector("button").onclick = () => idle.close();
      idle.onclose = wait;
    }
    wait();
  }
})();
