// A timer that lets the process end before it has fired, where timers keep it alive.

const LONGEST_MS = 2 ** 31 - 1;

/** Calls back after so many milliseconds, at most 24.8 days; gives the function that cancels it. */
export function scheduleTimer(callback: () => void, milliseconds: number): () => void {
  const timer = setTimeout(callback, Math.min(Math.ceil(milliseconds), LONGEST_MS));
  if (typeof timer === 'object') timer.unref();
  return () => clearTimeout(timer);
}
