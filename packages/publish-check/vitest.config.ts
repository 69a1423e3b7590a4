import { mergeConfig, type ViteUserConfig } from 'vitest/config';
import { testConfig } from '../../vitest.shared.ts';

const overrides: ViteUserConfig = {
  test: {
    globalSetup: ['test/installed.ts'],
    // The last of `npm test` to end, when no other package is left that could use the other core.
    maxWorkers: 2,
  },
};
const config: ViteUserConfig = mergeConfig(testConfig('publish-check'), overrides);
export default config;
