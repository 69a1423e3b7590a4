// What bench-gate compares between two commits: `node packages/bench-gate/src/run.mjs --package model-checker`.
//
// A call explores a whole model, which the side's own checker has instrumented. That comes first, as it
// takes a parser, whose start would be most of what is counted.

import { readFileSync } from 'node:fs';

const models = new URL('models/gate.mjs', import.meta.url);

/** Instruments the models, and gives a module that can be loaded from anywhere. */
async function prepare() {
  const { instrument, lineLocator } = await import('../dist/instrument/instrument.js');
  const { parseAst } = await import('vite');
  const code = readFileSync(models, 'utf8');
  const options = { file: 'models/gate.mjs', parse: (source) => parseAst(source), locate: lineLocator(code) };
  const here = (specifier) => `'${import.meta.resolve(specifier)}'`;
  const printed = instrument(code, options).replaceAll(/(?<=from )['"]([^'"]+)['"]/g, (_, name) => here(name));
  return `data:text/javascript,${encodeURIComponent(printed)}`;
}

/**
 * Explores a model that has so many executions. Each exploration makes functions anew, which the engine compiles now and
 * then: so many calls go into each count that this evens out. It does not for models that spin.
 */
const exploring = (name, executions, chosen, calls) => ({
  name: `${name}, ${executions} executions`,
  calls,
  prepare,
  async setup({ explore }, prepared) {
    const model = (await import(prepared))[chosen]();
    return () => {
      const exploration = explore(model);
      if (exploration.failure !== undefined) throw new Error(exploration.failure.report);
      if (exploration.executions !== executions) throw new Error(`${exploration.executions}, not ${executions}`);
    };
  },
});

export const cases = [
  exploring('two threads add twice', 6, 'addTwice', 10),
  exploring('sleeping and waking', 2, 'sleepAndWake', 60),
];
