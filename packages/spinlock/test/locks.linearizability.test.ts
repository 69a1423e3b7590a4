// Generated sequences of operations by two threads, every interleaving of each: what the calls
// return could have been returned one after the other.

import { BLOCKED, checkLinearizable, type Step } from '@concurrency-lab/model-checker/linearizability';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Lock, newMutex, newSpinLock, newTicketLock, type NewLock } from './models/locks.ts';

type Holder = '' | 'a' | 'b';
type Party = 'a' | 'b';

/** Says what the operations of one party do: the state is who holds the lock. */
const steps = (me: Party) => ({
  lock: (holder: Holder): Step<Holder> => {
    if (holder === '') return { state: me };
    return holder === me ? { throws: 'ERR_DEADLOCK', state: holder } : BLOCKED;
  },
  lockBriefly: (holder: Holder): Step<Holder> => {
    if (holder === '') return { state: me };
    return { throws: holder === me ? 'ERR_DEADLOCK' : 'ERR_TIMEOUT', state: holder };
  },
  tryLock: (holder: Holder): Step<Holder> => ({ result: holder === '', state: holder === '' ? me : holder }),
  unlock: (holder: Holder): Step<Holder> => (holder === me ? { state: '' } : { throws: 'ERR_NOT_HELD', state: holder }),
  isLocked: (holder: Holder): Step<Holder> => ({ result: holder !== '', state: holder }),
});

const operations = (me: Party) => ({
  lock: { role: me, run: (locks: Record<Party, Lock>) => void locks[me].lock() },
  lockBriefly: { role: me, run: (locks: Record<Party, Lock>) => void locks[me].lock({ timeout: 0 }) },
  tryLock: { role: me, run: (locks: Record<Party, Lock>) => locks[me].tryLock() !== undefined },
  unlock: { role: me, run: (locks: Record<Party, Lock>) => locks[me].unlock() },
  isLocked: { role: me, run: (locks: Record<Party, Lock>) => locks[me].isLocked },
});

// Who gives up a wait for a ticket lock is in the line until its call returns: its turn may come
// before it has put its ticket back, and to others the lock then looks held. No order of whole
// calls explains that, and tryLock() says so; the models have it in every interleaving.
const WITHOUT_GIVING_UP = ['lock', 'tryLock', 'unlock', 'isLocked'];

it.each<[string, NewLock, string[]]>([
  ['Mutex', newMutex, [...WITHOUT_GIVING_UP, 'lockBriefly']],
  ['SpinLock', newSpinLock, [...WITHOUT_GIVING_UP, 'lockBriefly']],
  ['TicketLock', newTicketLock, WITHOUT_GIVING_UP],
])('%s', { timeout: 600_000 }, (_, create, names) => {
  const ofParty = <T>(party: Party, members: Record<string, T>): Record<string, T> =>
    Object.fromEntries(names.map((name) => [`${name} ${party}`, members[name]!]));
  const { scenarios, exhaustive } = checkLinearizable(
    {
      create: () => {
        const open = create();
        return { a: open(), b: open() };
      },
      specification: {
        init: (): Holder => '',
        steps: { ...ofParty('a', steps('a')), ...ofParty('b', steps('b')) },
      },
      operations: { ...ofParty('a', operations('a')), ...ofParty('b', operations('b')) },
    },
    {
      fc,
      threads: ['a', 'b'],
      operations: 3,
      scenarios: 20,
      maxSeconds: 600,
      budget: { timeouts: 'any', maxSeconds: 60 },
    },
  );
  expect(exhaustive).toBe(scenarios);
});
