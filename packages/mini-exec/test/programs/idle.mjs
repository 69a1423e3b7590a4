// A program that serves the console, and has nothing to do: it must end at once.
import { serveConsole } from '@concurrency-lab/mini-exec/console';

const { address } = await serveConsole(JSON.parse(process.argv[2]));
console.log(JSON.stringify(address));
