// A wish to talk from the thank-you page: it is sent until it has arrived, and no page of faults comes in its place.
(() => {
  const form = document.getElementById("answers");
  const state = document.getElementById("talk-state");
  let wish; // until it has arrived

  async function pass() {
    for (;;) {
      try {
        const reply = await fetch(form.action, { method: "POST", body: wish });
        if (reply.status < 429) {
          wish = null;
          return location.replace(reply.ok ? reply.url : location.href);
        }
      } catch { /* not yet */ }
      state.textContent = state.dataset.waits;
      await new Promise((again) => setTimeout(again, 3000));
    }
  }

  addEventListener("submit", (event) => {
    if (event.target !== form) return; // the next form for a child is begun from this page, too
    event.preventDefault();
    if (!state || wish) return;
    wish = new URLSearchParams([...new FormData(form), ["talk-now", "yes"]]);
    state.textContent = state.dataset.passing;
    pass();
  });
  addEventListener("pagehide", () => wish && navigator.sendBeacon(form.action, wish));
})();
