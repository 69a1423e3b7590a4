// The tests run in Chromium: in Debian's where it is installed, or in the one that CHROMIUM
// names. Without any they are skipped, and say so, unless REQUIRE_CHROMIUM is set.
//
// They load the packages' sources; or, where VITE_PACKED names a node_modules folder, what was
// installed there: packages/publish-check runs them so on the packed tarballs.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { playwright } from '@vitest/browser-playwright';
import { mergeConfig, type ViteUserConfig } from 'vitest/config';
import { testConfig } from '../../vitest.shared.ts';

const executablePath = process.env['CHROMIUM'] || '/usr/bin/chromium';
const available = existsSync(executablePath) || process.env['REQUIRE_CHROMIUM'] !== undefined;
const base = testConfig('browser-tests');

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly exports?: Record<string, string | { readonly default: string }>;
}
const readManifest = (path: string): Manifest => JSON.parse(readFileSync(path, 'utf8')) as Manifest;

/** Maps each entry of the packages under test to its file in a node_modules folder, if it is there. */
function installedIn(modules: string): { find: RegExp; replacement: string }[] {
  const { dependencies = {}, devDependencies = {} } = readManifest(new URL('package.json', import.meta.url).pathname);
  const names = Object.keys({ ...dependencies, ...devDependencies }).filter(
    (name) => name.startsWith('@concurrency-lab/') && existsSync(join(modules, name)),
  );
  return names.flatMap((name) =>
    Object.entries(readManifest(join(modules, name, 'package.json')).exports ?? {}).map(([entry, target]) => ({
      find: new RegExp(`^${name}${entry.slice(1)}$`),
      replacement: join(modules, name, typeof target === 'string' ? target : target.default),
    })),
  );
}
const packed = process.env['VITE_PACKED'];

const inBrowser: ViteUserConfig = {
  // The installed files as they are, not bundled; and a cache of its own, since the other run may be under way.
  ...(packed === undefined ? {} : { cacheDir: join(packed, '.vite'), optimizeDeps: { noDiscovery: true } }),
  resolve: {
    alias: packed === undefined ? [] : installedIn(packed),
    conditions: ['@concurrency-lab/source', 'module', 'browser', 'development|production'],
  },
  // SharedArrayBuffer exists on cross-origin isolated pages only.
  server: {
    fs: { strict: packed === undefined },
    headers: {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    },
  },
  worker: { format: 'es' },
  test: {
    include: ['test/**/*.browser.test.ts'],
    setupFiles: [],
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      instances: [{ browser: 'chromium' }],
      provider: playwright({
        launchOptions: {
          executablePath,
          args: [
            '--no-sandbox',
            '--disable-gpu',
            '--disable-background-networking',
            '--autoplay-policy=no-user-gesture-required',
          ],
        },
      }),
    },
  },
};

const config: ViteUserConfig = available
  ? mergeConfig({ ...base, test: { ...base.test, include: [], setupFiles: [] } }, inBrowser)
  : mergeConfig({ ...base, test: { ...base.test, include: [] } }, { test: { include: ['test/no-browser.test.ts'] } });
export default config;
