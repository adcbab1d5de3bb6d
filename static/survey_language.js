// The survey language and the checks of a response: the same as surveys/definition/language.py, items.py and
// checking.py on the server (tests/surveys/test_browser.py compares the two). It does not touch the page; survey.js does.
//
// form: { budget: [steps of one, of all], items: {code: {type, …, show_if, calc}}, dependent: [code], rules: [{code, level, message, rule, codes}] }
// facts: { header, members, previous, subject }; both from surveys/filling/browser.py.
// A tree is [operation, ...parts]. A missing answer is absent, null or UNKNOWN.

export const UNKNOWN = "unknown";
const EXACT = 1e15;
const LONGEST_TEXT = 500;

// --- the language -----------------------------------------------------------------------------------

class NoValue extends Error {}

export function isMissing(value) {
  return value === undefined || value === null || value === UNKNOWN || value === "" || (Array.isArray(value) && !value.length);
}

function used(value) {
  if (isMissing(value)) throw new NoValue();
  return value;
}

function divided(one, other) {
  if (other === 0) throw new NoValue();
  return one / other;
}

// Return the answer that a part refers to, or a missing value.
const LOOKS = {
  answer: (code, facts) => facts.answers[code],
  member: (code, facts, member) => member[code],
  previous: (code, facts) => facts.previous[code],
  subject: (name, facts) => facts.subject[name],
};

const look = ([operation, name], facts, member) => LOOKS[operation](name, facts, member);

// Each operation takes its parts, a function that evaluates a part, the facts, and the current member of a quantifier.
const OPERATIONS = {
  value: ([constant]) => constant,
  members: (parts, of, facts) => facts.members,
  empty: ([part], of, facts, member) => isMissing(look(part, facts, member)),
  list: (parts, of) => parts.map(of),
  and: (parts, of) => parts.every(of),
  or: (parts, of) => parts.some(of),
  not: ([part], of) => !of(part),
  implies: ([one, then], of) => !of(one) || of(then),
  negative: ([part], of) => -of(part),
  "+": ([one, other], of) => of(one) + of(other),
  "-": ([one, other], of) => of(one) - of(other),
  "*": ([one, other], of) => of(one) * of(other),
  "/": ([one, other], of) => divided(of(one), of(other)),
  "==": ([one, other], of) => of(one) === of(other),
  "!=": ([one, other], of) => of(one) !== of(other),
  "<": ([one, other], of) => of(one) < of(other),
  "<=": ([one, other], of) => of(one) <= of(other),
  ">": ([one, other], of) => of(one) > of(other),
  ">=": ([one, other], of) => of(one) >= of(other),
  in: (parts, of) => isIn(parts, of),
  "not in": (parts, of) => !isIn(parts, of),
  len: ([part], of) => of(part).length,
  abs: ([part], of) => Math.abs(of(part)),
  count: ([condition], of, facts) => facts.members.filter((member) => value(condition, facts, member)).length,
  any: ([condition], of, facts) => facts.members.some((member) => value(condition, facts, member)),
  all: ([condition], of, facts) => facts.members.every((member) => value(condition, facts, member)),
};

function isIn([one, list], of) {
  const looked = of(one);
  return of(list).includes(looked);
}

function value([operation, ...parts], facts, member) {
  if (operation in LOOKS) return used(LOOKS[operation](parts[0], facts, member));
  return OPERATIONS[operation](parts, (part) => value(part, facts, member), facts, member);
}

function valueOr(otherwise, tree, facts) {
  try {
    return value(tree, facts, {});
  } catch (error) {
    if (error instanceof NoValue) return otherwise;
    throw error;
  }
}

// The facts here have `answers`: those of the header and of the response together.
export const holds = (tree, facts) => valueOr(true, tree, facts);
export const shows = (tree, facts) => valueOr(false, tree, facts);
export const result = (tree, facts) => valueOr(null, tree, facts);

// --- the budget -------------------------------------------------------------------------------------

const QUANTIFIERS = ["count", "any", "all"];

// Return the greatest number of steps of a tree for this many members, like Expression.steps on the server.
export function stepsOf([operation, ...parts], members) {
  const times = QUANTIFIERS.includes(operation) ? members : 1;
  const trees = parts.filter(Array.isArray);
  return trees.reduce((sum, tree) => sum + times * stepsOf(tree, members), 1);
}

// Return the trees that are evaluated for this many members, in order; those above the budget have no value.
export function affordable([ofOne, ofAll], trees, members) {
  let left = ofAll;
  const found = new Set();
  for (const tree of trees) {
    const steps = stepsOf(tree, members);
    if (steps <= Math.min(ofOne, left)) {
      left -= steps;
      found.add(tree);
    }
  }
  return found;
}

