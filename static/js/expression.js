// What is shown as answers change: service/definitions/expression.py and service/answers/visibility.py once more, for
// the page. Python decides; tests/browser/test_expression.py holds this file to it, so change them together.
// Days, numbers, order, tables and rows are in expression-more.js. Simple forms have show-hide.js instead of both.
const Sayso = (() => {
  "use strict";

  const has = (object, key) => Object.prototype.hasOwnProperty.call(object, key);
  const own = (object, key) => (has(object, key) ? object[key] : null); // a question may be called "constructor"
  const isText = (value) => typeof value === "string";
  const isList = Array.isArray;
  const isRow = (value) => Object.prototype.toString.call(value) === "[object Object]";
  const list = (value) => (isList(value) ? value : []);
  const isMissing = (value) =>
    value == null || value === "" || ((isList(value) || isRow(value)) && !Object.keys(value).length);
  const isTrue = (value) => value !== false && value !== 0 && !isMissing(value);
  const plain = (value) => (isText(value) ? value.toLowerCase() : value);
  const within = (value, values) => list(values).some((other) => more.same(value, other));

  // What expression-more.js adds to, or takes the place of.
  const more = {
    same: (left, right) => (isMissing(left) ? isMissing(right) : plain(left) === plain(right)),
    // what stands in a question before anybody has answered it
    start: (question) => own(question, "default"),
    // operators that take their operands as they are written …
    asWritten: {
      var: (scope, name) => scope(name),
      answered: (scope, name) => !isMissing(scope(name)),
    },
    // … and those that take their values
    evaluated: {
      "==": (left, right) => more.same(left, right),
      "!=": (left, right) => !more.same(left, right),
      in: within,
      any_in: (values, among) => list(values).some((item) => within(item, among)),
      and: (...parts) => parts.every(isTrue),
      or: (...parts) => parts.some(isTrue),
      "!": (part) => !isTrue(part),
    },
    // answers as expressions see them; one of the wrong kind for its question counts as missing
    typed: {
      text: (answer) => (isText(answer) ? answer : null),
      list: (answer) => (isList(answer) ? answer.filter(isText) : null),
    },
  };

  // What an expression comes to. `scope` turns a name (`feel_safe`, `meta.today`, `row.date`) into its value or null.
  function value(tree, scope) {
    if (isList(tree)) return tree.map((item) => value(item, scope));
    if (!isRow(tree)) return tree;
    const [operator, written] = Object.entries(tree)[0];
    const operands = [].concat(written);
    if (has(more.asWritten, operator)) return more.asWritten[operator](scope, ...operands);
    return more.evaluated[operator](...value(operands, scope));
  }

  // What of a form is shown and kept, in one pass; `rules` is what service/answers/rules.py makes of the form.
  function visible(rules, answers, meta) {
    const formulas = rules.computed || {};
    const pages = [];
    const questions = [];
    let workedOut = {};

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
      if (!has(workedOut, name)) {
        workedOut[name] = null; // so that a circle, which no checked form has, ends
        workedOut[name] = value(own(formulas, name), scope);
      }
      return workedOut[name];
    }

    // Where questions stand, the form or a row: what is given there, what of it is known so far and kept.
    const form = { given: answers, known: {}, kept: {}, scope, prefix: "" };

    function keep(question, at, answer, meant) {
      at.kept[question.id] = answer;
      at.known[question.id] = meant;
      workedOut = {}; // what is computed from here on may use it
    }

    const holds = (part, at) => !has(part, "if") || isTrue(value(part.if, at.scope));
    const askAll = (part, at) => part.ask.forEach((question) => holds(question, at) && ask(question, at));

    function ask(question, at) {
      const { id, type = "text", details = [] } = question;
      if (question.ask && !question.repeat) return askAll(question, at);
      questions.push(at.prefix + id);
      if (question.ask) return more.askRows(question, form, askAll, keep);
      if (type === "note") return;
      let answer = own(at.given, id);
      if (isMissing(answer)) answer = more.start(question, meta);
      if (isMissing(answer)) return;
      const meant = more.typed[type](answer);
      keep(question, at, answer, meant);
      for (const [option, detail] of details)
        if ([].concat(meant).includes(option) && holds(detail, at)) ask(detail, at);
    }

    for (const page of rules.pages) {
      const before = questions.length;
      if (holds(page, form)) askAll(page, form);
      if (questions.length > before) pages.push(page.id);
    }
    const computed = Object.fromEntries(Object.keys(formulas).map((name) => [name, compute(name)]));
    return { pages, questions, answers: form.kept, computed: JSON.parse(JSON.stringify(computed)) };
  }

  return Object.freeze({ value, visible, more, own, isText, isList, isRow, list, isMissing, isTrue, within });
})();
