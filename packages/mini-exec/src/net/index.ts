export { BusyError } from './readiness.ts';
export { type ListenOptions, TcpListener } from './tcp-listener.ts';
export { ClosedError, type TcpAddress, TcpStream } from './tcp-stream.ts';
