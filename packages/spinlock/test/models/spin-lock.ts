// The models of SpinLock: those of every lock. A page that waits looks in every turn of its event
// loop: were timeouts to fire at any point, the turns would have no end.

import {
  asyncGivingUpModels,
  asyncModels,
  blockingModels,
  cancelModels,
  givingUpModels,
  type Models,
  newSpinLock,
} from './locks.ts';

export const always: Models = {
  ...blockingModels(newSpinLock),
  ...asyncModels(newSpinLock),
  ...asyncGivingUpModels(newSpinLock),
};
export const cancelled: Models = cancelModels(newSpinLock);
export const whenTimeoutsFire: Models = givingUpModels(newSpinLock);
