import type { Coroutine } from '@concurrency-lab/mini-exec';
import type { Task } from '../../src/index.ts';

export declare const add: Task<[a: number, b: number], number>;
export declare const addLater: Task<[a: number, b: number], number>;
export declare const fib: Task<[n: number], number, Promise<number>>;
export declare const fibOfCoroutines: Task<[n: number], number, Coroutine<number>>;
export declare const mark: Task<[words: Int32Array, i: number], void>;
export declare const valueOf: Task<[object: { value: unknown }]>;
