export type { Carrier } from './carrier.ts';
export { Reader } from './reader.ts';
export { Writer } from './writer.ts';
