// What tests call as `setImmediate` in a browser: a turn of the event loop that no timer delays.
// The tests' own, not a global: the packages see the browser as it is.

const { port1, port2 } = new MessageChannel();
const waiting: (() => void)[] = [];
port2.addEventListener('message', () => waiting.shift()?.());
port2.start();

/** Calls `callback` in a later turn of the event loop. */
export function setImmediate(callback: () => void): void {
  waiting.push(callback);
  port1.postMessage(null);
}
