// Babel, which parses, takes control flow apart, and prints: an optional peer, which the program installs.

import { UnsupportedPlatformError } from '@concurrency-lab/atomics';
import type * as babelCore from '@babel/core';

/** Is `@babel/core`. */
export type Babel = typeof babelCore;
/** Makes nodes, and tells what they are. */
export type Types = Babel['types'];

/** Is what the compiler works with. */
export interface Tools {
  readonly babel: Babel;
  /** Makes a state machine of a generator function. */
  readonly regenerator: babelCore.PluginTarget;
}

/**
 * Loads Babel.
 *
 * @throws {UnsupportedPlatformError} where it is not installed
 */
export async function loadTools(): Promise<Tools> {
  // Not for bundlers to see, which would look for them where nobody compiles.
  const [core, plugin]: string[] = ['@babel/core', '@babel/plugin-transform-regenerator'];
  try {
    const [babel, { default: regenerator }] = await Promise.all([
      import(core!) as Promise<Babel>,
      import(plugin!) as Promise<{ default: babelCore.PluginTarget }>,
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
