// Tells whoever records what was explored and mutated: the setup of `modelChecker({ record })`.

import type { Exploration } from '../model.ts';
import type { Mutant } from '../mutants/mutants.ts';

/** Is told of everything, once it is over. */
export interface Recorder {
  /** Of a model, by its function's name, or of a generated scenario. */
  explored(kind: 'model' | 'scenario', name: string, exploration: Exploration): void;
  mutated(mutants: readonly Mutant[]): void;
}

/** Who is told. A property, since modules that import it cannot assign it. */
export const recording: { by: Recorder | undefined } = { by: undefined };
