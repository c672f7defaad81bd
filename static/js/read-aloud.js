// Reads the step that is shown, with a voice that lives on the device; leave-page.js fetches this where there is one.
(() => {
  const voices = window.speechSynthesis;
  const words = JSON.parse(document.querySelector("[data-facts]").getAttribute("data-facts"));
  const language = document.documentElement.lang.split("-")[0];
  const button = document.createElement("button");
  button.type = "button";
  button.className = "aloud";
  button.textContent = words.read;
  const local = voices.getVoices().filter((voice) => voice.localService && voice.lang.startsWith(language));
  const voice = local.find((one) => one.lang.replace("_", "-") === "en-GB") || local[0];
  let reading = []; // the pieces still to be read

  // What is folded away has a place on the page all the same; older browsers cannot tell.
  const isSeen = (part) => (part.checkVisibility ? part.checkVisibility() : part.offsetParent);

  // Words to read, never what was typed.
  const pieces = () =>
    [...document.querySelectorAll("#main :is(h1,h2,p,li,.ask>span,.opt>span,label:not(.ask,.opt),.main,a.button)")].filter(
      (part) => isSeen(part) && part.textContent.trim() && !part.querySelector("input,p,li,.ask"),
    );

  function mark(part) {
    document.querySelectorAll(".reading").forEach((old) => old.classList.remove("reading"));
    if (part) part.classList.add("reading");
    button.textContent = part ? words.quiet : words.read;
  }

  function stop() {
    reading = [];
    voices.cancel();
    mark(null);
  }

  function read() {
    const part = reading.shift();
    mark(part);
    if (!part) return;
    const speech = new SpeechSynthesisUtterance(part.textContent);
    speech.voice = voice;
    speech.lang = voice.lang;
    speech.rate = 0.85;
    speech.onend = () => part.classList.contains("reading") && read();
    voices.speak(speech);
  }

  button.onclick = () => {
    const quiet = !document.querySelector(".reading");
    stop();
    if (!quiet) return;
    reading = pieces();
    setTimeout(read, 150); // some browsers swallow what is said right after a cancel
  };
  // Another step is shown, or the page is hidden or left: be quiet.
  document.addEventListener("click", (event) => event.target.closest("#steps,#hide") && stop());
  document.addEventListener("keydown", (event) => /Escape|Enter/.test(event.key) && event.target !== button && stop());
  addEventListener("pagehide", stop);

  document.querySelector(".top").append(button);
})();
