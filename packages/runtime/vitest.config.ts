import { modelChecker } from '@concurrency-lab/model-checker/vite';
import { mergeConfig, type ViteUserConfig } from 'vitest/config';
import { testConfig } from '../../vitest.shared.ts';

const overrides: ViteUserConfig = {
  plugins: [
    modelChecker({
      record: '.vitest/models',
      include: [
        '**/atomics/src/**',
        '**/runtime/src/*.ts',
        '**/runtime/src/worker/{worker,suspended}.ts',
        '**/runtime/src/local/**',
        '**/runtime/src/machines/**',
        '**/runtime/src/scheduler/**',
        '**/runtime/src/tasks/**',
        '**/runtime/src/channel/**',
        '**/runtime/src/notify/**',
        '**/runtime/src/wire/spill.ts',
        '**/runtime/src/wire/**',
        '**/runtime/test/models/**',
      ],
    }),
    {
      // Tests run the sources; the workers that they start run what was built from them.
      name: 'runtime:built-worker',
      enforce: 'pre',
      transform: (code, id) =>
        id.endsWith('/src/worker/start.ts')
          ? code.replaceAll('../worker/main.js', '../../dist/node/worker/main.js')
          : undefined,
    },
  ],
};
const config: ViteUserConfig = mergeConfig(testConfig('runtime'), overrides);
export default config;
