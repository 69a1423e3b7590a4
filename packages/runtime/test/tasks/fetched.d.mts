import type { Task } from '../../src/index.ts';

export declare const GATE: string;
export declare const shared: Task<[value: number], Int32Array<SharedArrayBuffer>>;
