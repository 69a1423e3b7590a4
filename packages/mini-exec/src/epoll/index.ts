export { BusyError, ClosedError } from '../net/errors.ts';
export type { Listener, ListenOptions, Network, Stream, TcpAddress } from '../net/types.ts';
export { EpollReactor } from './epoll-reactor.ts';
export { ReactorError } from './reactor.ts';
export { SystemError } from './system-error.ts';
export { TcpListener } from './tcp-listener.ts';
export { TcpStream } from './tcp-stream.ts';
