// @ts-check
// The little SVG that the charts are made of. A chart is a function of its data alone, so a test
// can compare it with what is kept; it adapts to dark pages and loads nothing.

const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; font-size: 13px; }
  .faint { fill: #59636e; }
  .axis { stroke: #59636e; stroke-width: 1; fill: none; }
  .grid { stroke: #d1d9e0; stroke-width: 1; fill: none; }
  .line { fill: none; stroke-width: 2; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .faint { fill: #9198a1; }
    .axis { stroke: #9198a1; }
    .grid { stroke: #3d444d; }
  }`;

/** Are told apart on light and on dark ground, also without red and green. */
const COLOURS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#8c6bb1', '#999999'];

/**
 * Gives the colour of the nth thing.
 * @param {number} n
 * @returns {string}
 */
export const colour = (n) => /** @type {string} */ (COLOURS[n % COLOURS.length]);

/**
 * Makes text safe to stand in SVG.
 * @param {unknown} value
 * @returns {string}
 */
export const escape = (value) =>
  String(value).replace(
    /[&<>"]/g,
    (sign) => /** @type {string} */ ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }[sign]),
  );

/**
 * Writes an element; numbers are cut to tenths.
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {string} [content] SVG, or escaped text
 * @returns {string}
 */
export function element(name, attributes, content) {
  const written = Object.entries(attributes).map(([key, value]) => {
    const text = typeof value === 'number' ? String(Math.round(value * 10) / 10) : escape(value);
    return ` ${key}="${text}"`;
  });
  return content === undefined ? `<${name}${written.join('')}/>` : `<${name}${written.join('')}>${content}</${name}>`;
}

/**
 * Writes a text.
 * @param {number} x
 * @param {number} y
 * @param {unknown} content
 * @param {Record<string, string | number>} [attributes]
 * @returns {string}
 */
export const text = (x, y, content, attributes = {}) => element('text', { x, y, ...attributes }, escape(content));

/**
 * Writes a whole picture.
 * @param {{ width: number, height: number, title: string }} frame
 * @param {readonly string[]} parts
 * @returns {string}
 */
export function picture({ width, height, title }, parts) {
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${Math.round(width)} ${Math.round(height)}" role="img">`;
  return `${[head, `<title>${escape(title)}</title>`, `<style>${STYLE}\n</style>`, ...parts, '</svg>'].join('\n')}\n`;
}

/**
 * Makes a scale from values to places.
 * @param {{ from: number, to: number, start: number, end: number, logarithmic?: boolean }} range
 * @returns {(value: number) => number}
 */
export function scale({ from, to, start, end, logarithmic = false }) {
  const place = logarithmic ? Math.log : (/** @type {number} */ value) => value;
  const [low, high] = [place(from), place(to)];
  return (value) => (high === low ? (start + end) / 2 : start + ((place(value) - low) / (high - low)) * (end - start));
}

/**
 * Picks the values of an axis: round ones, five or so, on a logarithmic axis 1, 2 and 5 of each decade or fewer.
 * @param {number} from
 * @param {number} to
 * @param {boolean} [logarithmic]
 * @returns {number[]}
 */
export function ticks(from, to, logarithmic = false) {
  if (logarithmic) {
    const decades = Math.log10(to / from);
    const steps = decades > 4 ? [1] : decades > 1.5 ? [1, 3] : [1, 2, 5];
    const found = [];
    for (let exponent = Math.floor(Math.log10(from)); exponent <= Math.ceil(Math.log10(to)); exponent++) {
      for (const step of steps) {
        const value = Number(`${step}e${exponent}`);
        if (value >= from && value <= to) found.push(value);
      }
    }
    return found;
  }
  const rough = (to - from) / 5;
  if (!(rough > 0)) return [from];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = /** @type {number} */ ([1, 2, 5, 10].find((factor) => factor * power >= rough)) * power;
  const first = Math.ceil(from / step);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
