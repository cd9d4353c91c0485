/* Evaluates the syntax trees that the server ships with a form (service/web/rendering/live.py), so that conditions answer
   while somebody types. A part of FEEL: what is not here is never shipped. tests/web/feel_table.json holds both sides to
   the same answers.

   Values: null, boolean, number, string, array, object, and the classes FeelDate and FeelLength below. */

const DAY = 86_400_000;

/** A day without a time. */
export class FeelDate {
  constructor(text) {
    this.text = text;
    [this.year, this.month, this.day] = text.split('-').map(Number);
  }

  static of(year, month, day) {
    const pad = (number, width) => String(number).padStart(width, '0');
    return new FeelDate(`${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`);
  }

  static read(text) {
    const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
    if (!parts) return null;
    const [year, month, day] = parts.slice(1).map(Number);
    const real = new Date(Date.UTC(year, month - 1, day));
    return real.getUTCMonth() === month - 1 && real.getUTCDate() === day ? new FeelDate(text) : null;
  }

  get weekday() {
    return new Date(this.ms).getUTCDay() || 7;
  }

  get ms() {
    return Date.UTC(this.year, this.month - 1, this.day);
  }

  plus(length, sign) {
    if (length.months) {
      const months = this.year * 12 + this.month - 1 + sign * length.months;
      const year = Math.floor(months / 12);
      const month = months - year * 12 + 1;
      return FeelDate.of(year, month, Math.min(this.day, new Date(Date.UTC(year, month, 0)).getUTCDate()));
    }
    const moved = new Date(this.ms + sign * length.days * DAY);
    return FeelDate.of(moved.getUTCFullYear(), moved.getUTCMonth() + 1, moved.getUTCDate());
  }
}

/** Whole days, or whole months. */
export class FeelLength {
  constructor(days, months) {
    this.days = days;
    this.months = months;
  }

  get size() {
    return this.months || this.days;
  }
}

const kind = (value) => {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'list';
  if (value instanceof FeelDate) return 'date';
  if (value instanceof FeelLength) return value.months ? 'months' : 'days';
  return typeof value;
};

const exact = (number) => (Number.isFinite(number) ? Number(number.toPrecision(15)) : null);

function equal(left, right) {
  const a = kind(left);
  const b = kind(right);
  if (a === 'null' || b === 'null') return a === b;
  if (a !== b) return null;
  if (a === 'date') return left.text === right.text;
  if (a === 'days' || a === 'months') return left.size === right.size;
  if (a === 'list') {
    return left.length === right.length && left.every((item, index) => equal(item, right[index]) === true);
  }
  if (a === 'object') {
    const names = Object.keys(left);
    return names.length === Object.keys(right).length && names.every((name) => name in right && equal(left[name], right[name]) === true);
  }
  return left === right;
}

function compare(op, left, right) {
  if (op === '=') return equal(left, right);
  if (op === '!=') {
    const same = equal(left, right);
    return same === null ? null : !same;
  }
  const a = kind(left);
  if (a !== kind(right) || !['number', 'string', 'date', 'days', 'months'].includes(a)) return null;
  const [x, y] = a === 'date' ? [left.text, right.text] : a === 'days' || a === 'months' ? [left.size, right.size] : [left, right];
  return { '<': x < y, '<=': x <= y, '>': x > y, '>=': x >= y }[op];
}

function calculate(op, left, right) {
  const a = kind(left);
  const b = kind(right);
  if (a === 'number' && b === 'number') {
    if (op === '/' && right === 0) return null;
    return exact({ '+': left + right, '-': left - right, '*': left * right, '/': left / right, '**': left ** right }[op]);
  }
  if (a === 'string' && b === 'string' && op === '+') return left + right;
  const length = (name) => name === 'days' || name === 'months';
  if (a === 'date' && length(b) && '+-'.includes(op)) return left.plus(right, op === '+' ? 1 : -1);
  if (length(a) && b === 'date' && op === '+') return right.plus(left, 1);
  if (a === 'date' && b === 'date' && op === '-') return new FeelLength((left.ms - right.ms) / DAY, 0);
  return null;
}

function property(target, name) {
  switch (kind(target)) {
    case 'list':
      return target.map((item) => property(item, name));
    case 'object':
      return target[name] ?? null;
    case 'date':
      return ['year', 'month', 'day', 'weekday'].includes(name) ? target[name] : null;
    case 'days':
      return name === 'days' ? target.days : null;
    default:
      return null;
  }
}

const text = (value) => kind(value) === 'string';
const numbers = (args) => {
  const list = args.length === 1 && kind(args[0]) === 'list' ? args[0] : args;
  return list.length && list.every((item) => kind(item) === 'number') ? list : null;
};
const everyOf = (list) => (list.some((v) => v === false) ? false : list.every((v) => v === true) ? true : null);
const anyOf = (list) => (list.some((v) => v === true) ? true : list.every((v) => v === false) ? false : null);
const onList = (fn) => (...args) => (kind(args[0]) === 'list' ? fn(...args) : null);
const onTexts = (fn) => (...args) => (args.every(text) ? fn(...args) : null);

