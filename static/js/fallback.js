// htmx comes from its network; where that does not come, the same file from here.
const network = document.getElementById("from-network"); // an id of "htmx" would itself be window.htmx
function fallBack() {
  const { fallback } = network.dataset;
  network.dataset.fallback = "";
  if (!fallback || window.htmx) return;
  const script = document.createElement("script");
  script.src = fallback;
  script.onload = () => document.dispatchEvent(new Event("DOMContentLoaded")); // htmx waits for it, and it may be past
  document.head.append(script);
}
network.onerror = fallBack;
setTimeout(fallBack, 6000);
