// Loads a model without a test runner: from a script that `node` runs. Vite resolves and
// compiles what the model imports, the plugin instruments it, and the checker itself is
// imported by Node, so that the script and the model share one.

import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelChecker, type ModelCheckerOptions } from './vite.ts';

/**
 * Loads a module with what it imports instrumented, as {@link modelChecker} does in vitest.
 *
 * Modules that import this package are always instrumented; `include` names the others. The
 * file may be TypeScript; a relative path is taken from the working directory.
 *
 * @example
 * const { check } = await loadInstrumented('./lock.model.ts', { include: /src\/lock/ });
 * check(); // the model calls verify()
 *
 * @throws {InstrumentationError} on code that cannot be run step by step, as the cause of the error
 */
export async function loadInstrumented<T = Record<string, unknown>>(
  file: string | URL,
  options: ModelCheckerOptions = {},
): Promise<T> {
  const { runnerImport } = await import('vite');
  const isUrl = file instanceof URL || file.startsWith('file:');
  const path = isUrl ? fileURLToPath(file) : resolve(file);
  const { module } = await runnerImport<T>(path, {
    root: dirname(path),
    configFile: false,
    logLevel: 'error',
    plugins: [modelChecker(options)],
  });
  return module;
}
