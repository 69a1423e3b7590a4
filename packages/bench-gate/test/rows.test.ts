// The rows of a bench: shown, and kept where it is asked for.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { showRows } from '../src/rows.mjs';

const ROWS = [{ operation: 'load', 'median ns': '7.2' }];

describe('the rows of a bench', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-rows-'));
  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are shown, and kept as JSON', () => {
    const table = vi.spyOn(console, 'table').mockReturnValue();
    const file = join(folder, 'atomics.json');
    showRows('atomics', ROWS, ['--json', file]);
    expect(table).toHaveBeenCalledExactlyOnceWith(ROWS);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      bench: 'atomics',
      runtime: `Node ${process.versions.node}`,
      rows: ROWS,
    });
  });

  it('refuse an option that there is not', () => {
    vi.spyOn(console, 'table').mockReturnValue();
    expect(() => showRows('atomics', ROWS, ['--jsno', 'file'])).toThrow("Unknown option '--jsno'");
  });
});
