// What the pools' workers can do, by name: work, and the faults of faults.mjs. Each stands for itself, as one pool
// sends the text of a function.

export const tasks = {
  increment: (value) => value + 1,
  fib: (n) => {
    const fib = (k) => (k < 2 ? k : fib(k - 1) + fib(k - 2));
    return fib(n);
  },
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
export const { increment, fib, exit, loop, never, giveFunction, throwUndefined } = tasks;
