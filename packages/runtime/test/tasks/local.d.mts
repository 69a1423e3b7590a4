import type { Task } from '../../src/index.ts';

export declare const set: Task<[words: Int32Array, i: number], void>;
export declare const spinPolitely: Task<[words: Int32Array], string>;
export declare const spinPolitelyInCoroutine: Task<[words: Int32Array], string>;
export declare const yieldToSpawned: Task<[words: Int32Array], number>;
export declare const closures: Task<[], (string | number)[]>;
export declare const leaveBehind: Task<[words: Int32Array], void>;
export declare const readLocal: Task<[value: number], number[]>;
export declare const readLocalInCoroutine: Task<[value: number], number[]>;
export declare const peekLocal: Task<[], number | string>;
export declare const peekLocalInCoroutine: Task<[], number | string>;
export declare const spawnInScope: Task<[], (number | string)[]>;
export declare const blockUntilSpawnedRan: Task<[words: Int32Array], string>;
export declare const keep: Task<[words: Int32Array], void>;
