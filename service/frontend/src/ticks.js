/* What somebody ticks in the guidance beside a form is hers alone: it is remembered in this browser, and sent
   nowhere. */

const KEY = 'tjek:';
const MOST = 200;

const stored = (name) => {
  try {
    return new Set(JSON.parse(localStorage.getItem(KEY + name) ?? '[]'));
  } catch {
    return new Set();
  }
};

function keep(name, ticked) {
  try {
    const names = Object.keys(localStorage).filter((key) => key.startsWith(KEY));
    for (const old of names.sort().slice(0, Math.max(0, names.length - MOST))) localStorage.removeItem(old);
    localStorage.setItem(KEY + name, JSON.stringify([...ticked]));
  } catch {
    /* A browser that may keep nothing forgets the ticks with the page. */
  }
}

/** Tick again what was ticked, and remember what is. */
export function watchTicks() {
  for (const part of document.querySelectorAll('[data-ticks]')) {
    const ticked = stored(part.dataset.ticks);
    for (const box of part.querySelectorAll('input[type=checkbox]')) box.checked = ticked.has(box.id);
    part.addEventListener('change', ({ target }) => {
      if (target.checked) ticked.add(target.id);
      else ticked.delete(target.id);
      keep(part.dataset.ticks, ticked);
    });
  }
}
