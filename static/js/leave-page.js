// Leaving and hiding: at once, and with nothing left behind for whoever takes the tablet next.

// What all scripts of a page use; they are sent as one function, so these names are theirs alone.
const root = document.documentElement;
const byId = (id) => document.getElementById(id);
const on = (events, does) => events.split(" ").forEach((event) => addEventListener(event, does, true));
// As this page's language writes dates; English means British.
const dated = (day, how) => day.toLocaleDateString([root.lang.replace(/^en(-x-.*)?$/, "en-GB"), "en-GB"], how);
let whenSent; // what is to happen as soon as the server has everything
let mayAskToSend = true; // an idle child at the end, once, who has not pressed the button

// Reading aloud, where the device has a voice of its own: others would send the words away.
const voices = window.speechSynthesis;
const withWords = document.querySelector("[data-facts]");
function hear() {
  const [language] = root.lang.split("-");
  if (!voices.getVoices().some((voice) => voice.localService && voice.lang.startsWith(language))) return;
  voices.onvoiceschanged = null;
  import(JSON.parse(withWords.getAttribute("data-facts")).aloud);
}
if (voices && withWords) {
  voices.onvoiceschanged = hear;
  hear();
}

(() => {
  const { body, title } = document;
  const start = body.dataset.start; // where a shared tablet returns to; a person's own device has none
  const hide = byId("hide");
  const leaf = byId("leaf");
  const idle = byId("idle");
  const waiting = byId("waiting");

  // htmx notes the address of the page it is on; whoever comes next has no use for it.
  sessionStorage.clear();

  // A page that comes back from memory would show what was there.
  on("pageshow", (event) => event.persisted && location.reload());

  let isWaiting = false; // with what was not sent yet, for the network

  function cover(hidden) {
    if (leaf) leaf.hidden = !hidden;
    if (waiting) waiting.hidden = hidden || !isWaiting;
    body.classList.toggle("covered", hidden || isWaiting);
  }

  // --- hide this page: a leaf of a calendar, from here and not from the network ---

  function hidePage(hidden) {
    const [today, back] = leaf.children;
    today.textContent = dated(new Date(), { dateStyle: "full" });
    document.title = hidden ? today.textContent : title;
    cover(hidden);
    (hidden ? back : hide).focus();
  }

  let escapes = [];
  on("keydown", ({ key, timeStamp }) => {
    if (key !== "Escape" || !hide) return;
    escapes = [timeStamp, ...escapes];
    if (timeStamp - escapes[2] < 2000) hidePage(true);
  });

  on("click", (event) => {
    const { target } = event;
    const link = target.closest("a");
    if (target.matches("#leaf button")) hidePage(false);
    target.closest("dialog button") && asked().close();
    if (!link) return;
    if (link === hide) hidePage(true);
    else if (link.id === "not-me") leave();
    else if ("replace" in link.dataset) goTo(link.href);
    else return;
    event.preventDefault();
  });

  // Between two states of a tablet there is no way back. Nothing of this page stays while the next is fetched; and
  // without a network a browser's own page of faults would come, from which no child finds back: so it is asked for
  // until it is there.
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
  const asked = () => document.querySelector("dialog[open]");
  let timer;

  function wait() {
    if (asked()) return; // a touch beside the question is no answer to it
    clearTimeout(timer);
    if (!isWaiting) timer = setTimeout(idle ? ask : leave, MINUTE);
  }

  function ask() {
    const unsent = mayAskToSend && document.querySelector("[data-here=end]") && byId("unsent");
    if (unsent) mayAskToSend = false;
    (unsent || idle).showModal();
    timer = setTimeout(leave, MINUTE);
  }

  const home = () => goTo(start);

  // What was not sent yet stays in the page, which nobody can read, until it is sent or staff type the PIN.
  function leave() {
    if (!("unsent" in root.dataset)) return home();
    whenSent = home;
    isWaiting = true;
    cover(false);
    asked()?.close();
  }

  function uncover() {
    whenSent = null;
    isWaiting = false;
    cover(false);
    wait();
  }

  async function tryPin(event) {
    event.preventDefault();
    const pin = byId("pin");
    const fault = byId("uncover-fault");
    const token = document.querySelector("[name=csrf-token]").value;
    const data = new URLSearchParams({ pin: pin.value, "csrf-token": token });
    pin.value = fault.textContent = "";
    // the digits are not on this device, not even as a hash: ten thousand of them are tried in a moment
    let told = "There is no internet just now. Nothing is lost: leave the tablet on.";
    try {
      const reply = await fetch(event.target.action, { method: "POST", body: data });
      if (reply.status === 204) return uncover();
      if (/422|429/.test(reply.status)) told = await reply.text();
    } catch { /* that is told already */ }
    fault.textContent = told;
    pin.focus();
  }

  if (!start) return;
  on("pointerdown keydown input scroll", wait);
  wait();
  if (!idle) return;
  on("close", wait);
  byId("uncover").onsubmit = tryPin;
})();
