// Installs the other runtimes that the packages support, from npm, into a cache of the
// workspace (about 800 MB), for the tests of packages/publish-check to run on.
//
//   node .ci/runtimes.cjs
'use strict';

const { spawnSync } = require('node:child_process');
const { existsSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
const runtimes = JSON.parse(readFileSync(join(root, 'packages', 'publish-check', 'runtimes.json'), 'utf8'));
const cache = join(root, 'node_modules', '.cache', 'runtimes');

const stamp = join(cache, 'installed.json');
const wanted = JSON.stringify(runtimes);
if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) process.exit(0);

mkdirSync(cache, { recursive: true });
writeFileSync(join(cache, 'package.json'), '{ "private": true }\n');
const packages = Object.entries(runtimes).map(([name, runtime]) => `${name}@npm:${runtime.package}`);
const { status } = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', ...packages], {
  cwd: cache,
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
if (status !== 0) process.exit(status ?? 1);
writeFileSync(stamp, wanted);
