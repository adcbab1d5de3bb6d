// One step of a survey: show and hide items, update sums and check cross rules while typing. The server repeats all
// checks, and the step also works without this script. The language is in survey_language.js.
//
// form[data-survey] has parts [data-item="CODE"] with the item's inputs; the JSON scripts survey-form,
// survey-facts and survey-answers (answers of the other steps) come from surveys/filling/pages.py.

import { UNKNOWN, clean, examine } from "./survey_language.js";

const page = document.querySelector("form[data-survey]");
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const definition = read("survey-form");
const facts = read("survey-facts");
const elsewhere = read("survey-answers");
const parts = [...page.querySelectorAll("[data-item]")].filter((part) => part.dataset.item in definition.items);

const code = (part) => part.dataset.item;
const inputs = (part) => [...part.querySelectorAll("input, textarea")];
const errorOf = (part) => part.querySelector(".invalid-feedback");

// Return the values of the part's inputs as they would be sent: a text, a code, an array of codes, or UNKNOWN.
function typed(part) {
  const fields = inputs(part);
  if (fields.some((field) => field.value === UNKNOWN && field.checked)) return UNKNOWN;
  if (part.matches("fieldset")) {
    const picked = fields.filter((field) => field.checked).map((field) => field.value);
    return fields.some((field) => field.type === "checkbox") ? picked : picked[0] || "";
  }
  return fields.length ? fields[0].value : "";
}

const looksAt = (tree) => (tree[0] === "answer" ? [tree[1]] : tree.slice(1).flatMap((part) => (Array.isArray(part) ? looksAt(part) : [])));

// Codes of items that depend on an invalid or missing answer: their input is still sent.
function undecided({ wrong, missing }) {
  const open = [...wrong, ...missing];
  for (const one of definition.dependent) {
    const { show_if: condition } = definition.items[one];
    if (condition && looksAt(condition).some((other) => open.includes(other))) open.push(one);
  }
  return open;
}

// Hidden answers are not sent.
function showHidden(part, hidden, sent) {
  part.hidden = hidden;
  const unknown = part.querySelector(`input[type="checkbox"][value="${UNKNOWN}"]`);
  for (const field of inputs(part)) field.disabled = hidden && !sent;
  // 不详 (unknown) replaces the text beside it; unticking it restores the text.
  if (unknown && !part.matches("fieldset") && unknown.checked) inputs(part)[0].disabled = true;
}

function showSum(part, answer) {
  const item = definition.items[code(part)];
  const places = Number.isInteger(answer) ? 0 : item.places || 0;
  const format = { minimumFractionDigits: places, maximumFractionDigits: places };
  part.querySelector("[data-reckoned]").textContent =
    answer === undefined ? "还不能算" : answer.toLocaleString("en-US", format);
}

function showDiffers(part, answer) {
  const chip = part.querySelector("[data-differs]");
  if (chip) chip.hidden = JSON.stringify(answer) === part.dataset.was || answer === undefined || answer === null;
}

function tooMany(part) {
  const most = definition.items[code(part)].max_select;
  const count = most ? typed(part).length : 0;
  return most && Array.isArray(typed(part)) && count > most ? [`选了 ${count} 项，最多选 ${most} 项。`] : [];
}

// The server's message on an item stays until the item is changed.
function showSentences(part, errors, warnings) {
  const error = errorOf(part);
  if (!error.textContent || "live" in error.dataset) {
    error.textContent = errors.join("");
    error.hidden = !errors.length;
    error.dataset.live = "";
  }
  const place = part.querySelector("[data-warnings]");
  place.replaceChildren(
    ...warnings.map((sentence) => {
      const line = document.createElement("p");
      line.className = "doubt";
      line.textContent = sentence;
      return line;
    })
  );
}

// Show a violated rule beside the last item of this step that it uses.
function bearerOf(rule) {
  const here = parts.filter((part) => rule.codes.includes(code(part)));
  return here[here.length - 1];
}

function sentencesOf(part, borne, level) {
  return borne.filter(([rule, bearer]) => rule.level === level && bearer === part).map(([rule]) => rule.message);
}

function look() {
  const raw = { ...elsewhere };
  for (const part of parts) raw[code(part)] = typed(part);
  const examined = examine(definition, raw, facts);
  const { answers, hidden, broken } = examined;
  const open = undecided(examined);
  const borne = broken.map((rule) => [rule, bearerOf(rule)]);
  for (const part of parts) {
    const item = definition.items[code(part)];
    showHidden(part, hidden.includes(code(part)), open.includes(code(part)));
    if (item.calc) showSum(part, answers[code(part)]);
    showDiffers(part, item.calc ? answers[code(part)] : clean(item, raw[code(part)]));
    const errors = sentencesOf(part, borne, "error").map((sentence) => `${sentence}。`);
    showSentences(part, [...tooMany(part), ...errors], sentencesOf(part, borne, "warn"));
  }
}

function touched(event) {
  const part = event.target.closest("[data-item]");
  if (part && errorOf(part)) {
    errorOf(part).textContent = "";
    for (const field of inputs(part)) field.removeAttribute("aria-invalid");
  }
  look();
}

for (const needless of page.querySelectorAll("[data-noscript]")) needless.remove();
page.addEventListener("input", touched);
page.addEventListener("change", touched);
look();
