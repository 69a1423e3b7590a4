// The errors of this package.

/** Reports a model that cannot be run: not instrumented, or asking for what there is not. */
export class InvalidModelError extends Error {
  override readonly name = 'InvalidModelError';
  /** Tells the errors of this package apart. */
  readonly code = 'ERR_INVALID_MODEL';
}
