// What a server should not do on the thread that answers its requests.

import { cancellation, type Task, task } from '@concurrency-lab/runtime';

/** Counts the primes below a limit; looks now and then whether somebody has lost interest. */
export const countPrimes: Task<[limit: number], number> = task(import.meta, 'countPrimes', (limit: number): number => {
  const token = cancellation();
  let count = 0;
  for (let n = 2; n < limit; n++) {
    if (n % 1024 === 0) token?.throwIfCancelled();
    let isPrime = true;
    for (let d = 2; d * d <= n; d++) {
      if (n % d === 0) {
        isPrime = false;
        break;
      }
    }
    if (isPrime) count++;
  }
  return count;
});
