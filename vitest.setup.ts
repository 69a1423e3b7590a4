// Property tests run 300 cases. FC_RUNS asks for more, FC_SEED replays the seed of a failure.
import { configureGlobal } from 'fast-check';

const seed = process.env['FC_SEED'];
const runs = process.env['FC_RUNS'];
configureGlobal({
  numRuns: runs === undefined ? 300 : Number(runs),
  ...(seed === undefined ? {} : { seed: Number(seed) }),
});
