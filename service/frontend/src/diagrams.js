/* Loads the diagram viewer when a diagram comes near the window, so that pages without one never pay for it. */

async function open(figure) {
  const { viewer, viewerStyle } = figure.dataset;
  const style = document.createElement('link');
  style.rel = 'stylesheet';
  style.href = viewerStyle;
  const styled = new Promise((done, failed) => {
    style.onload = done;
    style.onerror = failed;
  });
  document.head.append(style);
  const status = figure.querySelector('[data-diagram-status]');
  try {
    const [{ show }] = await Promise.all([import(viewer), styled]);
    await show(figure);
    status.hidden = true;
  } catch (fault) {
    status.textContent = figure.dataset.failed;
    console.warn(fault);
  }
}

/** Show the diagrams of the page as they come into view. */
export function watchDiagrams() {
  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      watcher.unobserve(entry.target);
      open(entry.target);
    }
  }, { rootMargin: '300px' });
  for (const figure of document.querySelectorAll('[data-diagram]')) watcher.observe(figure);
}
