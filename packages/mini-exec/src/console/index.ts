export type { ConsoleAddress } from './addresses.ts';
export { type ConnectOptions, connectConsole, type ConsoleClient } from './client.ts';
export type { ProgramInfo, SnapshotAnswer } from './protocol.ts';
export { type ConsoleServer, serveConsole, type ServeOptions } from './server.ts';
