// The ring in C++ of packages/spsc-ring/bench/native, built once a process where there is a g++.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('../../../spsc-ring/bench/native/ring.cpp', import.meta.url));

/** Says why the ring in C++ cannot run here; undefined where it can. */
export function unsupported() {
  try {
    execFileSync('g++', ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'there is no g++';
  }
}

/** Builds the ring; `run(items)` gives the milliseconds it took. */
export function nativeRing(policy) {
  const folder = mkdtempSync(join(tmpdir(), 'spsc-ring-'));
  const binary = join(folder, 'ring');
  execFileSync('g++', ['-O2', '-std=c++17', '-pthread', source, '-o', binary]);
  const milliseconds = (items) =>
    (Number(execFileSync(binary, [policy, String(items)], { encoding: 'utf8' })) * items) / 1e6;
  return {
    verify: () => void milliseconds(10_000),
    run: (operations) => ({ milliseconds: milliseconds(operations) }),
    close: () => rmSync(folder, { recursive: true }),
  };
}