function decided(form, members) {
  const items = form.dependent.map((code) => form.items[code]);
  const parts = items.flatMap((item) => [item.show_if, item.calc].filter(Boolean));
  return affordable(form.budget, [...parts, ...form.rules.map((rule) => rule.rule)], members);
}

// Round half up; leave numbers that are too large for any item unchanged.
export function rounded(number, places) {
  const scale = 10 ** places;
  return Math.abs(number) < EXACT / scale ? Math.floor(number * scale + 0.5) / scale : number;
}

// --- cleaning ---------------------------------------------------------------------------------------
// Return the clean answer of typed text: null if empty, undefined if it is invalid or only the server can read it
// (1,000, 12亩, full-width digits). The page treats undefined as unanswered.

const NUMBER = /^[-+]?(\d{1,15})(?:\.(\d{1,15}))?$/;
const DATE = /^\d{4}-\d\d-\d\d$/;

const CLEANERS = {
  number(item, raw) {
    const text = NUMBER.exec(String(raw).trim());
    if (!text || (text[2] || "").replace(/0+$/, "").length > (item.places || 0)) return undefined;
    return within(item, Number(text[0]));
  },
  yesno: (item, raw) => [0, 1].find((answer) => String(answer) === String(raw)),
  single: (item, raw) => (item.options ? item.options.find((code) => code === raw) : CLEANERS.text(item, raw)),
  multi(item, raw) {
    const given = [].concat(raw);
    if (given.some((code) => !item.options.includes(code))) return undefined;
    const chosen = item.options.filter((code) => given.includes(code));
    return item.max_select && chosen.length > item.max_select ? undefined : chosen;
  },
  text(item, raw) {
    const text = String(raw).trim().split(/\s+/).join(" ");
    const length = [...text].length;
    if (length > (item.max || LONGEST_TEXT) || (text && length < (item.min || 0))) return undefined;
    return text || null;
  },
  date: (item, raw) => (DATE.test(raw) && !(item.min && raw < item.min) ? raw : undefined),
};

function within(item, number) {
  const scale = 10 ** (item.places || 0);
  if (!(Math.abs(number) < EXACT / scale)) return undefined;
  if (!isMissing(item.min) && number < item.min) return undefined;
  if (!isMissing(item.max) && number > item.max) return undefined;
  if (item.step && Math.round(number * scale) % Math.round(item.step * scale)) return undefined;
  return number || 0; // no -0
}

export function clean(item, raw) {
  const given = Array.isArray(raw) && raw.length === 1 ? raw[0] : raw;
  if (given === undefined || given === null || given === "" || (Array.isArray(given) && !given.length)) return null;
  if (given === UNKNOWN) return item.unknown ? UNKNOWN : undefined;
  if (Array.isArray(given) && item.type !== "multi") return undefined;
  return CLEANERS[item.type](item, given);
}

// --- checking ---------------------------------------------------------------------------------------

// Check typed input (`raw` by code: a text or an array of codes) and return an object:
// answers: clean and calculated answers by code; hidden, wrong: arrays of codes;
// missing: codes of required, visible, unanswered items; broken: violated rules of the form.
export function examine(form, raw, facts) {
  const answers = {};
  const wrong = [];
  for (const [code, item] of Object.entries(form.items)) {
    const answer = item.calc ? null : clean(item, raw[code]);
    if (answer === undefined) wrong.push(code);
    else if (answer !== null) answers[code] = answer;
  }
  const budgeted = decided(form, facts.members.length);
  const hidden = settle(form, answers, wrong, facts, budgeted);
  const open = ([code, item]) => item.required && !(code in answers) && !hidden.includes(code) && !wrong.includes(code);
  const missing = Object.entries(form.items).filter(open).map(([code]) => code);
  const all = known(answers, facts);
  const broken = form.rules.filter((rule) => budgeted.has(rule.rule) && !holds(rule.rule, all));
  return { answers, hidden, wrong, missing, broken };
}

// Remove hidden answers and add calculated ones, each after those it depends on; return the hidden codes.
// Trees outside the budget (not in `budgeted`) have no value.
function settle(form, answers, wrong, facts, budgeted) {
  const hidden = [];
  for (const code of form.dependent) {
    const item = form.items[code];
    const all = known(answers, facts);
    if (item.show_if && !(budgeted.has(item.show_if) && shows(item.show_if, all))) {
      hidden.push(code);
      delete answers[code];
    } else if (item.calc) {
      const number = budgeted.has(item.calc) ? result(item.calc, all) : null;
      const answer = number === null ? null : within(item, rounded(number, item.places || 0));
      if (answer === undefined) wrong.push(code);
      else if (answer !== null) answers[code] = answer;
    }
  }
  return hidden;
}

const known = (answers, facts) => ({ ...facts, answers: { ...facts.header, ...answers } });
