import type { Task } from '../../src/index.ts';

export declare const fibonacci: Task<[n: number], number>;
export declare const everyWait: Task<[from: number, to?: number], { sum: number; failed: string }>;
export declare const joinLarge: Task<[], number>;
export declare const waitForFlag: Task<[], number[]>;
export declare const wokenByTask: Task<[], string>;
export declare const throwLater: Task<[], never>;
export declare const keepMuch: Task<[text: string], string>;
export declare const keepNumbers: Task<[], number[]>;
