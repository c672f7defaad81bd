// What is shown as answers change, in a form whose conditions service/answers/simple.py could put plainly. Other forms
// have expression.js, expression-more.js and long-form-fields.js instead. tests/browser/test_expression.py holds all to Python.

// The ids of the questions that are shown; `questions` are pairs of an id and its condition as JSON, where it has one,
// and `given` knows what stands in a question's fields, seen or not.
function showing(questions, given) {
  const shown = [];

  function holds([name, ...values]) {
    const id = name.replace("!", "");
    const answers = shown.includes(id) ? given(id).map((answer) => answer.trim().toLowerCase()) : [];
    return (id === name) === answers.some((answer) => (values.length ? values.includes(answer) : answer));
  }

  for (const [id, condition] of questions)
    if (!condition || JSON.parse(condition).some((way) => way.every(holds))) shown.push(id);
  return shown;
}

function shownNow() {
  const data = new FormData(form);
  return showing(
    all(".q").map(({ id, dataset }) => [id.slice(2), dataset.if]),
    (id) => data.getAll(id),
  );
}
