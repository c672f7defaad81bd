// The rest of expression.js: days, numbers, order, tables and rows.
(() => {
  "use strict";

  const { value, more, own, isText, isList, isRow, list, isMissing, isTrue, within } = Sayso;

  class Day extends Date { // at midnight UTC, so that no time zone moves it
    toJSON() {
      return this.toISOString().slice(0, 10);
    }
  }

  const isNumber = (value) => typeof value === "number";
  const isDay = (value) => value instanceof Day;
  const finite = (number) => (isFinite(number) ? number : null);

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

  // --- what is alike, and what comes first ---

  function alike(left, right) {
    if (isDay(left) && isText(right)) return [left, dayOf(right)];
    if (isText(left) && isDay(right)) return [dayOf(left), right];
    if (isText(left) && isText(right)) return [left.toLowerCase(), right.toLowerCase()];
    return [left, right];
  }

  more.same = function same(first, second) {
    if (isMissing(first) || isMissing(second)) return isMissing(first) && isMissing(second);
    const [left, right] = alike(first, second);
    if (isDay(left) && isDay(right)) return left.getTime() === right.getTime();
    if ((isList(left) && isList(right) && left.length === right.length) || (isRow(left) && isRow(right)))
      return Object.keys({ ...left, ...right }).every((key) => same(own(left, key), own(right, key)));
    return left === right;
  };

  // In the order of code points, which Python goes by; `<` goes by UTF-16 units.
  const sortable = (text) => Array.from(text, (one) => one.codePointAt(0).toString(36).padStart(4, "0")).join("");

  // Below 0, 0 or above; NaN, for which no comparison holds, where the two have no order.
  function order(first, second) {
    let [left, right] = alike(first, second);
    if (isMissing(left) || isMissing(right) || ![isText, isNumber, isDay].some((is) => is(left) && is(right))) return NaN;
    if (isText(left)) [left, right] = [sortable(left), sortable(right)];
    return (left > right) - (left < right);
  }

  // --- operators ---

  const plus = (left, right) => left + right;
  const arithmetic = (combine) => (...numbers) => (numbers.every(isNumber) ? finite(numbers.reduce(combine)) : null);
  const inRow = (row, scope) => (name) => (name.startsWith("row.") ? own(row, name.slice(4)) : scope(name));
  const rowsOf = (tree, scope) => list(value(tree, scope)).filter(isRow);

  Object.assign(more.asWritten, {
    date(scope, start, by) {
      let day = value(start, scope);
      if (day === "now") day = scope("meta.today");
      if (isText(day)) day = dayOf(day);
      return !isDay(day) ? null : by ? moved(day, by) : day;
    },
    filter: (scope, rows, condition) => rowsOf(rows, scope).filter((row) => isTrue(value(condition, inRow(row, scope)))),
    map: (scope, rows, part) => rowsOf(rows, scope).map((row) => value(part, inRow(row, scope))),
  });

  const chosen = (condition, then, ...others) =>
    isTrue(condition) ? then : others.length > 1 ? chosen(...others) : others[0];

  Object.assign(more.evaluated, {
    "<": (left, right) => order(left, right) < 0,
    "<=": (left, right) => order(left, right) <= 0,
    ">": (left, right) => order(left, right) > 0,
    ">=": (left, right) => order(left, right) >= 0,
    all_in: (values, among) => !isMissing(list(values)) && values.every((item) => within(item, among)),
    if: chosen,
    "+": arithmetic(plus),
    "-": arithmetic((left, right) => left - right),
    "*": arithmetic((left, right) => left * right),
    "/": arithmetic((left, right) => left / right),
    count: (values) => list(values).length,
    distinct: (values) =>
      list(values).reduce((kept, item) => (isMissing(item) || within(item, kept) ? kept : [...kept, item]), []),
    sum: (values) => finite(list(values).filter(isNumber).reduce(plus, 0)),
  });

  // --- answers ---

  Object.assign(more.typed, {
    number: (answer) => (isNumber(answer) ? finite(answer) : null),
    date: (answer) => (isText(answer) ? dayOf(answer) : null),
    point: (answer) => (isText(answer) ? (/^[0-9]{1,2}$/.test(answer) ? Number(answer) : answer) : null),
    matrix: (answer) =>
      isRow(answer) ? Object.fromEntries(Object.entries(answer).filter(([, text]) => isText(text))) : null,
  });

  more.start = ({ today, ...question }, meta) => {
    const start = own(question, "default");
    return isMissing(start) && today && isText(own(meta, "today")) ? meta.today.slice(0, today) : start;
  };

  more.askRows = (group, form, askAll, keep) => {
    const rows = list(own(form.given, group.id)).filter(isRow).map((given, number) => {
      const known = {};
      return { given, known, kept: {}, scope: inRow(known, form.scope), prefix: `${group.id}.${number}.` };
    });
    rows.forEach((row) => askAll(group, row));
    if (rows.length) keep(group, form, rows.map((row) => row.kept), rows.map((row) => row.known));
  };
})();
