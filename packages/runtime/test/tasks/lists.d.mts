import type { Coroutine } from '@concurrency-lab/mini-exec';
import type { MpscSenderHandle, Task } from '../../src/index.ts';

export declare const square: Task<[n: number, index: number], number>;
export declare const squareLater: Task<[n: number], number, Promise<number>>;
export declare const squareStepwise: Task<[n: number], number, Coroutine<number>>;
export declare const mark: Task<[words: Int32Array], void>;
export declare const failAt: Task<
  [item: { words: Int32Array; fail: boolean; waits?: boolean }],
  number,
  number | Promise<number>
>;
export declare const waitForWord: Task<[words: Int32Array], number, Promise<number>>;
export declare const meet: Task<[words: Int32Array, index: number], number>;
export declare const fib: Task<[n: number], number, Promise<number>>;
export declare const describeAll: Task<[bytes: Uint8Array, text: string], string>;
export declare const sendMany: Task<[handle: MpscSenderHandle, from: number, count: number], void, Promise<void>>;
