// What GitHub asks of those who open issues and pull requests: forms that it accepts, and
// questions that keep up with the repository.

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { filesBelow, packages, read } from './repository.ts';

interface Field {
  readonly type: string;
  readonly id?: string;
  readonly attributes: { readonly label?: string; readonly options?: readonly string[] };
}

interface Form {
  readonly name: string;
  readonly description: string;
  readonly labels: readonly string[];
  readonly body: readonly Field[];
}

const forms = filesBelow('.github/ISSUE_TEMPLATE', '.yml').filter((file) => !file.endsWith('/config.yml'));

it('there is a form for a bug, for a proof gap and for a feature', () => {
  expect(forms.map((file) => file.replace(/.*\//, '')).toSorted()).toEqual(['bug.yml', 'feature.yml', 'proof-gap.yml']);
});

describe.each(forms)('%s', (file) => {
  const form = parse(read(file)) as Form;

  it('has what GitHub demands of a form', () => {
    expect(form.name).toMatch(/\S/);
    expect(form.description).toMatch(/\S/);
    expect(form.body.length).toBeGreaterThan(0);
    for (const { type, id, attributes } of form.body) {
      expect(['checkboxes', 'dropdown', 'input', 'textarea']).toContain(type);
      expect(id).toMatch(/^[\w-]+$/);
      expect(attributes.label).toMatch(/\S/);
      if (type === 'dropdown') expect(attributes.options!.length).toBeGreaterThan(1);
    }
    const ids = form.body.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

it('a bug names one of the published packages', () => {
  const { body } = parse(read('.github/ISSUE_TEMPLATE/bug.yml')) as Form;
  const offered = body.find(({ id }) => id === 'package')!.attributes.options!;
  expect([...offered].toSorted()).toEqual(
    packages()
      .filter(({ isPublished }) => isPublished)
      .map(({ folder }) => folder)
      .toSorted(),
  );
});

it('a pull request says which ordering rows it touches, how they are proved, and what it costs', () => {
  const headings = read('.github/PULL_REQUEST_TEMPLATE.md').match(/^## .+$/gm);
  expect(headings).toEqual(['## Ordering rows touched', '## Proof', '## Numbers']);
});
