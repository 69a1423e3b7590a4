// Where a task was spawned: the first frame of the stack that is not in this package.

/**
 * Are the folders of this package's modules and of their sources, which stacks name where the
 * engine reads source maps, by the path alone: stacks write it with or without `file://`.
 * Undefined in a bundle, where the package cannot be told from the program.
 */
const OWN: readonly string[] | undefined = foldersOf(new URL(import.meta.url).pathname);

function foldersOf(path: string): readonly string[] | undefined {
  const root = /^(.*\/)(?:(?:dist|src)\/tracing\/location\.[jt]s|dist\/node\/merged\/\w+\.js)$/.exec(path)?.[1];
  return root === undefined ? undefined : [`${root}dist/`, `${root}src/`];
}

/** A spawn has fewer frames of this package on the stack. */
const DEPTH = 10;

/** Names the hook that Node and Bun install themselves, which writes stacks as V8 does. */
const HOST_HOOK = 'ErrorPrepareStackTrace';

/** Is the part of V8's `CallSite` that is used; Bun has it, too. */
interface CallSite {
  getFileName(): string | null | undefined;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
}

/** Is the part of V8's `Error` that is used. */
interface StackTraces {
  stackTraceLimit?: number | undefined;
  prepareStackTrace?: ((error: Error, sites: CallSite[]) => unknown) | undefined;
}

/** A line of a stack: `at name (place)` or `at place` of V8 and Bun, `name@place` of Firefox and Safari. */
const FRAME = /^(?:at (?:.*? \()?(?:async )?|[^@]*@)(.+:\d+:\d+)\)?$/;

/** Finds the caller in a stack as engines write it, `file:line:column`; undefined where it cannot tell. */
export function callerIn(stack: string, own: readonly string[]): string | undefined {
  const frames = stack.split('\n').flatMap((line) => FRAME.exec(line.trim())?.[1] ?? []);
  const caller = frames.find((frame) => !isOwn(frame, own));
  return caller === undefined ? undefined : withoutScheme(caller);
}

/** Finds the caller among call sites, which spares writing the others; for `Error.prepareStackTrace`. */
function callerAmong(_: Error, sites: CallSite[]): string | undefined {
  for (const site of sites) {
    const file = site.getFileName();
    if (typeof file !== 'string' || file.startsWith('node:') || isOwn(file, OWN!)) continue;
    return `${withoutScheme(file)}:${site.getLineNumber()}:${site.getColumnNumber()}`;
  }
  return undefined;
}

/**
 * Captures the stack and finds who called into this package. Where somebody else writes stacks,
 * from source maps for instance, it reads what they write. It leaves all settings as they were.
 */
export function callerLocation(): string | undefined {
  if (OWN === undefined) return undefined;
  const traces = Error as unknown as StackTraces;
  const { stackTraceLimit, prepareStackTrace } = traces;
  const { process } = globalThis as { process?: { sourceMapsEnabled?: boolean } };
  const isHooked = prepareStackTrace !== undefined && prepareStackTrace.name !== HOST_HOOK;
  const isWritten = isHooked || process?.sourceMapsEnabled === true;
  traces.stackTraceLimit = DEPTH;
  if (!isWritten) traces.prepareStackTrace = callerAmong;
  const { stack } = new Error('where a task is spawned') as { stack?: unknown };
  if (!isWritten) traces.prepareStackTrace = prepareStackTrace;
  traces.stackTraceLimit = stackTraceLimit;
  if (typeof stack !== 'string') return undefined;
  return stack.includes('\n') ? callerIn(stack, OWN) : stack; // engines without the hook write all frames
}

function isOwn(frame: string, own: readonly string[]): boolean {
  const path = frame.includes('\\') ? frame.replaceAll('\\', '/') : frame;
  return own.some((folder) => path.includes(folder));
}

function withoutScheme(file: string): string {
  return file.startsWith('file://') ? file.slice('file://'.length) : file;
}
