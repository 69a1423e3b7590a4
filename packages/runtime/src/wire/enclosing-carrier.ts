// What the payloads of tasks carry beside plain data: shared memory, by reference; what is
// marked to be moved; and objects that only the platform knows how to clone. They go into a list,
// which travels in a message, and the bytes name them by their place in it.

import type { Carrier, Reader, Writer } from '@concurrency-lab/atomics/wire';

/** The most bytes of one payload. */
const CAPACITY = 2 ** 30;

/** Classes that the general form writes. */
const WRITTEN: ReadonlySet<string> = new Set([
  'ArrayBuffer',
  'BigInt',
  'Boolean',
  'DOMException',
  'Date',
  'Error',
  'Map',
  'Number',
  'Object',
  'RegExp',
  'Set',
  'String',
]);
/** Classes that nothing can send; the general form refuses them by their place. */
const REFUSED: ReadonlySet<string> = new Set([
  'AsyncGenerator',
  'Function',
  'Generator',
  'Promise',
  'Symbol',
  'WeakMap',
  'WeakRef',
  'WeakSet',
]);

/** Collects the objects of one payload as it is written, or gives them as it is read. */
export class EnclosingCarrier implements Carrier {
  readonly capacity: number = CAPACITY;
  /** The objects, in the order in which the bytes name them. */
  objects: object[] = [];
  /** Where the objects stand that the platform must clone or move. */
  cloned: string[] = [];
  /** What is to be moved. */
  moved: ReadonlySet<object> | undefined = undefined;

  tooLarge(): RangeError {
    return new RangeError(`a task's arguments and its result may take ${CAPACITY} bytes`);
  }

  carries(value: object, className: string, path: string): boolean {
    if (className === 'SharedArrayBuffer') return true;
    if (this.moved?.has(value) !== true && (WRITTEN.has(className) || REFUSED.has(className))) return false;
    this.cloned.push(path);
    return true;
  }

  write(writer: Writer, value: object): void {
    writer.count(this.objects.push(value) - 1);
  }

  read(reader: Reader): object {
    return this.objects[reader.count()]!;
  }

  /** Begins with the next payload. */
  reset(moved: ReadonlySet<object> | undefined, objects: readonly object[] = []): this {
    this.moved = moved;
    this.objects = objects as object[];
    this.cloned = [];
    return this;
  }
}
