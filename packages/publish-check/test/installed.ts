// Packs the published packages and installs them, once for all test files: each of those works on
// a copy (see tarballs.ts).

import { rmSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { installTarballs } from './tarballs.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The project that they are installed in. */
    readonly installed: string;
  }
}

/** Is called by vitest before the first test file; what it gives, after the last. */
export async function setup(project: TestProject): Promise<() => void> {
  const directory = await installTarballs();
  project.provide('installed', directory);
  return () => rmSync(directory, { recursive: true, force: true });
}
