// The part of chai, which brings no types along, that vitest's assertions are built upon.

declare module 'chai' {
  export function use(plugin: unknown): void;
  export function expect(value: unknown, message?: string): object;
  export class AssertionError extends Error {}
}
