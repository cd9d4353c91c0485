/* Asks before something that cannot be undone: `data-confirm="…"` on a button opens a dialog; without scripts the button
   just sends its form, and the server asks where it must. */

function dialogFor(button) {
  const dialog = document.createElement('dialog');
  dialog.className = 'confirm';
  const { confirm, confirmYes, confirmNo, confirmTitle } = button.dataset;
  const heading = document.createElement('h2');
  heading.id = 'confirm-title';
  heading.textContent = confirmTitle || button.textContent.trim();
  dialog.setAttribute('aria-labelledby', heading.id);
  const text = document.createElement('p');
  text.textContent = confirm;
  const row = document.createElement('form');
  row.method = 'dialog';
  row.className = 'confirm-buttons';
  for (const [value, label, look] of [['yes', confirmYes || heading.textContent, 'primary'], ['no', confirmNo, 'secondary']]) {
    const choice = document.createElement('button');
    choice.value = value;
    choice.className = `button button-${look}`;
    choice.textContent = label;
    row.append(choice);
  }
  dialog.append(heading, text, row);
  return dialog;
}

/** Ask before buttons with `data-confirm` do what they do. */
export function watchConfirmations() {
  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('button[data-confirm]');
    if (!button || button.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const dialog = dialogFor(button);
    dialog.addEventListener('close', () => {
      dialog.remove();
      if (dialog.returnValue === 'yes') {
        button.dataset.confirmed = 'yes';
        button.click();
        delete button.dataset.confirmed;
      } else button.focus();
    });
    document.body.append(dialog);
    dialog.showModal();
  }, true);
}
