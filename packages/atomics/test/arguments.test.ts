import { describe, expect, it } from 'vitest';
import { Deadline, describe as render, InvalidArgumentError, requireInteger, requireTimeout } from '../src/index.ts';

describe('requireInteger', () => {
  it.each([1, 5, 10])('returns %d', (value) => {
    expect(requireInteger('size', value, 1, 10)).toBe(value);
  });

  it.each([0, 11, 1.5, Number.NaN, Infinity, -1, '5', null, undefined, 5n, {}])('refuses %s', (value) => {
    const check = (): unknown => requireInteger('size', value, 1, 10);
    expect(check).toThrow(InvalidArgumentError);
    expect(check).toThrow(`size must be an integer from 1 to 10, not ${render(value)}`);
  });
});

describe('requireTimeout', () => {
  it('takes no timeout for an endless one', () => {
    expect(requireTimeout(undefined)).toBe(Infinity);
  });

  it.each([0, 0.5, 1e9, Infinity])('returns %d', (value) => {
    expect(requireTimeout(value)).toBe(value);
  });

  it.each([-1, -0.001, Number.NaN, -Infinity, '5', null, 5n])('refuses %s', (value) => {
    const check = (): unknown => requireTimeout(value);
    expect(check).toThrow(InvalidArgumentError);
    expect(check).toThrow(`timeout must be a number of milliseconds from 0 to Infinity, not ${render(value)}`);
  });
});

describe('Deadline', () => {
  it('counts down and stops at 0', async () => {
    const deadline = Deadline.after(20);
    expect(deadline.left).toBeGreaterThan(0);
    expect(deadline.left).toBeLessThanOrEqual(20);
    while (deadline.left > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(deadline.left).toBe(0);
  });

  it('never comes without a timeout', () => {
    expect(Deadline.after(undefined).left).toBe(Infinity);
    expect(Deadline.after(Infinity).left).toBe(Infinity);
  });
});

describe('describe', () => {
  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [-0.5, '-0.5'],
    [7n, '7n'],
    ['text', '"text"'],
    ['x'.repeat(60), `"${'x'.repeat(40)}…"`],
    [Symbol('s'), 'Symbol(s)'],
    [function named() {}, 'the function named'],
    [() => {}, 'the function (anonymous)'],
    [new Map(), 'an object of class Map'],
    [Object.create(null), 'an object of class Object'],
  ])('renders %s', (value, text) => {
    expect(render(value)).toBe(text);
  });

  it('renders what throws when it is looked at', () => {
    const get = (): never => {
      throw new Error('trap');
    };
    expect(render(new Proxy({}, { get }))).toBe('a value of type object, which cannot be looked at');
  });
});
