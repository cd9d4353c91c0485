/* Saves a form as a draft while somebody types, and says so. Nothing is lost silently: when a draft cannot be saved, the
   page says it and asks before it is left. */

import { setHidden, setWarning } from './conditions.js';

const PAUSE = 1200;

const clock = () => new Date().toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit' });

/** What is typed; files are sent with the whole form only. */
function written(form) {
  const fields = new FormData(form);
  for (const name of [...fields.keys()].filter((name) => name.startsWith('_fil.'))) fields.delete(name);
  return fields;
}

/** Post a form's fields to `data-draft` whenever typing pauses, and once more when the page is left. */
export function watchDrafts(form) {
  const address = form.dataset.draft;
  if (!address) return;
  const status = form.querySelector('[data-draft-status]');
  let timer = 0;
  let unsaved = false;
  let failed = false;
  let saving = Promise.resolve();

  const say = (message) => {
    if (status) status.textContent = message;
  };

  const save = async (keepalive = false) => {
    clearTimeout(timer);
    if (!unsaved) return;
    unsaved = false;
    try {
      const answer = await fetch(address, { method: 'POST', body: written(form), headers: { Accept: 'application/json' }, keepalive });
      if (!answer.ok) throw new Error(String(answer.status));
      const said = answer.status === 204 ? {} : await answer.json();
      failed = false;
      say(said.message ?? form.dataset.draftSaved.replace('{klokken}', clock()));
      for (const place of said.shown ?? []) setHidden(form, place, false);
      for (const place of said.hidden ?? []) setHidden(form, place, true);
      for (const [place, warning] of Object.entries(said.warnings ?? {})) setWarning(form, place, warning);
    } catch {
      unsaved = true;
      failed = true;
      say(form.dataset.draftFailed);
    }
  };

  form.addEventListener('input', () => {
    unsaved = true;
    clearTimeout(timer);
    timer = setTimeout(() => {
      saving = saving.then(() => save());
    }, PAUSE);
  });
  form.addEventListener('submit', () => {
    clearTimeout(timer);
    unsaved = false;
    failed = false;
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') save(true);
  });
  window.addEventListener('beforeunload', (event) => {
    if (failed && unsaved) event.preventDefault();
  });
}
