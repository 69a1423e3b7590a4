export * from '@fast-check/vitest';
