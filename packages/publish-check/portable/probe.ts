// Asks the runtime that executes this what it is, by what only it can know: a run that went
// elsewhere than it was meant to cannot pass for one that did not.

/** Is a runtime as it describes itself. */
export interface Probe {
  readonly runtime: 'node' | 'bun' | 'deno' | 'chromium';
  readonly version: string;
  /** Where in a browser: a page or a dedicated worker; elsewhere a process. */
  readonly scope: 'process' | 'page' | 'worker';
  readonly crossOriginIsolated: boolean | undefined;
}

interface Global {
  readonly Bun?: { readonly version: string };
  readonly Deno?: { readonly version: { readonly deno: string } };
  readonly process?: { readonly versions?: { readonly node?: string } };
  readonly navigator?: { readonly userAgent: string };
  readonly document?: unknown;
  readonly crossOriginIsolated?: boolean;
}

/** Describes the runtime that executes it. */
export function probe(): Probe {
  const global = globalThis as Global;
  const outside = { scope: 'process', crossOriginIsolated: undefined } as const;
  if (global.Bun) return { runtime: 'bun', version: global.Bun.version, ...outside };
  if (global.Deno) return { runtime: 'deno', version: global.Deno.version.deno, ...outside };
  const node = global.process?.versions?.node;
  if (node !== undefined) return { runtime: 'node', version: node, ...outside };
  const chrome = /Chrome\/([\d.]+)/.exec(global.navigator?.userAgent ?? '');
  if (chrome === null) throw new Error(`unknown runtime: ${global.navigator?.userAgent}`);
  const scope = global.document === undefined ? 'worker' : 'page';
  return { runtime: 'chromium', version: chrome[1]!, scope, crossOriginIsolated: global.crossOriginIsolated };
}
