/* Small things that pages share. */

/** Move to what wants attention when the page opens: the summary of errors, or a message. */
export function focusAttention() {
  document.querySelector('[data-focus]')?.focus();
}

/** Links in the summary of errors go to the field itself, not only near it. */
export function watchSummaries() {
  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('[data-summary] a[href^="#"]');
    const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!field) return;
    event.preventDefault();
    (document.querySelector(`label[for="${CSS.escape(field.id)}"]`) ?? field.closest('fieldset') ?? field).scrollIntoView();
    field.focus({ preventScroll: true });
  });
}

/** Lists keep their place when somebody comes back to them. */
export function keepPlace() {
  if (!document.querySelector('[data-keep-place]')) return;
  const key = `place:${location.pathname}${location.search}`;
  const kept = sessionStorage.getItem(key);
  if (kept && performance.getEntriesByType('navigation')[0]?.type !== 'reload') window.scrollTo(0, Number(kept));
  window.addEventListener('pagehide', () => sessionStorage.setItem(key, String(window.scrollY)));
}

/** A calendar beside a date field that is typed: the browser's own, opened by a button. */
export function watchCalendars() {
  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('[data-calendar]');
    if (!button) return;
    const typed = document.getElementById(button.dataset.calendar);
    const picker = button.parentElement.querySelector('input[type=date]');
    const danish = /^(\d{1,2})-(\d{1,2})-(\d{4})$/.exec(typed.value.trim());
    picker.value = danish ? `${danish[3]}-${danish[2].padStart(2, '0')}-${danish[1].padStart(2, '0')}` : '';
    picker.onchange = () => {
      typed.value = picker.value.split('-').reverse().join('-');
      typed.dispatchEvent(new Event('input', { bubbles: true }));
      typed.focus();
    };
    picker.showPicker();
  });
}

/** A box in a table's head ticks all boxes of its column. */
export function watchTickAll() {
  document.addEventListener('change', (event) => {
    const all = event.target;
    if (!all.matches?.('[data-tick-all]')) return;
    for (const box of all.closest('table').querySelectorAll(`input[name="${CSS.escape(all.dataset.tickAll)}"]`)) box.checked = all.checked;
  });
}

/** Filters send themselves when a choice is made; free text waits for the button. */
export function watchFilters() {
  document.addEventListener('change', (event) => {
    if (event.target.matches?.('form[data-filter] select')) event.target.form.requestSubmit();
  });
}

/** Buttons that print the page. */
export function watchPrinting() {
  document.addEventListener('click', (event) => {
    if (event.target.closest?.('[data-print]')) window.print();
  });
}
