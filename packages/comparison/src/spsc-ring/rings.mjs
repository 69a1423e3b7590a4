// The rings that are compared, each opened on the thread that uses a side of it.
//
// A ring moves numbers one at a time or in blocks; both sides spin, since what is compared is the
// ring and not the way of waiting.

const OURS = { each: 1, lazy: 'lazy', every64: 64 };

/** Makes the shared memory of a ring: what both threads are given. */
export async function makeRing(name, capacity = 1024) {
  if (name === 'ringbuf.js') {
    const { RingBuffer } = await import('ringbuf.js');
    return { name, buffer: RingBuffer.getStorageForCapacity(capacity, Float32Array) };
  }
  const { SpscRing } = await import('@concurrency-lab/spsc-ring');
  const [producer, consumer] = SpscRing.create({ kind: 'float32', capacity, publishEvery: OURS[name] });
  return { name, producer: producer.handle, consumer: consumer.handle };
}

/** Opens the side that sends: `one(value)` and `many(array)`, which spin, and `flush()`. */
export async function openSender(shared) {
  if (shared.name === 'ringbuf.js') {
    const { RingBuffer } = await import('ringbuf.js');
    const ring = new RingBuffer(shared.buffer, Float32Array);
    const single = new Float32Array(1);
    return {
      one(value) {
        single[0] = value;
        while (ring.push(single) === 0);
      },
      many(array) {
        for (let sent = 0; sent < array.length;) sent += ring.push(array, array.length - sent, sent);
      },
      flush() {},
    };
  }
  const { Producer } = await import('@concurrency-lab/spsc-ring');
  const producer = Producer.from(shared.producer);
  return {
    one(value) {
      while (!producer.push(value));
    },
    many(array) {
      for (let sent = 0; sent < array.length;) sent += producer.pushMany(array, sent);
    },
    flush: () => void producer.flush(),
  };
}

/** Opens the side that takes: `one()` and `many(array)`, which spin. */
export async function openTaker(shared) {
  if (shared.name === 'ringbuf.js') {
    const { RingBuffer } = await import('ringbuf.js');
    const ring = new RingBuffer(shared.buffer, Float32Array);
    const single = new Float32Array(1);
    return {
      one() {
        while (ring.pop(single) === 0);
        return single[0];
      },
      many(array) {
        for (let taken = 0; taken < array.length;) taken += ring.pop(array, array.length - taken, taken);
      },
    };
  }
  const { Consumer } = await import('@concurrency-lab/spsc-ring');
  const consumer = Consumer.from(shared.consumer);
  return {
    one() {
      for (;;) {
        const value = consumer.pop();
        if (value !== undefined) return value;
      }
    },
    many(array) {
      for (let taken = 0; taken < array.length;) taken += consumer.popMany(array, taken);
    },
  };
}