/** The functions that may be shipped; the server keeps the same list (live.py). */
export const FUNCTIONS = {
  not: (value) => (typeof value === 'boolean' ? !value : null),
  count: onList((list) => list.length),
  'list contains': onList((list, item) => list.some((one) => equal(one, item) === true)),
  'is empty': onList((list) => list.length === 0),
  sum: (...args) => {
    const list = numbers(args);
    return list && exact(list.reduce((a, b) => a + b, 0));
  },
  'string length': onTexts((value) => [...value].length),
  contains: onTexts((value, part) => value.includes(part)),
  'starts with': onTexts((value, part) => value.startsWith(part)),
  'ends with': onTexts((value, part) => value.endsWith(part)),
  'upper case': onTexts((value) => value.toUpperCase()),
  'lower case': onTexts((value) => value.toLowerCase()),
  string: (value) => {
    if (kind(value) === 'date') return value.text;
    return ['string', 'number', 'boolean'].includes(kind(value)) ? String(value) : null;
  },
  date: (value) => (text(value) ? FeelDate.read(value) : kind(value) === 'date' ? value : null),
};

function truth(tests, value, scope) {
  return anyOf(tests.map(([op, operand]) => {
    if (op !== null) return compare(op, value, evaluate(operand, scope));
    if (operand[0] === 'range') {
      const [, low, high, withLow, withHigh] = operand;
      const above = low === null ? true : compare(withLow ? '>=' : '>', value, evaluate(low, scope));
      const below = high === null ? true : compare(withHigh ? '<=' : '<', value, evaluate(high, scope));
      return above === null || below === null ? null : above && below;
    }
    const found = evaluate(operand, scope);
    return kind(found) === 'list' && kind(value) !== 'list' ? found.some((one) => equal(one, value) === true) : equal(value, found);
  }));
}

const overlay = (scope, names) => Object.assign(Object.create(scope), names);

const NODES = {
  value: ([, value]) => value,
  date: ([, value]) => new FeelDate(value),
  length: ([, days, months]) => new FeelLength(days, months),
  name: ([, name], scope) => scope[name] ?? null,
  path: ([, target, name], scope) => property(evaluate(target, scope), name),
  compare: ([, op, left, right], scope) => compare(op, evaluate(left, scope), evaluate(right, scope)),
  calculate: ([, op, left, right], scope) => calculate(op, evaluate(left, scope), evaluate(right, scope)),
  minus: ([, value], scope) => {
    const number = evaluate(value, scope);
    return kind(number) === 'number' ? -number : null;
  },
  and: ([, ...parts], scope) => everyOf(parts.map((part) => evaluate(part, scope))),
  or: ([, ...parts], scope) => anyOf(parts.map((part) => evaluate(part, scope))),
  if: ([, condition, yes, no], scope) => evaluate(evaluate(condition, scope) === true ? yes : no, scope),
  between: ([, value, low, high], scope) => {
    const found = evaluate(value, scope);
    const above = compare('>=', found, evaluate(low, scope));
    const below = compare('<=', found, evaluate(high, scope));
    return above === null || below === null ? null : above && below;
  },
  in: ([, value, negated, ...tests], scope) => {
    const found = truth(tests, evaluate(value, scope), scope);
    return negated && found !== null ? !found : found;
  },
  list: ([, ...items], scope) => items.map((item) => evaluate(item, scope)),
  filter: ([, target, condition], scope) => {
    const list = evaluate(target, scope);
    if (kind(list) !== 'list') return null;
    return list.filter((item) => {
      const names = kind(item) === 'object' ? { ...item, item } : { item };
      return evaluate(condition, overlay(scope, names)) === true;
    });
  },
  some: ([, name, domain, condition], scope) => {
    const list = evaluate(domain, scope);
    return kind(list) === 'list' ? anyOf(list.map((item) => evaluate(condition, overlay(scope, { [name]: item })))) : null;
  },
  every: ([, name, domain, condition], scope) => {
    const list = evaluate(domain, scope);
    return kind(list) === 'list' ? everyOf(list.map((item) => evaluate(condition, overlay(scope, { [name]: item })))) : null;
  },
  for: ([, name, domain, result], scope) => {
    const list = evaluate(domain, scope);
    return kind(list) === 'list' ? list.map((item) => evaluate(result, overlay(scope, { [name]: item }))) : null;
  },
  call: ([, name, ...args], scope) => FUNCTIONS[name](...args.map((arg) => evaluate(arg, scope))),
};

/** The value of a tree; `scope` is an object of variables. */
export function evaluate(tree, scope) {
  return NODES[tree[0]](tree, scope) ?? null;
}
