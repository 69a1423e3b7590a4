// The tests run in Chromium: in Debian's where it is installed, or in the one that CHROMIUM
// names. Without any they are skipped, and say so, unless REQUIRE_CHROMIUM is set.

import { existsSync } from 'node:fs';
import { playwright } from '@vitest/browser-playwright';
import { mergeConfig, type ViteUserConfig } from 'vitest/config';
import { testConfig } from '../../vitest.shared.ts';

const executablePath = process.env['CHROMIUM'] || '/usr/bin/chromium';
const available = existsSync(executablePath) || process.env['REQUIRE_CHROMIUM'] !== undefined;
const base = testConfig('browser-tests');

const inBrowser: ViteUserConfig = {
  resolve: { conditions: ['@concurrency-lab/source', 'module', 'browser', 'development|production'] },
  // SharedArrayBuffer exists on cross-origin isolated pages only.
  server: {
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
