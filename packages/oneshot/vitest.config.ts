import { modelChecker } from '@concurrency-lab/model-checker/vite';
import { mergeConfig, type ViteUserConfig } from 'vitest/config';
import { testConfig } from '../../vitest.shared.ts';

const models: ViteUserConfig = {
  plugins: [
    modelChecker({
      record: '.vitest/models',
      include: ['**/atomics/src/**', '**/oneshot/src/**', '**/oneshot/test/models/**'],
    }),
  ],
};
const config: ViteUserConfig = mergeConfig(testConfig('oneshot'), models);
export default config;
