/** Says where in the code something stands: lines from 1, columns from 0. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/**
 * Is thrown for a machine that cannot be compiled; the message begins with the file, the line and the column.
 *
 * @example
 * ```ts
 * import { compileMachines, MachineCompileError } from '@concurrency-lab/runtime/compiler';
 *
 * const code = `import { machine } from '@concurrency-lab/runtime';
 * export const m = machine(import.meta, 'm', function* (cx) { yield 1; });`;
 * const error = await compileMachines(code, { filename: 'm.js' }).catch((reason) => reason);
 * error instanceof MachineCompileError; // => true
 * error.message.startsWith('m.js:2:61: '); // => true
 * ```
 */
export class MachineCompileError extends Error {
  override readonly name = 'MachineCompileError';
  /** Tells this error from others, for programs. */
  readonly code = 'MACHINE_COMPILE';
  /** Says why. */
  readonly reason: string;
  /** Says where, as Rollup and Vite show it. */
  readonly loc: Place & { readonly file: string };

  constructor(reason: string, file: string, { line, column }: Place) {
    super(`${file}:${line}:${column + 1}: ${reason}`);
    this.reason = reason;
    this.loc = { file, line, column };
  }
}

/** Refuses a machine, before the file is known. */
export class Refusal extends Error {
  readonly place: Place;

  constructor(reason: string, node: { readonly loc?: { readonly start: Place } | null | undefined }) {
    super(reason);
    this.place = node.loc?.start ?? { line: 1, column: 0 };
  }
}
