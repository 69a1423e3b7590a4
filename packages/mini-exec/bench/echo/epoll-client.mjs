// A client that costs less than the servers it measures: epoll and nothing else, no executor.
// With a client on node:net, the client is what is measured as soon as there are connections enough.
import { Epoll } from '../../dist/epoll/epoll.js';
import { loadLibc } from '../../dist/epoll/libc.js';

const libc = await loadLibc();
const answer = new Uint8Array(65_536);

function open(port) {
  const address = Uint8Array.of(2, 0, port >> 8, port & 255, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0);
  const fd = libc.socket(2, 1, 0);
  if (libc.connect(fd, address, address.length) < 0) throw new Error(`connect: errno ${libc.errno[0]}`);
  libc.setsockopt(fd, 6, 1, Uint8Array.of(1, 0, 0, 0), 4);
  return fd;
}

export async function load(port, connections, request) {
  const epoll = new Epoll(libc, process.arch);
  const sockets = Array.from({ length: connections }, () => open(port));
  const missing = [];
  for (const fd of sockets) epoll.add(fd);
  const send = (fd) => {
    missing[fd] = request.length;
    if (libc.send(fd, request, request.length, 0x4000) !== request.length) throw new Error('a request was not taken');
  };
  return {
    run(milliseconds) {
      const end = performance.now() + milliseconds;
      let answered = 0;
      let busy = connections;
      while (epoll.wait(0) > 0); // the edges of the time before
      sockets.forEach(send);
      for (let running = true; busy > 0;) {
        const count = epoll.wait(Infinity);
        if (running) running = performance.now() < end;
        for (let i = 0; i < count; i++) {
          const fd = epoll.descriptorAt(i);
          if ((epoll.readinessAt(i) & 1) === 0) continue;
          const length = libc.recv(fd, answer, answer.length, 0x40);
          if (length < 0) continue; // no bytes: room to write
          if (length === 0 || length > missing[fd]) throw new Error(`an answer of ${length} bytes`);
          missing[fd] -= length;
          if (missing[fd] > 0) continue;
          answered++;
          if (running) send(fd);
          else busy--;
        }
      }
      return Promise.resolve(answered);
    },
    close() {
      for (const fd of sockets) libc.close(fd);
      epoll.close();
    },
  };
}
