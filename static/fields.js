// What respond.js needs for longer forms: amounts, days, ranks and tables, rows to add, answers that are repeated.
const Fields = (() => {
  "use strict";

  const form = () => document.getElementById("answers");
  const all = (selector, root = form()) => [...root.querySelectorAll(selector)];
  const isEmpty = (answer) => answer === null || answer === "" || (typeof answer === "object" && !Object.keys(answer).length);

  // --- what was answered, as the rules read it ---

  function asNumber(text) {
    const plain = text.trim().replace(/(\d)[, ](?=\d{3}(\D|$))/g, "$1");
    return /^[+-]?\d{1,16}(\.\d{1,15})?$/.test(plain) ? Number(plain) : text;
  }

  const parts = (name, data) => [...data].filter(([key, value]) => value && key.startsWith(name + "."));
  const monthOf = (year, month) => (year || month ? `${year}-${month}` : "");

  const reads = {
    number: (name, data) => asNumber(data.get(name)),
    rank: (name, data) => parts(name, data).map(([, value]) => value),
    matrix: (name, data) => Object.fromEntries(parts(name, data).map(([key, value]) => [key.slice(name.length + 1), value])),
    date: (name, data) => data.get(name)?.trim() ?? monthOf(data.get(name + ".year").trim(), data.get(name + ".month")),
  };

  // A row in which nothing stands yet is drawn, but does not count for what is outside it.
  function shown(answers, see) {
    const filled = { ...answers };
    for (const block of all("[data-type=rows]")) {
      const id = block.id.slice(2);
      filled[id] = answers[id].filter((row) => !Object.values(row).every(isEmpty));
    }
    const outside = see(filled);
    const inRows = see(answers).questions.filter((name) => name.includes("."));
    return { ...outside, questions: [...outside.questions.filter((name) => !name.includes(".")), ...inRows] };
  }

  // --- an earlier answer, as a later question repeats it ---

  const repeat = (found) => all("[data-pipe]").forEach((span) => (span.textContent = spoken(span.dataset.pipe, found)));

  function spoken(name, { answers, computed }) {
    if (name.startsWith("computed.")) return computed[name.slice(9)] ?? "";
    if (!(name in answers)) return "";
    const block = document.getElementById("q-" + name);
    const fields = all("input,select,textarea", block).filter((field) => field.name === name || field.name.startsWith(name + "."));
    return fields.map(inWords).filter(Boolean).join(block.dataset.type === "date" ? " " : ", ");
  }

  function inWords(field) {
    if (/radio|checkbox/.test(field.type)) return field.checked && field.parentElement.textContent.trim();
    if (field.options) return field.value && field.selectedOptions[0].text;
    const day = field.type === "date" && field.valueAsDate;
    const long = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
    return day ? day.toLocaleDateString("en-GB", long) : field.value;
  }

  // A row was added or taken away: go on in it.
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    const { name, value } = detail.requestConfig.elt;
    if (!/-row$/.test(name || "")) return;
    document.dispatchEvent(new Event("sayso:rows"));
    const group = document.getElementById("q-" + value.split(".")[0]);
    const rows = all(".row,tbody tr", group);
    const target = name === "add-row" && rows.length ? rows[rows.length - 1] : group;
    target.querySelector("input,select,textarea,button").focus();
  });

  return { reads, shown, repeat };
})();
