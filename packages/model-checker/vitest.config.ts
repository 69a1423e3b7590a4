import { mergeConfig, type ViteUserConfig } from 'vitest/config';
import { testConfig } from '../../vitest.shared.ts';
import { modelChecker } from './dist/vite.js';

const config: ViteUserConfig = mergeConfig(testConfig('model-checker'), {
  // Proofs and certificates take seconds, on a loaded machine many.
  test: { testTimeout: 120_000 },
  plugins: [modelChecker({ record: '.vitest/models', include: ['**/test/subjects/**', /ringbuf\.js/] })],
});
export default config;
