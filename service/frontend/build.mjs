/* Bundles what runs in the browser into service/web/static/dist, with hashed names, a manifest, compressed copies, the
   icons that pages use, and the licences of what is in the bundles. `--watch` rebuilds while somebody edits. */

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import zlib from 'node:zlib';
import * as esbuild from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.resolve(here, '../web/static/dist');
const watch = process.argv.includes('--watch');
const entries = ['src/base.js', 'src/style.css', 'src/paper.css', 'src/diagram.js'];
const read = (...names) => fs.readFileSync(path.join(here, ...names), 'utf8');

/* The design system declares its font in every weight and format, and a class for every one of its icons. style.css
   declares two small font files, and pages take icons from one file; the rest stays out. */
const UNUSED = [/@font-face\s*{[^}]*}/g, /[^{}]*\.icon-[a-z-]+:not\(a\)[^{}]*{[^}]*}/g, /\/\*# sourceMappingURL.*/g];
const trimmed = {
  name: 'trimmed',
  setup(build) {
    build.onLoad({ filter: /dkfds\.min\.css$/ }, (file) => ({
      contents: UNUSED.reduce((css, part) => css.replace(part, ''), fs.readFileSync(file.path, 'utf8')),
      loader: 'css',
    }));
  },
};

function write(name, extension, content) {
  const hash = createHash('sha256').update(content).digest('base64url').replace(/[^A-Za-z0-9]/g, '').slice(0, 8);
  const file = `${name}-${hash}.${extension}`;
  fs.writeFileSync(path.join(out, file), content);
  return file;
}

function icons() {
  const folder = path.join('node_modules', 'dkfds', 'dist', 'img', 'svg-icons');
  const symbols = JSON.parse(read('icons.json')).map((name) => {
    const svg = read(folder, `${name}.svg`);
    const box = /viewBox="([^"]+)"/.exec(svg)[1];
    const body = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>'));
    return `<symbol id="${name}" viewBox="${box}">${body.trim()}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`;
}

/* Every package that has a file in a bundle. */
function licences(metafile) {
  const packages = new Set();
  for (const input of Object.keys(metafile.inputs)) {
    const found = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (found) packages.add(found[1]);
  }
  return [...packages].sort().map((name) => {
    const folder = path.join(here, 'node_modules', name);
    const about = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const texts = fs.readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file)).sort();
    const text = texts.map((file) => fs.readFileSync(path.join(folder, file), 'utf8').trim()).join('\n\n');
    return { name, version: about.version, license: about.license ?? '', text };
  });
}

function compress() {
  for (const file of fs.readdirSync(out)) {
    if (!/\.(js|css|svg|json)$/.test(file) || file === 'manifest.json') continue;
    const content = fs.readFileSync(path.join(out, file));
    if (content.length < 1000) continue;
    fs.writeFileSync(path.join(out, `${file}.gz`), zlib.gzipSync(content, { level: 9 }));
    const parameters = { [zlib.constants.BROTLI_PARAM_QUALITY]: watch ? 4 : 11 };
    fs.writeFileSync(path.join(out, `${file}.br`), zlib.brotliCompressSync(content, { params: parameters }));
  }
}

const finish = {
  name: 'finish',
  setup(build) {
    build.onEnd((result) => {
      if (result.errors.length) return;
      const manifest = { icons: { file: write('icons', 'svg', icons()) }, licences: { file: write('licences', 'json', JSON.stringify(licences(result.metafile))) } };
      for (const [file, output] of Object.entries(result.metafile.outputs)) {
        if (!output.entryPoint) continue;
        const name = path.basename(output.entryPoint).replace(/\.\w+$/, '');
        manifest[name] = { file: path.basename(file), ...(output.cssBundle && { css: path.basename(output.cssBundle) }) };
      }
      compress();
      fs.writeFileSync(path.join(out, 'manifest.json'), JSON.stringify(manifest, null, 1));
    });
  },
};

fs.rmSync(out, { recursive: true, force: true });
fs.mkdirSync(out, { recursive: true });
const options = {
  absWorkingDir: here,
  entryPoints: entries,
  outdir: out,
  bundle: true,
  format: 'esm',
  target: ['es2022', 'chrome109', 'firefox115', 'safari16'],
  minify: !watch,
  sourcemap: watch ? 'inline' : false,
  entryNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  metafile: true,
  legalComments: 'none',
  loader: { '.woff2': 'file', '.svg': 'file', '.eot': 'empty', '.ttf': 'empty', '.woff': 'empty', '.png': 'empty' },
  plugins: [trimmed, finish],
  logLevel: 'warning',
};
if (watch) {
  const context = await esbuild.context(options);
  await context.watch();
  console.log('watching');
} else await esbuild.build(options);
