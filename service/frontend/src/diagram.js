/* Shows a BPMN diagram with what is going on in it: where the course stands, what waits, how many there are.

   `<figure data-diagram>` holds a `<script type="application/json">`:
   {xml: address, marks: [{id, look, badge, text}], flows: [ids], title}
   look: "active", "waiting", "incident", "done", "chosen", "heat1" … "heat5", "added", "changed", "removed". */

import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import './diagram.css';

const STEP = 0.2;
const READABLE = 0.5;
const LOOKS = ['active', 'waiting', 'incident', 'done', 'chosen', 'heat1', 'heat2', 'heat3', 'heat4', 'heat5', 'added', 'changed', 'removed'];

function badge(mark) {
  const element = document.createElement('span');
  element.className = `diagram-badge diagram-badge-${mark.look}`;
  element.textContent = mark.badge;
  element.title = mark.text;
  return element;
}

function draw(viewer, config) {
  const canvas = viewer.get('canvas');
  const overlays = viewer.get('overlays');
  const registry = viewer.get('elementRegistry');
  for (const mark of config.marks ?? []) {
    if (!registry.get(mark.id)) continue;
    if (LOOKS.includes(mark.look)) canvas.addMarker(mark.id, `diagram-${mark.look}`);
    if (mark.badge) overlays.add(mark.id, { position: { top: -12, right: 12 }, html: badge(mark) });
  }
  for (const id of config.flows ?? []) if (registry.get(id)) canvas.addMarker(id, 'diagram-taken');
}

function fit(viewer) {
  const canvas = viewer.get('canvas');
  canvas.zoom('fit-viewport', 'auto');
  if (canvas.zoom() > 1) canvas.zoom(1);
}

/* A large diagram begins where something is going on, or at its beginning, at a size that can be read. */
function begin(viewer, config) {
  const canvas = viewer.get('canvas');
  fit(viewer);
  if (canvas.zoom() >= READABLE) return;
  const registry = viewer.get('elementRegistry');
  const busy = (config.marks ?? []).filter((mark) => mark.badge && registry.get(mark.id)).map((mark) => registry.get(mark.id));
  const starts = registry.filter((element) => element.type === 'bpmn:StartEvent' && element.parent?.type !== 'bpmn:SubProcess');
  const start = busy[0] ?? starts.sort((a, b) => a.x + a.y - b.x - b.y)[0];
  canvas.zoom(READABLE + STEP);
  if (!start) return;
  const { width, height } = canvas.viewbox();
  const share = busy.length ? 0.5 : 0.15;
  canvas.viewbox({ x: start.x + start.width / 2 - width * share, y: start.y + start.height / 2 - height / 2, width, height });
}

function connectButtons(figure, viewer) {
  const canvas = viewer.get('canvas');
  const act = {
    in: () => canvas.zoom(Math.min(canvas.zoom() + STEP, 4)),
    out: () => canvas.zoom(Math.max(canvas.zoom() - STEP, 0.2)),
    fit: () => fit(viewer),
    full: () => (document.fullscreenElement ? document.exitFullscreen() : figure.requestFullscreen()),
  };
  figure.addEventListener('click', (event) => {
    const zoom = event.target.closest('[data-zoom]');
    if (zoom) act[zoom.dataset.zoom]();
    const link = event.target.closest('[data-element]');
    if (link) point(figure, viewer, link.dataset.element);
  });
}

/** Move to one element and mark it as chosen. */
function point(figure, viewer, id) {
  const canvas = viewer.get('canvas');
  const element = viewer.get('elementRegistry').get(id);
  if (!element) return;
  if (figure.dataset.chosen) canvas.removeMarker(figure.dataset.chosen, 'diagram-chosen');
  figure.dataset.chosen = id;
  canvas.addMarker(id, 'diagram-chosen');
  const root = canvas.findRoot(element);
  if (root && root !== canvas.getRootElement()) canvas.setRootElement(root);
  if (canvas.zoom() < 0.7) canvas.zoom(1);
  canvas.scrollToElement(element, 80);
  figure.querySelector('[data-canvas]').scrollIntoView({ block: 'nearest' });
}

/* The wheel scrolls the page; it moves the diagram only while that has the focus. */
function connectWheel(holder, viewer) {
  const wheel = viewer.get('zoomScroll');
  wheel.toggle(false);
  holder.addEventListener('focusin', () => wheel.toggle(true));
  holder.addEventListener('focusout', () => wheel.toggle(false));
}

/* The keys belong to the diagram only while it has the focus. */
function connectKeys(holder, viewer) {
  const canvas = viewer.get('canvas');
  const moves = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
  holder.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (moves[event.key]) canvas.scroll({ dx: moves[event.key][0], dy: moves[event.key][1] });
    else if (event.key === '+' || event.key === '=') canvas.zoom(Math.min(canvas.zoom() + STEP, 4));
    else if (event.key === '-') canvas.zoom(Math.max(canvas.zoom() - STEP, 0.2));
    else if (event.key === '0') fit(viewer);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
}

function canvasResized(viewer) {
  viewer.get('canvas').resized();
  fit(viewer);
}

/** Draw the figure's diagram. Throws when the diagram cannot be fetched or read. */
export async function show(figure) {
  const config = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
  const holder = figure.querySelector('[data-canvas]');
  const answer = await fetch(config.xml, { headers: { Accept: 'application/xml' } });
  if (!answer.ok) throw new Error(`${config.xml}: ${answer.status}`);
  const viewer = new NavigatedViewer({ container: holder });
  await viewer.importXML(await answer.text());
  const svg = holder.querySelector('svg');
  svg.setAttribute('aria-hidden', 'true');
  for (const element of holder.querySelectorAll('[tabindex]')) element.setAttribute('tabindex', '-1');
  draw(viewer, config);
  begin(viewer, config);
  connectButtons(figure, viewer);
  connectKeys(holder, viewer);
  connectWheel(holder, viewer);
  figure.addEventListener('fullscreenchange', () => requestAnimationFrame(() => canvasResized(viewer)));
  figure.dataset.drawn = 'yes';
}
