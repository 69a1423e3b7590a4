// What tests and their workers import as `node:worker_threads` in a browser: Node's names for a
// page's own workers. Nothing in a browser says that a worker has ended by itself, so `exit` is
// heard only of one that was terminated.

type Listener = (value: unknown) => void;
type Port = Pick<EventTarget, 'addEventListener'> & { postMessage(message: unknown, transfer?: Transferable[]): void };

const scope = globalThis as unknown as Port;
const inWorker = 'DedicatedWorkerGlobalScope' in globalThis;

/** Gives the value of an event as Node's listeners get it. */
function unwrap(event: Event): unknown {
  if (event instanceof ErrorEvent) return new Error(event.message);
  return event instanceof MessageEvent ? (event.data as unknown) : 0;
}

function listen(port: Pick<EventTarget, 'addEventListener'>, name: string, listener: Listener, once: boolean): void {
  port.addEventListener(
    name,
    (event) => {
      event.preventDefault(); // an error that is heard here is not one of the page
      listener(unwrap(event));
    },
    { once },
  );
}

/** Starts a module as a worker and sends it `workerData`, for its own `workerData` to wait for. */
export class Worker {
  readonly #worker: globalThis.Worker;

  constructor(url: URL, options: { readonly workerData?: unknown } = {}) {
    const boot = `addEventListener('message', ({ data }) => {
      globalThis.workerData = data;
      import(${JSON.stringify(url.href)}).catch((error) => reportError(error));
    }, { once: true });`;
    const source = URL.createObjectURL(new Blob([boot], { type: 'text/javascript' }));
    this.#worker = new globalThis.Worker(source, { type: 'module' });
    this.#worker.postMessage(options.workerData);
  }

  on(name: string, listener: Listener): this {
    listen(this.#worker, name, listener, false);
    return this;
  }

  once(name: string, listener: Listener): this {
    listen(this.#worker, name, listener, true);
    return this;
  }

  postMessage(message: unknown, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  terminate(): Promise<number> {
    // It may go on for a while where the thread that started it is a worker too; nobody wants to hear of that.
    this.#worker.addEventListener('error', (event) => event.preventDefault());
    this.#worker.terminate();
    this.#worker.dispatchEvent(new Event('exit'));
    return Promise.resolve(1);
  }

  ref(): void {}
  unref(): void {}
}

/** Numbers this thread: 0 for a page, and for a worker a number that no other has. */
export const threadId: number = inWorker ? 1 + crypto.getRandomValues(new Uint32Array(1))[0]! : 0;

/** Is what this worker was started with. */
export const workerData: unknown = (globalThis as { workerData?: unknown }).workerData;

/** Is the way to who started this worker; null on a page. */
export const parentPort: object | null = inWorker
  ? {
      postMessage: (message: unknown): void => scope.postMessage(message),
      on: (name: string, listener: Listener): void => listen(scope, name, listener, false),
      once: (name: string, listener: Listener): void => listen(scope, name, listener, true),
      close: (): void => (globalThis as unknown as { close(): void }).close(),
    }
  : null;
