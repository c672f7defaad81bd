// What is shown as answers change: service/definitions/expression.py and service/answers/visibility.py once more, for
// the page. Python decides; tests/browser/test_expression.py holds this file to it, so change them together.
const Sayso = (() => {
  "use strict";

  class Day extends Date { // at midnight UTC, so that no time zone moves it
    toJSON() {
      return this.toISOString().slice(0, 10);
    }
  }

  const has = (object, key) => Object.prototype.hasOwnProperty.call(object, key);
  const own = (object, key) => (has(object, key) ? object[key] : null); // a question may be called "constructor"
  const isText = (value) => typeof value === "string";
  const isNumber = (value) => typeof value === "number";
  const isDay = (value) => value instanceof Day;
  const isList = Array.isArray;
  const isRow = (value) => value === Object(value) && !isList(value) && !isDay(value);
  const list = (value) => (isList(value) ? value : []);
  const finite = (number) => (isFinite(number) ? number : null);
  const isMissing = (value) =>
    value == null || value === "" || ((isList(value) || isRow(value)) && !Object.keys(value).length);
  const isTrue = (value) => value !== false && value !== 0 && !isMissing(value);

  // --- days ---

  const inCalendar = (day) => (day.getUTCFullYear() >= 1 && day.getUTCFullYear() <= 9999 ? day : null);

  function dayOf(text) {
    const found = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?$/.exec(text);
    if (!found) return null;
    const [year, month, date] = found.slice(1).map((part) => Number(part || 1));
    const day = new Day(0);
    day.setUTCFullYear(year, month - 1, date);
    return day.getUTCMonth() === month - 1 ? inCalendar(day) : null; // a day too many is another month's
  }

  function moved(start, { years = 0, months = 0, days = 0 }) {
    const day = new Day(start.getTime());
    day.setUTCMonth(day.getUTCMonth() + 12 * years + months);
    if (day.getUTCDate() !== start.getUTCDate()) day.setUTCDate(0); // the last day of a shorter month
    if (!inCalendar(day)) return null;
    day.setUTCDate(day.getUTCDate() + days);
    return inCalendar(day);
  }

  // --- expressions ---

  function alike(left, right) {
    if (isDay(left) && isText(right)) return [left, dayOf(right)];
    if (isText(left) && isDay(right)) return [dayOf(left), right];
    if (isText(left) && isText(right)) return [left.toLowerCase(), right.toLowerCase()];
    return [left, right];
  }

  function same(first, second) {
    if (isMissing(first) || isMissing(second)) return isMissing(first) && isMissing(second);
    const [left, right] = alike(first, second);
    if (isDay(left) && isDay(right)) return left.getTime() === right.getTime();
    if ((isList(left) && isList(right) && left.length === right.length) || (isRow(left) && isRow(right)))
      return Object.keys({ ...left, ...right }).every((key) => same(own(left, key), own(right, key)));
    return left === right;
  }

  // In the order of code points, which Python goes by; `<` goes by UTF-16 units.
  const sortable = (text) => Array.from(text, (one) => one.codePointAt(0).toString(36).padStart(4, "0")).join("");

  // Below 0, 0 or above; NaN, for which no comparison holds, where the two have no order.
  function order(first, second) {
    let [left, right] = alike(first, second);
    if (isMissing(left) || isMissing(right) || ![isText, isNumber, isDay].some((is) => is(left) && is(right))) return NaN;
    if (isText(left)) [left, right] = [sortable(left), sortable(right)];
    return (left > right) - (left < right);
  }

  const within = (value, values) => list(values).some((other) => same(value, other));
  const plus = (left, right) => left + right;
  const arithmetic = (combine) => (...numbers) => (numbers.every(isNumber) ? finite(numbers.reduce(combine)) : null);
  const inRow = (row, scope) => (name) => (name.startsWith("row.") ? own(row, name.slice(4)) : scope(name));
  const rowsOf = (tree, scope) => list(value(tree, scope)).filter(isRow);

  // These take their operands as they are written…
  const asWritten = {
    var: (scope, name) => scope(name),
    answered: (scope, name) => !isMissing(scope(name)),
    date(scope, start, by) {
      let day = value(start, scope);
      if (day === "now") day = scope("meta.today");
      if (isText(day)) day = dayOf(day);
      return !isDay(day) ? null : by ? moved(day, by) : day;
    },
    filter: (scope, rows, condition) => rowsOf(rows, scope).filter((row) => isTrue(value(condition, inRow(row, scope)))),
    map: (scope, rows, part) => rowsOf(rows, scope).map((row) => value(part, inRow(row, scope))),
  };

  // … and these their values.
  const evaluated = {
    "==": same,
    "!=": (left, right) => !same(left, right),
    "<": (left, right) => order(left, right) < 0,
    "<=": (left, right) => order(left, right) <= 0,
    ">": (left, right) => order(left, right) > 0,
    ">=": (left, right) => order(left, right) >= 0,
    in: within,
    any_in: (values, among) => list(values).some((item) => within(item, among)),
    all_in: (values, among) => !isMissing(list(values)) && values.every((item) => within(item, among)),
    and: (...parts) => parts.every(isTrue),
    or: (...parts) => parts.some(isTrue),
    "!": (part) => !isTrue(part),
    if: (condition, then, ...others) =>
      isTrue(condition) ? then : others.length > 1 ? evaluated.if(...others) : others[0],
    "+": arithmetic(plus),
    "-": arithmetic((left, right) => left - right),
    "*": arithmetic((left, right) => left * right),
    "/": arithmetic((left, right) => left / right),
    count: (values) => list(values).length,
    distinct: (values) =>
      list(values).reduce((kept, item) => (isMissing(item) || within(item, kept) ? kept : [...kept, item]), []),
    sum: (values) => finite(list(values).filter(isNumber).reduce(plus, 0)),
  };

  // What an expression comes to. `scope` turns a name (`feel_safe`, `meta.today`, `row.date`) into its value or null.
  function value(tree, scope) {
    if (isList(tree)) return tree.map((item) => value(item, scope));
    if (!isRow(tree)) return tree;
    const [operator, written] = Object.entries(tree)[0];
    const operands = [].concat(written);
    if (has(asWritten, operator)) return asWritten[operator](scope, ...operands);
    return evaluated[operator](...value(operands, scope));
  }

  // --- the one pass ---

  // Answers as expressions see them; one of the wrong kind for its question counts as missing.
  const typed = {
    text: (answer) => (isText(answer) ? answer : null),
    number: (answer) => (isNumber(answer) ? finite(answer) : null),
    date: (answer) => (isText(answer) ? dayOf(answer) : null),
    list: (answer) => (isList(answer) ? answer.filter(isText) : null),
    matrix: (answer) =>
      isRow(answer) ? Object.fromEntries(Object.entries(answer).filter(([, text]) => isText(text))) : null,
  };

  // What of a form is shown and kept; `rules` is what service/answers/rules.py makes of the form.
  function visible(rules, answers, meta) {
    const formulas = rules.computed || {};
    const workedOut = new Map();
    const pages = [];
    const questions = [];

    function scope(name) {
      const [start, ...others] = name.split(".");
      const rest = others.join(".");
      const known = own(form.known, start);
      if (!rest) return known;
      if (start === "meta") return own(meta, rest);
      if (start === "computed") return compute(rest);
      return isRow(known) ? own(known, rest) : null;
    }

    function compute(name) {
      if (!workedOut.has(name)) {
        workedOut.set(name, null); // so that a circle, which no checked form has, ends
        workedOut.set(name, value(own(formulas, name), scope));
      }
      return workedOut.get(name);
    }

    // Where questions stand, the form or a row: what is given there, what of it is known so far and kept.
    const form = { given: answers, known: {}, kept: {}, scope, prefix: "" };

    function rowOf(group, given, number) {
      const known = {};
      return { given, known, kept: {}, scope: inRow(known, scope), prefix: `${group.id}.${number}.` };
    }

    function keep(question, at, answer, meant) {
      at.kept[question.id] = answer;
      at.known[question.id] = meant;
      workedOut.clear(); // what is computed from here on may use it
    }

    const holds = (part, at) => !has(part, "if") || isTrue(value(part.if, at.scope));
    const askAll = (part, at) => part.ask.forEach((question) => holds(question, at) && ask(question, at));

    function ask(question, at) {
      const { id, type = "text", today, details = [] } = question;
      if (question.ask && !question.repeat) return askAll(question, at);
      questions.push(at.prefix + id);
      if (question.ask) return askRows(question);
      if (type === "note") return;
      let answer = own(at.given, id);
      if (isMissing(answer)) answer = own(question, "default");
      if (isMissing(answer) && today && isText(own(meta, "today"))) answer = meta.today.slice(0, today);
      if (isMissing(answer)) return;
      const meant = typed[type](answer);
      keep(question, at, answer, meant);
      for (const [option, detail] of details)
        if ([].concat(meant).includes(option) && holds(detail, at)) ask(detail, at);
    }

    function askRows(group) {
      const rows = list(own(answers, group.id)).filter(isRow).map((given, number) => rowOf(group, given, number));
      rows.forEach((row) => askAll(group, row));
      if (rows.length) keep(group, form, rows.map((row) => row.kept), rows.map((row) => row.known));
    }

    for (const page of rules.pages) {
      const before = questions.length;
      if (holds(page, form)) askAll(page, form);
      if (questions.length > before) pages.push(page.id);
    }
    const computed = Object.fromEntries(Object.keys(formulas).map((name) => [name, compute(name)]));
    return { pages, questions, answers: form.kept, computed: JSON.parse(JSON.stringify(computed)) };
  }

  return Object.freeze({ value, visible });
})();
