// The frame of a machine as bytes: plain data only, and no more than a slot has room for.

import { describe, InvalidArgumentError } from '@concurrency-lab/atomics';
import { Writer } from '@concurrency-lab/atomics/wire';
import { PAYLOAD_BYTES } from '../scheduler/memory.ts';
import { EnclosingCarrier } from './enclosing-carrier.ts';

/**
 * Writes the values of a frame.
 *
 * @throws {InvalidArgumentError} on one that is no plain data, by its field, and on more than fit
 */
export function encodeFrame(values: readonly unknown[], fields: readonly string[]): Uint8Array<ArrayBuffer> {
  for (const [i, value] of values.entries()) requirePlain(value, fields[i]!);
  const writer = new Writer().reset(new EnclosingCarrier());
  writer.value(values, 'the frame');
  if (writer.length > PAYLOAD_BYTES) {
    throw new InvalidArgumentError(
      `the frame of a machine takes ${PAYLOAD_BYTES} bytes; ${fields.join(', ')} take ${writer.length}`,
    );
  }
  return writer.bytes.subarray(0, writer.length);
}

function requirePlain(value: unknown, field: string): void {
  if (typeof value !== 'object' || value === null) {
    if (typeof value !== 'function' && typeof value !== 'symbol') return;
  } else if (!('then' in value)) {
    const carrier = new EnclosingCarrier();
    new Writer().reset(carrier).value(value, `the frame's ${field}`);
    if (carrier.objects.length === 0) return;
  }
  throw new InvalidArgumentError(
    `the frame of a machine takes plain data; its ${field} is ${describe(value)}, which stays on its thread`,
  );
}
