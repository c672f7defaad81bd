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
