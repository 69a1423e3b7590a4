import { modelChecker } from '@concurrency-lab/model-checker/vite';
import { mergeConfig, type ViteUserConfig } from 'vitest/config';
import { testConfig } from '../../vitest.shared.ts';

const models: ViteUserConfig = {
  // The shared memory of this package is that of its inbox.
  plugins: [
    modelChecker({
      record: '.vitest/models',
      include: ['**/atomics/src/**', '**/mini-exec/src/inbox/**', '**/mini-exec/test/models/**'],
    }),
  ],
};
const config: ViteUserConfig = mergeConfig(testConfig('mini-exec'), models);
export default config;
