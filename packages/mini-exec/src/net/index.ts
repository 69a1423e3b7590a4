export { BusyError, ClosedError } from './errors.ts';
export { TcpListener } from './tcp-listener.ts';
export { TcpStream } from './tcp-stream.ts';
export type { Listener, ListenOptions, Network, Stream, TcpAddress } from './types.ts';
