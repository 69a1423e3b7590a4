export { CapacityError, DeadlockError, NotHeldError, OwnerDiedError } from './errors.ts';
export type { LockGuard, LockOptions } from './lock.ts';
export { Mutex, type MutexHandle, type MutexLoan } from './mutex.ts';
