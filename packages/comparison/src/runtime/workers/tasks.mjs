// What the pools' workers can do, by name: work, and the faults of faults.mjs. Each stands for itself, as one pool
// sends the text of a function.

export const tasks = {
  increment: (value) => value + 1,
  fib: (n) => {
    const fib = (k) => (k < 2 ? k : fib(k - 1) + fib(k - 2));
    return fib(n);
  },
  // By a loop, and modulo 2 ** 32: engines compile a recursion to this or that code, by chance.
  bigFib: (n) => {
    let [a, b] = [0, 1];
    for (let i = 0; i < n; i++) [a, b] = [b, (a + b) | 0];
    return a;
  },
  sumOfBigFibs: (list) => list.reduce((sum, n) => sum + tasks.bigFib(n), 0),
  exit: () => process.exit(1),
  loop: () => {
    for (;;);
  },
  never: async () => new Promise(() => {}), // async, as one pool looks at that
  giveFunction: () => () => 1,
  throwUndefined: () => {
    throw undefined;
  },
};

// By these names the pools that load a module find them.
export const { increment, fib, bigFib, exit, loop, never, giveFunction, throwUndefined } = tasks;
