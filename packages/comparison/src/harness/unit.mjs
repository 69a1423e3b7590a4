// @ts-check
// The units that figures are in: rates, where more is faster, and times of one operation, where less is.

/** @typedef {import('./definition.mjs').Unit} Unit */

/** @type {Record<Unit, { rate: boolean, scale: number }>} */
const UNITS = {
  '/s': { rate: true, scale: 1 },
  'k/s': { rate: true, scale: 1e3 },
  'M/s': { rate: true, scale: 1e6 },
  ns: { rate: false, scale: 1e-9 },
  µs: { rate: false, scale: 1e-6 },
  ms: { rate: false, scale: 1e-3 },
};

/**
 * Says whether more is faster.
 * @param {Unit} unit
 * @returns {boolean}
 */
export const isRate = (unit) => UNITS[unit].rate;

/**
 * Expresses so many operations in so many milliseconds.
 * @param {Unit} unit
 * @param {number} operations
 * @param {number} milliseconds
 * @returns {number}
 */
export function toUnit(unit, operations, milliseconds) {
  const { rate, scale } = UNITS[unit];
  const seconds = milliseconds / 1000;
  return rate ? operations / seconds / scale : seconds / operations / scale;
}

/**
 * Says how many times as fast one figure is as another: above 1, whatever the unit, is faster.
 * @param {Unit} unit
 * @param {number} figure
 * @param {number} reference
 * @returns {number}
 */
export const speedRatio = (unit, figure, reference) => (isRate(unit) ? figure / reference : reference / figure);
