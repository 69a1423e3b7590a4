// Where a task was spawned: the first line of the stack that is not in this package.

/** Is the folder of this package's modules, by the path alone: stacks write it with or without `file://`. */
const OWN = new URL('..', import.meta.url).pathname;
/** The stack of a spawn has this many lines of the package at most. */
const DEPTH = 16;

const FRAME = /(?:\(|@|at (?:async )?)((?:[a-z-]+:\/\/|\/|[A-Za-z]:[\\/]|\.{0,2}\/)?[^()\s@]+:\d+:\d+)\)?$/;

/** Finds the caller in a stack as engines write it, `file:line:column`; undefined where it cannot tell. */
export function callerIn(stack: string, own: string = OWN): string | undefined {
  const frames = stack.split('\n').flatMap((line) => FRAME.exec(line.trim())?.[1] ?? []);
  return frames.find((frame) => !frame.replaceAll('\\', '/').includes(own))?.replace(/^file:\/\//, '');
}

/** Captures the stack and finds who called into this package. */
export function callerLocation(): string | undefined {
  const limited = Error as { stackTraceLimit?: number };
  const limit = limited.stackTraceLimit;
  limited.stackTraceLimit = DEPTH;
  const { stack } = new Error('where a task is spawned');
  limited.stackTraceLimit = limit!;
  return stack === undefined ? undefined : callerIn(stack);
}
