// What may cross a thread, as far as types can tell. `Sendable<T>` is `T` where all of it may,
// and otherwise something that no value of `T` is assignable to, with the reason in its name, so
// that the compiler's message points at the property in question. What types cannot tell (an
// `unknown`, a class whose instances have no methods) is found at run time, by its place.

declare const REASON: unique symbol;

/** Stands where a type cannot cross a thread; nothing is assignable to it. */
export interface NotSendable<Reason extends string> {
  readonly [REASON]: Reason;
}

type Primitive = string | number | bigint | boolean | null | undefined | void;

/** Is the type of the instances of global classes, as far as the platform's types have them. */
type Platform<Name extends string> = Name extends string
  ? typeof globalThis extends Readonly<Record<Name, { readonly prototype: infer Instance }>>
    ? Instance
    : never
  : never;

/** What crosses as it is: by value, by reference, or because it can be transferred. */
type Whole =
  | Date
  | RegExp
  | Error
  | ArrayBufferLike
  | ArrayBufferView
  | Platform<'Blob' | 'CryptoKey' | 'ImageBitmap' | 'ImageData' | 'MessagePort' | 'OffscreenCanvas'>
  | Platform<'ReadableStream' | 'TransformStream' | 'WritableStream'>;

/** What lives on its own thread and is nothing elsewhere. */
type Bound =
  | WeakMap<WeakKey, unknown>
  | WeakSet<WeakKey>
  | WeakRef<WeakKey>
  | PromiseLike<unknown>
  | Iterator<unknown, unknown, never>
  | AsyncIterator<unknown, unknown, never>;

/** A node of the DOM, told by its shape, so that the types of the DOM are not needed. */
interface DomNode {
  readonly nodeType: number;
  readonly nodeName: string;
  readonly ownerDocument: unknown;
}

/**
 * Is `T` where values of `T` can be given to another thread; otherwise a type that refuses them.
 *
 * @example
 * ```ts
 * import type { Sendable } from '@concurrency-lab/runtime';
 *
 * const fine: Sendable<{ at: Date; pixels: Uint8Array }> = { at: new Date(0), pixels: new Uint8Array(4) };
 * fine.pixels.length; // => 4
 * // @ts-expect-error a function cannot be given to another thread
 * const wrong: Sendable<{ callback: () => void }> = { callback() {} };
 * ```
 */
export type Sendable<T> = unknown extends T
  ? T
  : T extends Primitive | Whole
    ? T
    : T extends ReadonlyMap<infer Key, infer Value>
      ? Same<T, ReadonlyMap<Sendable<Key>, Sendable<Value>>>
      : T extends ReadonlySet<infer Item>
        ? Same<T, ReadonlySet<Sendable<Item>>>
        : T extends Bound
          ? NotSendable<'a promise, an iterator or a weak reference lives on its own thread'>
          : T extends symbol
            ? NotSendable<'a symbol cannot be given to another thread'>
            : T extends DomNode
              ? NotSendable<'a node of the DOM lives on its own thread'>
              : T extends (...args: never[]) => unknown
                ? NotSendable<'a function cannot be given to another thread; name it with task()'>
                : T extends abstract new (...args: never[]) => unknown
                  ? NotSendable<'a class cannot be given to another thread'>
                  : T extends readonly (infer Item)[]
                    ? number extends T['length']
                      ? Same<T, List<Item>>
                      : { [Key in keyof T]: Sendable<T[Key]> }
                    : { [Key in keyof T]: Sendable<T[Key]> };

/** Is a list, named so that types which contain themselves come to an end. */
interface List<Item> extends ReadonlyArray<Sendable<Item>> {}

/** Is `T` where it fits what its parts came to. */
type Same<T, Parts> = T extends Parts ? T : Parts;

/** Is what a task comes to, from what its function returns: the value of a promise or of a coroutine. */
export type Outcome<Returned> = Returned extends Generator<unknown, infer Value, never> ? Value : Awaited<Returned>;

/** Is `unknown` where a function's arguments and result can cross threads; otherwise the function with those that can. */
export type SendableFunction<Args extends readonly unknown[], Returned> = [Args, Outcome<Returned>] extends [
  { [Key in keyof Args]: Sendable<Args[Key]> },
  Sendable<Outcome<Returned>>,
]
  ? unknown
  : (...args: { [Key in keyof Args]: Sendable<Args[Key]> }) => Sendable<Outcome<Returned>>;
