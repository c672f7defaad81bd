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
  const isWaiting = () => Boolean(waiting) && !waiting.hidden;

  // htmx notes the address of the page it is on; whoever comes next has no use for it.
  sessionStorage.clear();

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
    body.classList.toggle("covered", covering || isWaiting());
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
    goTo(link.href);
  });

  // Nothing of this page stays while the next is fetched; and without a network a browser's own page of faults would
  // come, from which no child finds back: so it is asked for first, until it is there.
  async function goTo(address) {
    body.replaceChildren();
    document.title = "…";
    for (;;) {
      try {
        if ((await fetch(address, { method: "HEAD" })).status < 500) return location.replace(address);
      } catch { /* not yet */ }
      await new Promise((again) => setTimeout(again, 3000));
    }
  }

  // --- nobody is there any more ---

  const MINUTE = 60000;
  let timer;

  function wait() {
    clearTimeout(timer);
    if ((idle && idle.open) || isWaiting()) return;
    timer = setTimeout(ask, MINUTE);
  }

  function ask() {
    if (!idle) return leave();
    idle.showModal();
    timer = setTimeout(leave, MINUTE);
  }

  const home = () => goTo(start);

  // What was not sent yet stays in the page, which nobody can read, until it is sent or staff type the PIN.
  function leave() {
    if (!root.hasAttribute("data-unsent")) return home();
    if (idle) idle.close();
    clearTimeout(timer);
    body.append(waiting);
    waiting.hidden = false;
    body.classList.add("covered");
    document.addEventListener("sayso:saved", home);
  }

  function uncover() {
    document.removeEventListener("sayso:saved", home);
    waiting.hidden = true;
    body.classList.remove("covered");
    wait();
  }

  async function tryPin(form, pin, fault) {
    const token = document.querySelector("#answers [name=csrf-token]").value;
    const data = new URLSearchParams({ pin: pin.value, "csrf-token": token });
    pin.value = fault.textContent = "";
    try {
      const reply = await fetch(form.action, { method: "POST", body: data });
      if (reply.status === 204) uncover();
      else fault.textContent = [422, 429].includes(reply.status) ? await reply.text() : "This did not work. Try again soon.";
    } catch {
      // the digits are not on this device, not even as a hash: ten thousand of them are tried in a moment
      fault.textContent = "There is no internet, so the PIN cannot be checked. Nothing is lost: leave the tablet on.";
    }
    if (fault.textContent) pin.focus();
  }

  if (start) {
    ["pointerdown", "keydown", "input", "scroll"].forEach((event) => addEventListener(event, wait, { passive: true }));
    if (idle) {
      idle.querySelector("button").onclick = () => idle.close();
      idle.onclose = wait;
    }
    if (waiting) {
      waiting.querySelector("form").onsubmit = (event) => {
        event.preventDefault();
        tryPin(event.target, waiting.querySelector("input"), document.getElementById("uncover-fault"));
      };
    }
    wait();
  }
})();
