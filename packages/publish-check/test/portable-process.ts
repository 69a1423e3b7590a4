// Runs the portable program on a server runtime, in a process group of its own: whatever its
// tests have started and left behind ends with it.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report, RunOptions } from '../portable/run.ts';

/** Runs `command` with the options; gives its report, or rejects with what it did last. */
export async function runProgram(
  binary: string,
  args: readonly string[],
  options: RunOptions,
  cwd: string,
): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'concurrency-lab-report-'));
  const report = join(folder, 'report.json');
  try {
    const child = spawn(binary, [...args, JSON.stringify({ ...options, report })], {
      cwd,
      detached: process.platform !== 'win32', // leads a group
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    const end = await new Promise<string>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve(`exit code ${code}, signal ${signal}`));
    });
    endGroup(child.pid!);
    const result = read(report);
    if ('outcomes' in result) return result;
    throw new Error(`ended (${end}) during ${result.during}\n${output}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function read(path: string): Report | { readonly during: string } {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Report | { readonly during: string };
  } catch {
    return { during: 'its start' };
  }
}

function endGroup(leader: number): void {
  if (process.platform === 'win32') return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // nobody is left
  }
}
