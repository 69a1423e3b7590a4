export { describe, requireInteger, requireTimeout } from './arguments.ts';
export { Backoff } from './backoff.ts';
export { CancelToken, type CancelTokenHandle } from './cancel-token.ts';
export { Deadline } from './deadline.ts';
export {
  BlockingForbiddenError,
  CancelledError,
  ClosedError,
  ConcurrencyError,
  InvalidArgumentError,
  InvalidHandleError,
  InvalidRegionError,
  TimeoutError,
  UnsupportedPlatformError,
} from './errors.ts';
export {
  defineStructure,
  type Handle,
  HEADER_BYTES,
  HEADER_FIELDS,
  type Region,
  type Structure,
  type StructureSpec,
} from './handle.ts';
export {
  CACHE_LINE_BYTES,
  defineLayout,
  type ElementKind,
  FALSE_SHARING_BYTES,
  type FieldSpec,
  type Layout,
} from './layout.ts';
export { park, type ParkResult, unpark, type WaitOptions } from './park.ts';
export { parkAsync, type ParkAsyncOptions } from './park-async.ts';
export { allocateShared, canBlock, isSharedArrayBuffer, requireBlocking, scheduleMacrotask } from './platform.ts';
export { abortSignalOf, type Cancellation, throwIfAborted } from './signal.ts';
