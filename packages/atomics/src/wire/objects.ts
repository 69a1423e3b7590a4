// Writes objects: each class that structured clone knows, in a form of its own. An instance of
// another class is written as the plain object of its own enumerable properties, as
// structured clone does; what has no such form is refused.

import { InvalidArgumentError } from '../errors.ts';
import {
  ARRAY,
  BOXED,
  BUFFER,
  CARRIED,
  DATE,
  DOM_EXCEPTION,
  ERROR,
  ERRORS,
  HOLE,
  MAP,
  OBJECT,
  REGEXP,
  SET,
  VIEW,
  VIEW_OF,
  VIEWS,
} from './tags.ts';
import type { Writer } from './writer.ts';

/** Names the class of an object, of this realm or another. */
function classOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** Writes an object that was not written before, with its tag. */
export function writeObject(writer: Writer, value: object, path: string): void {
  if (Array.isArray(value)) return writeArray(writer, value, path);
  if (ArrayBuffer.isView(value)) return writeView(writer, value, path);
  const name = classOf(value);
  const { carrier } = writer;
  if (name === 'ArrayBuffer') requireAttached(value as ArrayBuffer, path);
  if (carrier.carries(value, name, path)) {
    writer.byte(CARRIED);
    return carrier.write(writer, value);
  }
  switch (name) {
    case 'Object':
      writer.byte(OBJECT);
      return writeProperties(writer, value, path);
    case 'Map':
      return writeMap(writer, value as Map<unknown, unknown>, path);
    case 'Set':
      return writeSet(writer, value as Set<unknown>, path);
    case 'Date':
      writer.byte(DATE);
      return writer.number((value as Date).getTime());
    case 'RegExp':
      writer.byte(REGEXP);
      writer.string((value as RegExp).source);
      return writer.string((value as RegExp).flags);
    case 'Error':
    case 'DOMException':
      return writeError(writer, value as Error, path);
    case 'ArrayBuffer':
      writer.byte(BUFFER);
      writer.count((value as ArrayBuffer).byteLength);
      return writer.raw(new Uint8Array(value as ArrayBuffer));
    case 'Boolean':
    case 'Number':
    case 'String':
    case 'BigInt':
      writer.byte(BOXED);
      return writer.value((value as { valueOf(): unknown }).valueOf(), path);
    default:
      throw refusal(path, `of class ${name}, which has no form that another thread could read`);
  }
}

function refusal(path: string, what: string): InvalidArgumentError {
  return new InvalidArgumentError(`${path} is ${what}`);
}

function writeArray(writer: Writer, value: readonly unknown[], path: string): void {
  writer.byte(ARRAY);
  writer.count(value.length);
  for (let i = 0; i < value.length; i++) {
    if (i in value) writer.value(value[i], `${path}[${i}]`);
    else writer.byte(HOLE);
  }
}

function writeProperties(writer: Writer, value: object, path: string): void {
  const keys = Object.keys(value);
  writer.count(keys.length);
  for (const key of keys) {
    writer.string(key);
    writer.value((value as Record<string, unknown>)[key], `${path}.${key}`);
  }
}

function writeMap(writer: Writer, value: ReadonlyMap<unknown, unknown>, path: string): void {
  const entries = [...value];
  writer.byte(MAP);
  writer.count(entries.length);
  for (const [key, item] of entries) {
    writer.value(key, `a key of ${path}`);
    writer.value(item, `a value of ${path}`);
  }
}

function writeSet(writer: Writer, value: ReadonlySet<unknown>, path: string): void {
  const items = [...value];
  writer.byte(SET);
  writer.count(items.length);
  for (const item of items) writer.value(item, `an item of ${path}`);
}

/** Writes the class, and then as properties what makes the error: also its own, such as `code`. */
function writeError(writer: Writer, value: Error, path: string): void {
  const { name, message, stack } = value;
  const isDomException = classOf(value) === DOM_EXCEPTION;
  const base = isDomException ? DOM_EXCEPTION : baseOf(value);
  const properties: Record<string, unknown> = Object.fromEntries(Object.entries(value));
  properties['stack'] = stack;
  for (const key of ['cause', 'errors']) {
    if (Object.hasOwn(value, key)) properties[key] = (value as unknown as Record<string, unknown>)[key];
  }
  writer.byte(ERROR);
  writer.string(base);
  if (isDomException) {
    writer.string(name);
    writer.string(message);
  } else {
    properties['message'] = message;
    if (name !== base) properties['name'] = name;
  }
  writeProperties(writer, properties, path);
}

/** Names the nearest class of an error that the other thread has as well. */
function baseOf(value: Error): string {
  if (Object.hasOwn(ERRORS, value.name)) return value.name;
  for (let of: unknown = value; of !== null; of = Object.getPrototypeOf(of)) {
    const name = (of as { constructor?: { name?: string } }).constructor?.name;
    if (name !== undefined && Object.hasOwn(ERRORS, name)) return name;
  }
  return 'Error';
}

/** Throws on a buffer that was moved to another thread before: nothing is left of it here. */
function requireAttached(buffer: ArrayBufferLike, path: string): void {
  if (buffer.byteLength > 0) return;
  try {
    void new Uint8Array(buffer);
  } catch {
    throw refusal(path, 'a buffer that was transferred before');
  }
}

/** Writes a view with the bytes that it shows, or by reference where the carrier passes its buffer. */
function writeView(writer: Writer, value: ArrayBufferView, path: string): void {
  const { buffer, byteOffset, byteLength } = value;
  const name = classOf(value);
  const kind = VIEWS.findIndex((view) => view.name === name);
  if (kind === -1) throw refusal(path, `a view of class ${name}, which is not supported`);
  if (byteLength === 0) requireAttached(buffer, `${path}.buffer`);
  const isCarried = writer.carrier.carries(buffer, classOf(buffer), `${path}.buffer`);
  writer.byte(isCarried ? VIEW_OF : VIEW);
  writer.byte(kind);
  if (isCarried) writer.count(byteOffset);
  writer.count(byteLength);
  if (isCarried) writer.value(buffer, `${path}.buffer`);
  else writer.raw(new Uint8Array(buffer, byteOffset, byteLength));
}
