import { describe, expect, it, vi } from 'vitest';
import { fc, test as property } from '../../../vitest.prop.ts';
import { decodeUtf8, encodeUtf8, utf8Length } from '../src/utf8.ts';

const native = { encoder: new TextEncoder(), decoder: new TextDecoder('utf-8', { ignoreBOM: true }) };
const anyText = fc.string({ unit: fc.integer({ min: 0, max: 0xff_ff }).map((unit) => String.fromCharCode(unit)) });
const likelyText = fc.string({ unit: 'binary', maxLength: 500 });
// Bytes as broken text holds them: lead bytes, continuation bytes, and what no text holds.
const likelyBytes = fc.array(
  fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0x80, 0x9f, 0xa0, 0xbf, 0xe0, 0xed, 0xf0, 0xf4, 0xf5)),
  { maxLength: 300 },
);

function encode(text: string): Uint8Array {
  const bytes = new Uint8Array(new SharedArrayBuffer(utf8Length(text) + 2)).fill(0xaa);
  expect(encodeUtf8(text, bytes, 1)).toBe(bytes.length - 2);
  expect([bytes[0], bytes.at(-1)]).toEqual([0xaa, 0xaa]); // nothing beside the text was touched
  return Uint8Array.from(bytes.subarray(1, -1));
}

describe.each([
  ['with the coder of the platform', false],
  ['without one, as in an AudioWorklet', true],
])('UTF-8 %s', (_, bare) => {
  const within = <T>(run: () => T): T => {
    if (!bare) return run();
    vi.stubGlobal('TextEncoder', undefined);
    vi.stubGlobal('TextDecoder', undefined);
    try {
      return run();
    } finally {
      vi.unstubAllGlobals();
    }
  };

  property.prop([fc.oneof(anyText, likelyText)])('is written as the standard says', (text) => {
    expect(within(() => encode(text))).toEqual(native.encoder.encode(text));
  });

  property.prop([fc.oneof(likelyBytes, fc.uint8Array({ maxLength: 300 }))])('is read as the standard says', (list) => {
    const bytes = Uint8Array.from([0xe2, ...list, 0x80]);
    const text = within(() => decodeUtf8(bytes, 1, bytes.length - 2));
    expect(text).toBe(native.decoder.decode(bytes.subarray(1, -1)));
  });

  it('comes back whole from texts longer than a chunk, whatever stands at its edge', () => {
    for (const lead of ['', 'a', 'ab', 'abc']) {
      const text = lead + 'a€𝄞\ufeff'.repeat(5000);
      const bytes = within(() => encode(text));
      expect(within(() => decodeUtf8(bytes, 0, bytes.length))).toBe(text);
    }
  });
});
