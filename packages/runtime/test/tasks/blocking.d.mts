import type { Task } from '../../src/index.ts';

export declare const threadOf: Task<[], number>;
export declare const meet: Task<[words: Int32Array, parties: number], number>;
export declare const open: Task<[words: Int32Array], void>;
export declare const waitFor: Task<[words: Int32Array], string>;
export declare const waitForWords: Task<[words: Int32Array], Int32Array<SharedArrayBuffer>>;
export declare const untilAborted: Task<[words: Int32Array, lingers?: number], never>;
export declare const crowd: Task<[words: Int32Array, i: number], number>;
export declare const asyncThreads: Task<[], number[]>;
export declare const fail: Task<[message: string], never>;
export declare const exit: Task<[], never>;
export declare const delegate: Task<[], number[]>;
export declare const delegateBack: Task<[], number[]>;
export declare const many: Task<[words: Int32Array, count: number], number[]>;
