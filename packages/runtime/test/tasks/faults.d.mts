import type { Task } from '../../src/index.ts';

export declare const thread: Task<[], number>;
export declare const throwError: Task<[message: string], never>;
export declare const throwUndefined: Task<[], never>;
export declare const returnFunction: Task<[]>;
export declare const exit: Task<[code: number], void>;
export declare const throwHostile: Task<[]>;
export declare const throwBesides: Task<[]>;
export declare const throwAfterwards: Task<[], string>;
export declare const spawnThrow: Task<[message: string], void>;
export declare const allocateAll: Task<[], never>;
export declare const spin: Task<[flag: Int32Array], never>;
export declare const spinUntilAborted: Task<[flag: Int32Array], never>;
export declare const never: Task<[flag: Int32Array]>;
export declare const neverCoroutine: Task<[flag: Int32Array], void>;
export declare const countCleanups: Task<[], number>;
export declare const spawnExit: Task<[], string>;
