// What every package's vitest.config.ts shares.
import { fileURLToPath } from 'node:url';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** Builds the config of a package's tests; `name` is the folder's. */
export function testConfig(name: string): ViteUserConfig {
  return defineConfig({
    // Packages of the workspace are tested from source; real workers load `dist`.
    ssr: { resolve: { conditions: ['@concurrency-lab/source', 'module', 'node', 'development|production'] } },
    test: {
      name,
      include: ['test/**/*.test.ts'],
      setupFiles: [fileURLToPath(new URL('vitest.setup.ts', import.meta.url))],
      // `npm test` merges the blobs into one summary.
      reporters: ['default', ['blob', { outputFile: '.vitest/blob.json' }]],
      // A hung test ends; a busy machine does not end one. The tests of processes and threads rely on that.
      testTimeout: 120_000,
      hookTimeout: 120_000,
      teardownTimeout: 60_000,
      expect: { poll: { timeout: 60_000 } },
    },
  });
}
