/* Reads what stands in a form into values, as service/domain/form_text.py does: the same texts give the same values, and
   what cannot be read is null. */

import { FeelDate } from './feel.js';

const NUMBER = /^[+-]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?$/;
const ISO = /^(\d{4})-(\d{1,2})-(\d{1,2})$/;
const DANISH = /^(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{4})$/;
const SOLID = /^(\d{2})(\d{2})(\d{4})$/;

/** `1.234,5` → 1234.5; null when it is no number. */
export function readNumber(typed) {
  const compact = typed.replace(/[ \u00a0]/g, '').replace('−', '-');
  return NUMBER.test(compact) ? Number(compact.replaceAll('.', '').replace(',', '.')) : null;
}

/** `31-01-2026`, `31/1 2026`, `2026-01-31` … → FeelDate; null when it is no date. */
export function readDate(typed) {
  let found = ISO.exec(typed);
  let [year, month, day] = found ? found.slice(1) : [];
  if (!found) {
    found = DANISH.exec(typed) ?? SOLID.exec(typed);
    if (!found) return null;
    [day, month, year] = found.slice(1);
  }
  return FeelDate.read(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`);
}

/** The value of one field from its texts. `part` is its entry in the shipped tree. */
export function readField(part, texts) {
  const filled = texts.filter((one) => one.trim());
  const choice = (one) => (part.values && one in part.values ? part.values[one] : one);
  switch (part.kind) {
    case 'checkbox':
      return filled.length > 0;
    case 'checklist':
      return [...new Set(filled)].map(choice);
    case 'select':
    case 'radio':
      return filled.length ? choice(filled[0]) : null;
    case 'number':
      return filled.length ? readNumber(filled[0].trim()) : null;
    case 'date':
      return filled.length ? readDate(filled[0].trim()) : null;
    default:
      return filled.length ? filled[0].trim() : null;
  }
}
