/* Menus that fold: a button with `aria-controls` and `data-menu`. Escape and leaving the menu close it. */

const targetOf = (button) => document.getElementById(button.getAttribute('aria-controls'));

function set(button, open) {
  button.setAttribute('aria-expanded', String(open));
  targetOf(button).dataset.open = String(open);
}

function closeAll(except) {
  for (const button of document.querySelectorAll('[data-menu][aria-expanded="true"]')) if (button !== except) set(button, false);
}

/** Make the menus of the page fold and unfold. */
export function watchMenus() {
  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('[data-menu]');
    if (button) {
      closeAll(button);
      set(button, button.getAttribute('aria-expanded') !== 'true');
    } else if (!event.target.closest?.('[data-open="true"]')) closeAll();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    const open = document.querySelector('[data-menu][aria-expanded="true"]');
    if (open) {
      set(open, false);
      open.focus();
    }
  });
  document.addEventListener('focusin', (event) => {
    for (const button of document.querySelectorAll('[data-menu][aria-expanded="true"]')) {
      if (event.target !== button && !targetOf(button).contains(event.target)) set(button, false);
    }
  });
}
