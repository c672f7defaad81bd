// What respond.js needs for longer forms: amounts, days, ranks and tables, rows to add, answers that are repeated.

// The names of the questions that are shown, as show-hide.js has them for simple forms.
const shownNow = (() => {
  const isEmpty = (answer) => answer == null || answer === "" || (typeof answer === "object" && !Object.keys(answer).length);

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
    select_multiple: (name, data) => data.getAll(name),
  };

  function answerOf(type, name, data) {
    return reads[type] ? reads[type](name, data) : data.get(name)?.trim();
  }

  function collect() {
    const data = new FormData(form);
    const answers = {};
    for (const block of all(".q")) {
      const type = block.dataset.type;
      const name = block.id.slice(2);
      const [start, row, id] = name.split(".");
      if (type === "rows") answers[start] = [];
      else if (id) (answers[start][row] ||= {})[id] = answerOf(type, name, data);
      else if (type !== "group" && type !== "note") answers[start] = answerOf(type, start, data);
    }
    return answers;
  }

  const see = (answers) => Sayso.visible(facts.rules, answers, facts.meta);

  // A row in which nothing stands yet is drawn, but does not count for what is outside it.
  function shown() {
    const answers = collect();
    const filled = { ...answers };
    for (const block of all("[data-type=rows]")) {
      const id = block.id.slice(2);
      filled[id] = answers[id].filter((row) => !Object.values(row).every(isEmpty));
    }
    const outside = see(filled);
    const inRows = see(answers).questions.filter((name) => name.includes("."));
    repeat(outside);
    return [...outside.questions.filter((name) => !name.includes(".")), ...inRows];
  }

  // --- an earlier answer, as a later question repeats it ---

  const repeat = (found) => all("[data-pipe]").forEach((span) => (span.textContent = spoken(span.dataset.pipe, found)));

  function spoken(name, { answers, computed }) {
    if (name.startsWith("computed.")) return computed[name.slice(9)] ?? "";
    if (!(name in answers)) return "";
    const block = byId("q-" + name);
    const fields = all("input,select,textarea", block).filter((field) => field.name === name || field.name.startsWith(name + "."));
    return fields.map(inWords).filter(Boolean).join(block.dataset.type === "date" ? " " : ", ");
  }

  function inWords(field) {
    if (/radio|checkbox/.test(field.type)) return field.checked && field.parentElement.textContent.trim();
    if (field.options) return field.value && field.selectedOptions[0].text;
    const day = field.type === "date" && field.valueAsDate;
    const long = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
    return day ? dated(day, long) : field.value;
  }

  // A row was added or taken away: go on in it.
  on("htmx:afterSettle", ({ detail }) => {
    const { name, value } = detail.requestConfig.elt;
    if (!/-row$/.test(name || "")) return;
    here = byId(here.id);
    draw();
    const group = byId("q-" + value.split(".")[0]);
    const rows = all(".row,tbody tr", group);
    const target = name === "add-row" && rows.length ? rows[rows.length - 1] : group;
    target.querySelector("input,select,textarea,button").focus();
  });

  return shown;
})();
