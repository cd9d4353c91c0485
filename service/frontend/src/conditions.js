/* Shows and hides parts of a form while somebody types, by the rules that the server applies when it is sent
   (service/domain/form_examination.py): conditions see only what is visible and are asked until nothing changes. */

import { evaluate } from './feel.js';
import { readField } from './form-values.js';

const ROUNDS = 10;

const placeOf = (part, prefix) => prefix + (part.key ?? part.rows ?? part.group ?? `~${part.id}`);

/** What is hidden, and the warnings that apply, given the texts of a form (name → list). */
export function settle(parts, texts) {
  const numbers = (place) => [...new Set(texts(place))].filter((number) => /^\d{1,4}$/.test(number));

  const assemble = (list, prefix, hidden, into) => {
    for (const part of list) {
      const place = placeOf(part, prefix);
      if (hidden.has(place)) continue;
      if (part.key !== undefined) into[part.key] = readField(part, texts(place));
      else if (part.rows !== undefined) into[part.rows] = numbers(place).map((n) => assemble(part.parts, `${place}.${n}.`, hidden, {}));
      else if (part.group != null) into[part.group] = assemble(part.parts, `${place}.`, hidden, {});
      else if (part.parts) assemble(part.parts, prefix, hidden, into);
    }
    return into;
  };

  const walk = (list, prefix, tree, scope, visit) => {
    for (const part of list) {
      const place = placeOf(part, prefix);
      if (visit(part, place, scope) === false || !part.parts) continue;
      if (part.rows !== undefined) {
        numbers(place).forEach((number, index) => {
          const row = tree[part.rows]?.[index] ?? {};
          walk(part.parts, `${place}.${number}.`, row, { ...scope, ...row, i: index + 1 }, visit);
        });
      } else {
        const inner = part.group == null ? tree : (tree[part.group] ?? {});
        walk(part.parts, part.group == null ? prefix : `${place}.`, inner, part.group == null ? scope : { ...scope, ...inner }, visit);
      }
    }
  };

  let hidden = new Set();
  for (let round = 0; round < ROUNDS; round += 1) {
    const found = new Set();
    const tree = assemble(parts, '', hidden, {});
    walk(parts, '', tree, tree, (part, place, scope) => {
      if (!part.hide || evaluate(part.hide, scope) !== true) return true;
      found.add(place);
      return false;
    });
    const same = found.size === hidden.size && [...found].every((place) => hidden.has(place));
    hidden = found;
    if (same) break;
  }

  const warnings = new Map();
  const tree = assemble(parts, '', hidden, {});
  walk(parts, '', tree, tree, (part, place, scope) => {
    if (hidden.has(place)) return false;
    if (part.warning) {
      const said = evaluate(part.warning, scope);
      warnings.set(place, typeof said === 'string' && said.trim() ? said : '');
    }
    return true;
  });
  return { hidden, warnings };
}

/** Show or hide one part of the page. */
export function setHidden(form, place, isHidden) {
  for (const element of form.querySelectorAll(`[data-place="${CSS.escape(place)}"]`)) element.hidden = isHidden;
}

/** Put a warning at its field, or take it away. */
export function setWarning(form, place, said) {
  for (const element of form.querySelectorAll(`[data-warning="${CSS.escape(place)}"]`)) {
    const line = element.querySelector('[data-text]');
    if (line.textContent !== said) line.textContent = said;
    element.hidden = !said;
  }
}

function conditionalPlaces(parts, texts, prefix = '') {
  return parts.flatMap((part) => {
    const place = placeOf(part, prefix);
    const own = part.hide ? [place] : [];
    if (part.rows !== undefined) {
      return [...own, ...texts(place).flatMap((number) => conditionalPlaces(part.parts, texts, `${place}.${number}.`))];
    }
    return part.parts ? [...own, ...conditionalPlaces(part.parts, texts, part.group == null ? prefix : `${place}.`)] : own;
  });
}

/** Keep a form's parts shown and hidden as its conditions say. */
export function watchConditions(form) {
  const shipped = form.querySelector('script[data-conditions]');
  if (!shipped) return;
  const parts = JSON.parse(shipped.textContent);
  const apply = () => {
    const data = new FormData(form);
    const texts = (name) => data.getAll(name).map(String);
    const { hidden, warnings } = settle(parts, texts);
    for (const place of conditionalPlaces(parts, texts)) setHidden(form, place, hidden.has(place));
    for (const [place, said] of warnings) setWarning(form, place, said);
  };
  form.addEventListener('input', apply);
  form.addEventListener('change', apply);
  apply();
}
