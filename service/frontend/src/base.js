/* On every page. */

import 'htmx.org';
import { watchConditions } from './conditions.js';
import { watchDiagrams } from './diagrams.js';
import { watchConfirmations } from './dialogs.js';
import { watchDrafts } from './drafts.js';
import { watchMenus } from './menus.js';
import { focusAttention, keepPlace, watchCalendars, watchFilters, watchPrinting, watchSummaries, watchTickAll } from './pages.js';
import { watchTicks } from './ticks.js';

function openForms(root) {
  for (const form of root.querySelectorAll('form[data-form]:not([data-watched])')) {
    form.dataset.watched = 'yes';
    watchConditions(form);
    watchDrafts(form);
  }
}

/* After a row was added or removed: the focus goes to the newest row (or the list), and conditions are asked again. */
function settleRows(button, target) {
  if (!target?.matches?.('[data-rows]')) return;
  const list = target.querySelector('fieldset');
  const rows = list.querySelectorAll('[data-row]');
  const added = button?.name === '_tilfoej' && rows[rows.length - 1];
  (added ? added.querySelector('input:not([type=hidden]):not([type=date]), select, textarea') ?? list : list).focus();
  list.closest('form').dispatchEvent(new Event('input', { bubbles: true }));
}

watchConfirmations();
watchMenus();
watchSummaries();
watchCalendars();
watchTickAll();
watchTicks();
watchFilters();
watchPrinting();
watchDiagrams();
openForms(document);
keepPlace();
focusAttention();
document.addEventListener('htmx:after:swap', (event) => {
  openForms(document);
  const { sourceEvent, target } = event.detail.ctx;
  settleRows(sourceEvent?.target?.closest?.('button'), target);
});
document.documentElement.dataset.ready = 'yes';
