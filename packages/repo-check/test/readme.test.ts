// What READMEs and CONTRIBUTING say is so: packages, commands, links, names.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packages, read, root } from './repository.ts';

const published = packages().filter(({ isPublished }) => isPublished);
const readme = read('README.md');
const manifest = JSON.parse(read('package.json')) as {
  scripts: Record<string, string>;
  engines: { node: string };
  devEngines: { packageManager: { version: string } };
};

describe('README.md', () => {
  it('fits on one screen and a half', () => {
    expect(readme.split('\n').length).toBeLessThan(80);
  });

  it('lists the published packages, each with its record', () => {
    const rows = [...readme.matchAll(/^\| \[`(.+?)`\]\((.+?)\)\s*\| .+ \| \[ADR \d{4}\]\((.+?)\)\s*\|$/gm)];
    expect(rows.map(([, name]) => name!).toSorted()).toEqual(published.map(({ name }) => name).toSorted());
    for (const [, name, folder, record] of rows) {
      expect(published.find((candidate) => candidate.name === name)!.folder).toBe(folder!.replace('packages/', ''));
      expect(read(record!)).toContain(`Package \`${name}\`.`);
    }
  });
});

describe.each([
  'README.md',
  'CONTRIBUTING.md',
  '.changeset/README.md',
  ...published.map(({ folder }) => `packages/${folder}/README.md`),
])('%s', (file) => {
  const text = read(file);

  it('links to files that exist', () => {
    for (const [, target] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      expect(existsSync(join(root, dirname(file), target!)), target).toBe(true);
    }
  });

  it('names commands that exist', () => {
    for (const [, script] of text.matchAll(/(?:npm run|npm|pnpm) (test|demo|[a-z]+(?:-[a-z]+)*)(?=[\s`.,:)])/g)) {
      if (['install', 'vitest', 'at', 'has', 'and', 'are', 'run'].includes(script!)) continue;
      expect(Object.keys(manifest.scripts), script).toContain(script);
    }
  });
});

describe('versions', () => {
  it('of Node are the same in README, CONTRIBUTING and what the packages demand', () => {
    const least = /(\d+\.\d+)\.0/.exec(manifest.engines.node)![1]!;
    expect(readme).toContain(`Node ${least}`);
    expect(read('CONTRIBUTING.md')).toContain(`Node ${least}`);
    for (const { folder } of published) {
      expect(read(`packages/${folder}/README.md`)).toContain(`Node ${least}`);
      expect(read(`packages/${folder}/package.json`)).toContain(`"node": ">=${least}"`);
    }
  });

  it('of pnpm are the same in package.json and the catalog', () => {
    expect(read('pnpm-workspace.yaml')).toContain(`    pnpm: ${manifest.devEngines.packageManager.version}\n`);
  });
});
