/* On every page. */

import 'htmx.org';
import { watchConditions } from './conditions.js';
import { watchDiagrams } from './diagrams.js';
import { watchConfirmations } from './dialogs.js';
import { watchDrafts } from './drafts.js';
import { watchMenus } from './menus.js';
import { focusAttention, keepPlace, watchCalendars, watchFilters, watchPrinting, watchSummaries, watchTickAll } from './pages.js';

function openForms(root) {
  for (const form of root.querySelectorAll('form[data-form]:not([data-watched])')) {
    form.dataset.watched = 'yes';
    watchConditions(form);
    watchDrafts(form);
  }
}

watchConfirmations();
watchMenus();
watchSummaries();
watchCalendars();
watchTickAll();
watchFilters();
watchPrinting();
watchDiagrams();
openForms(document);
keepPlace();
focusAttention();
document.addEventListener('htmx:after:swap', () => openForms(document));
document.documentElement.dataset.ready = 'yes';
