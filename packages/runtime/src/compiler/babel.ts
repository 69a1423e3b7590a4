// Babel, which parses, takes control flow apart, and prints: an optional peer, which the program installs.

import { UnsupportedPlatformError } from '@concurrency-lab/atomics';
import type * as core from '@babel/core';

/** Is `@babel/core`. */
export type Babel = typeof core;
/** Makes nodes, and tells what they are. */
export type Types = Babel['types'];

/** Is what the compiler works with. */
export interface Tools {
  readonly babel: Babel;
  /** Makes a state machine of a generator function. */
  readonly regenerator: core.PluginTarget;
}

/**
 * Loads Babel.
 *
 * @throws {UnsupportedPlatformError} where it is not installed
 */
export async function loadTools(): Promise<Tools> {
  const plugin: string = '@babel/plugin-transform-regenerator'; // has no types
  try {
    const [babel, { default: regenerator }] = await Promise.all([
      import('@babel/core'),
      import(plugin) as Promise<{ default: core.PluginTarget }>,
    ]);
    return { babel, regenerator };
  } catch (cause) {
    throw new UnsupportedPlatformError(
      'machines are compiled with Babel, which could not be loaded: `npm install --save-dev @babel/core@7 ' +
        '@babel/plugin-transform-regenerator@7`',
      { cause },
    );
  }
}
