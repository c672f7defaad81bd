// The builder's comforts. Everything works without them: keys press what has their name, a question shows its answers.
const typing = (element) => element.closest("input:not([type=checkbox]),textarea,select,[contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const found = [...document.querySelectorAll("[data-key]")].find((each) => each.dataset.key === event.key);
  if (!found || found.disabled) return;
  event.preventDefault();
  if (found.matches("input")) found.focus();
  else found.click();
});

document.addEventListener("change", (event) => {
  if (event.target.matches(".asks")) event.target.form.querySelector("button[value=look]").click();
});

// The preview beside the editor follows each change.
document.addEventListener("htmx:afterRequest", (event) => {
  const frame = document.querySelector("#beside iframe");
  if (frame?.offsetParent && event.detail.requestConfig?.verb === "post") frame.contentWindow.location.reload();
});

// htmx knows the pressed button of a form only where the button stands inside it.
document.addEventListener("htmx:configRequest", (event) => {
  const button = event.detail.triggeringEvent?.submitter;
  if (button?.hasAttribute("form")) event.detail.parameters[button.name] = button.value;
});

// Cards are dragged by a grip: an extra beside Up, Down and Move.
const dragging = () => {
  const editor = document.getElementById("editor");
  if (!editor || !window.Sortable) return;
  for (const line of editor.querySelectorAll(".item > .line:has(> .do)")) {
    const grip = document.createElement("span");
    grip.className = "grip";
    grip.ariaHidden = "true";
    line.prepend(grip);
  }
  for (const list of editor.querySelectorAll("ol.cards")) {
    const inside = list.closest(".item");
    Sortable.create(list, { group: inside ? "questions" : "top", handle: ".grip", draggable: ".item", animation: 120, onEnd: dropped });
  }
};

const dropped = ({ item, from, to, oldIndex, newIndex }) => {
  if (from === to && oldIndex === newIndex) return;
  const { editor, moves } = { editor: document.getElementById("editor"), moves: document.getElementById("moves") };
  const before = item.previousElementSibling?.dataset.at;
  const inside = to.closest(".item")?.dataset.at;
  const values = {
    "csrf-token": moves.elements["csrf-token"].value,
    seen: moves.elements.seen.value,
    do: `after ${item.dataset.at}`,
    to: before ?? (inside ? `${inside}/questions` : item.dataset.at.split("/")[0]),
  };
  htmx.ajax("POST", editor.dataset.moves, { target: "#editor", swap: "outerHTML", select: "#editor", values });
};

document.addEventListener("DOMContentLoaded", dragging);
document.addEventListener("htmx:afterSettle", (event) => event.target.id === "editor" && dragging());
