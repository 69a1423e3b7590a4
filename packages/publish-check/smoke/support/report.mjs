// What the programs share: a check, and the report of what ran.

/** Throws unless the condition holds. */
export function check(condition, what) {
  if (!condition) throw new Error(`surprise: ${what}`);
}

/** Prints what ran, as one line of JSON: the last thing a program does. */
export function report() {
  const { bun, deno, node } = process.versions;
  const [runtime, version] = bun ? ['bun', bun] : deno ? ['deno', deno] : ['node', node];
  console.log(JSON.stringify({ runtime, version, waitAsync: typeof Atomics.waitAsync, pause: typeof Atomics.pause }));
}
