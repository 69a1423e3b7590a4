import { expect, it } from 'vitest';
import { SpscRing } from '../src/index.ts';
it('works', async () => {
  const [p, c] = SpscRing.create({ kind: 'float32', capacity: 3 });
  for (let i = 0; i < 20; i++) {
    expect(p.push(i)).toBe(true);
    expect(p.push(i + 100)).toBe(true);
    expect(c.pop()).toBe(i);
    expect(c.receive()).toBe(i + 100);
    expect(c.pop()).toBe(undefined);
  }
  const got = c.receiveAsync();
  p.push(5);
  expect(await got).toBe(5);
  p.sendMany(Float32Array.of(1, 2, 3));
  const sent = p.sendAsync(4);
  expect(await c.receiveAsync()).toBe(1);
  await sent;
  p.close();
  const all = [];
  for await (const x of c) all.push(x);
  expect(all).toEqual([2, 3, 4]);
});
