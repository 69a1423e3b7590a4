// What a model says about its shared memory: which accesses race on purpose, which words must
// be written before they are read or hold a value at the end, what must be given back, and
// what reports call the words. All of it holds until the execution ends.

import { elementOf } from './engine/elements.ts';
import { isSharedView, type TypedArray } from './engine/memory.ts';
import { declareRacy } from './engine/racy.ts';
import { x } from './engine/state.ts';
import { holdUntilReleased, watchRegion } from './engine/watch.ts';
import { InvalidModelError } from './errors.ts';

/** Holds the options of {@link watch}. */
export interface WatchOptions {
  /** Names the region in reports. */
  readonly name: string;
  /** True to fail where an element is read, other than by `Atomics`, that nobody has written; false where not given. */
  readonly initialised?: boolean | undefined;
  /** True to fail where an index is outside of its view; false where not given. */
  readonly bounds?: boolean | undefined;
  /** What each element must hold when all threads have ended; anything where not given. */
  readonly atEnd?: number | bigint | undefined;
}

/** Stands for something that must be released before the model ends. */
export interface Hold extends Disposable {
  /** Notes that it was released; a second call does nothing. */
  release(): void;
}

/**
 * Declares elements racy: their plain accesses are no data races, and a plain read returns any
 * value that the memory model of ECMAScript allows, each in an execution of its own.
 *
 * Call it before the first access. A read sees every write that no other write hides from it
 * by happens-before, later ones included; two reads in a row may see them in any order. Floats
 * and 64-bit integers tear between bytes. Bulk accesses, `DataView`, and elements of different
 * sizes over the same bytes are not supported there (failure kind `unsupported`).
 *
 * @param index - the first element; 0 where not given
 * @param length - how many elements; up to the end of the view where not given
 * @throws {InvalidModelError} outside of a model, on a view that is not a typed array of shared
 * memory, and on elements outside of it
 */
export function racy(view: TypedArray, index = 0, length: number = viewOf('racy', view).length - index): void {
  requireModel('racy');
  const shared = viewOf('racy', view);
  requireCount('racy', 'index', index, shared.length);
  requireCount('racy', 'length', length, shared.length - index);
  const from = shared.byteOffset + index * shared.BYTES_PER_ELEMENT;
  declareRacy(shared.buffer, from, from + length * shared.BYTES_PER_ELEMENT);
}

/**
 * Watches the elements of a view, by what the options ask for.
 *
 * Uninitialised reads fail with kind `uninitialised-read`, indices out of bounds with
 * `out-of-bounds`, and other values at the end with `leak`.
 *
 * @throws {InvalidModelError} outside of a model, on a view that is not a typed array of shared
 * memory, without a name, and on an `atEnd` that the elements cannot hold
 */
export function watch(view: TypedArray, options: WatchOptions): void {
  requireModel('watch');
  const shared = viewOf('watch', view);
  const { name, initialised = false, bounds = false, atEnd } = options;
  requireName('watch', name);
  if (atEnd !== undefined && !holds(shared, atEnd)) {
    throw new InvalidModelError(`watch: atEnd must be a value of a ${shared.constructor.name}, not ${show(atEnd)}`);
  }
  const from = shared.byteOffset;
  watchRegion({
    buffer: shared.buffer,
    from,
    to: from + shared.byteLength,
    name,
    initialised,
    bounds,
    atEnd,
    view: shared,
  });
}

/**
 * Holds something that must be released, by `release` or by `using`, before all threads have
 * ended; otherwise the model fails with kind `leak`.
 *
 * @param name - what the report calls it
 * @throws {InvalidModelError} outside of a model, and without a name
 */
export function hold(name: string): Hold {
  requireModel('hold');
  requireName('hold', name);
  // No site: the thread's last one is that of another operation.
  const release = holdUntilReleased(name, -1);
  return { release, [Symbol.dispose]: release };
}

/**
 * Labels the elements of a view for reports.
 *
 * @param names - one name for each of the first elements; or one for all, to which the index is
 * added where there are several
 * @throws {InvalidModelError} outside of a model, on a view that is not a typed array of shared
 * memory, on empty names, and on more names than elements
 */
export function label(view: TypedArray, names: string | readonly string[]): void {
  requireModel('label');
  const shared = viewOf('label', view);
  const { length, byteOffset, BYTES_PER_ELEMENT: size } = shared;
  const list: unknown = typeof names === 'string' ? [names] : names;
  if (!Array.isArray(list)) {
    throw new InvalidModelError(`label: names must be a string or a list of strings, not ${show(names)}`);
  }
  if (typeof names !== 'string' && names.length > length) {
    throw new InvalidModelError(`label: ${names.length} names for ${length} elements`);
  }
  for (const name of list as unknown[]) requireName('label', name);
  const nameOf = (i: number): string => {
    if (typeof names !== 'string') return names[i]!;
    return length === 1 ? names : `${names}[${i}]`;
  };
  const order = x.memory.orderOf(shared.buffer);
  if (x.trace === undefined) return; // only reports show them
  const count = typeof names === 'string' ? length : names.length;
  for (let i = 0; i < count; i++) x.names.set(`${order}:${byteOffset + i * size}`, nameOf(i));
}

function requireModel(caller: string): void {
  if (x.current === undefined)
    throw new InvalidModelError(`${caller}() is about a running model: call it within explore() or verify()`);
}

type SharedTypedArray = TypedArray & { readonly buffer: SharedArrayBuffer };

function viewOf(caller: string, view: unknown): SharedTypedArray {
  if (isSharedView(view) && !(view instanceof DataView)) return view as unknown as SharedTypedArray;
  const what = ArrayBuffer.isView(view)
    ? `a ${view.constructor.name} of memory that is not shared, or a DataView`
    : show(view);
  throw new InvalidModelError(`${caller}: view must be a typed array over a SharedArrayBuffer, not ${what}`);
}

function requireCount(caller: string, name: string, value: unknown, most: number): void {
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most) return;
  throw new InvalidModelError(`${caller}: ${name} must be an integer from 0 to ${most}, not ${show(value)}`);
}

function requireName(caller: string, name: unknown): void {
  if (typeof name === 'string' && name !== '') return;
  throw new InvalidModelError(`${caller}: a name must be a string that is not empty, not ${show(name)}`);
}

/** Tells whether an element of the view can have the value. */
function holds(view: TypedArray, value: unknown): boolean {
  if (typeof value !== (view instanceof BigInt64Array || view instanceof BigUint64Array ? 'bigint' : 'number'))
    return false;
  return elementOf(view, value) === value;
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  const isPrimitive = value === null || (typeof value !== 'object' && typeof value !== 'function');
  // eslint-disable-next-line no-base-to-string
  return isPrimitive ? String(value) : Object.prototype.toString.call(value);
}
