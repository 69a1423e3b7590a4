import { explore, InvalidModelError } from '@concurrency-lab/model-checker';
import { certify, type Certificate } from '@concurrency-lab/model-checker/certify';
import { describe, expect, it } from 'vitest';
import { dataRace, livelock, lostUpdate, lostWakeUp } from './subjects/certify-models.ts';

const module = new URL('subjects/certify-models.ts', import.meta.url);
const include = ['**/test/subjects/**'];

/** Certifies the failure that the checker finds. */
async function certified(model: () => void): Promise<Certificate> {
  const { failure } = explore(model);
  expect(failure).toBeDefined();
  return certify({ module, model: model.name, schedule: failure!.schedule, include, timeoutSeconds: 100 });
}

describe('certify, on real worker threads', () => {
  it('loses an update', async () => {
    expect(await certified(lostUpdate)).toEqual({
      certified: true,
      failure: { kind: 'error', message: 'Error: count is 1; the threads saw 0 and 0' },
      operations: 7,
      threads: { main: 'threw Error: count is 1; the threads saw 0 and 0', T1: 'ended', T2: 'ended' },
      difference: undefined,
    });
  });

  it('loses a wake-up', async () => {
    const certificate = await certified(lostWakeUp);
    expect(certificate).toMatchObject({ certified: true, operations: 5, failure: { kind: 'lost-wake-up' } });
    expect(certificate.threads).toEqual({ main: 'joins', sender: 'ended', receiver: 'sleeps' });
  });

  it('spins for ever', async () => {
    const certificate = await certified(livelock);
    expect(certificate).toMatchObject({ certified: true, failure: { kind: 'livelock' } });
    expect(certificate.threads).toEqual({ main: 'ended', T1: 'spins', T2: 'spins' });
  });

  it('follows the order of operations that leads to a data race', async () => {
    expect(await certified(dataRace)).toMatchObject({ certified: true, failure: { kind: 'data-race' } });
  });

  it.each(['', '1x2.2x2'])(
    'follows the schedule "%s" of a model that passes, sleeps and wake-ups included',
    async (schedule) => {
      const certificate = await certify({ module, model: 'handOver', schedule, include });
      expect(certificate).toMatchObject({ certified: true, failure: undefined });
      expect(certificate.threads).toEqual({ main: 'ended', T1: 'ended', T2: 'ended' });
    },
  );

  it('passes what threads return through join, and starts threads of threads', async () => {
    expect(await certify({ module, model: 'nested', schedule: '', include })).toMatchObject({
      certified: true,
      failure: undefined,
    });
  });

  it('tells the first difference where the real threads do otherwise', async () => {
    // Chance is the model's own in the checker, and the engine's on real threads.
    const certificate = await certify({ module, model: 'chance', schedule: '', include });
    expect(certificate.certified).toBe(false);
    expect(certificate.difference).toMatch(
      /^T1: step 1 is "memory\.int32\[0\] = \d+" in the model, and a store that gives \d+ on the real thread$/,
    );
  });

  it.each([
    ['lostUpdate', '7.7', /"7\.7" does not fit this model/],
    ['lostUpdate', 'oops', /"oops" is no schedule/],
    ['missing', '', /exports no function missing; it exports .*lostUpdate/],
    ['promises', '', /no certificate for a model with this step: waitAsync/],
  ])('refuses %s with schedule "%s"', async (model, schedule, message) => {
    const refused = certify({ module, model, schedule, include });
    await expect(refused).rejects.toThrow(InvalidModelError);
    await expect(refused).rejects.toThrow(message);
  });

  it('gives up in time', async () => {
    const certificate = await certify({ module, model: 'endless', schedule: '', include, timeoutSeconds: 4 });
    expect(certificate.difference).toMatch(/did not come to rest in time/);
  });
});
