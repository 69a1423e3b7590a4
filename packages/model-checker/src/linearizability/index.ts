export type { ModelOptions } from '../model.ts';
export { checkScenario, ScenarioError, type ScenarioFailure, type ScenarioStatistics } from './check.ts';
export {
  checkLinearizable,
  type FastCheck,
  type GeneratedDefinition,
  type GeneratedOperation,
  type LinearizabilityOptions,
  type LinearizabilityStatistics,
} from './generate.ts';
export type { Call, Definition, Scenario } from './scenario.ts';
export { BLOCKED, type Outcome, type Signatures, type Specification, type Step } from './specification.ts';
