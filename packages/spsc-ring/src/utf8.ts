// UTF-8, straight to and from a ring's shared bytes. Short strings are coded here, which is
// faster than a call of the platform's coder; so are all where there is none, as in an
// AudioWorklet. Long ones are left to the platform, several times faster at 1 KiB. Browsers
// refuse shared memory to their coders, so these work on copies.
//
// Source: the encoding and the handling of errors are those of the WHATWG Encoding Standard:
// what is not well formed becomes U+FFFD, on both sides, and a byte order mark is kept.

const REPLACEMENT = 0xff_fd;

// String.fromCharCode takes its code units as arguments, and those go on the stack.
const CHUNK = 4096;

// From these lengths on the platform's coder wins, in code units and in bytes.
const LEAST_NATIVE_UNITS = 160;
const LEAST_NATIVE_BYTES = 192;

let encoder: InstanceType<typeof TextEncoder> | undefined;
let decoder: InstanceType<typeof TextDecoder> | undefined;

/** Gives the code point at `index` of a string; half of a surrogate pair alone is U+FFFD. */
function codePointAt(text: string, index: number): number {
  const point = text.codePointAt(index)!;
  return point >= 0xd8_00 && point <= 0xdf_ff ? REPLACEMENT : point;
}

/** Counts the bytes of a string in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x8_00) bytes += 1;
    else {
      bytes += 2;
      if (codePointAt(text, i) > 0xff_ff) i++; // two units make four bytes
    }
  }
  return bytes;
}

/** Writes a string in UTF-8, as many bytes as it needs, from byte `start` on; returns how many. */
export function encodeUtf8(text: string, bytes: Uint8Array, start: number): number {
  if (text.length >= LEAST_NATIVE_UNITS && typeof TextEncoder === 'function') {
    encoder ??= new TextEncoder();
    const encoded = encoder.encode(text);
    bytes.set(encoded, start); // B1
    return encoded.length;
  }
  let at = start;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) {
      bytes[at++] = unit; // B1: plain, published by R3.
    } else if (unit < 0x8_00) {
      bytes[at++] = 0xc0 | (unit >> 6); // B1
      bytes[at++] = 0x80 | (unit & 0x3f); // B1
    } else {
      const point = codePointAt(text, i);
      if (point > 0xff_ff) {
        i++;
        bytes[at++] = 0xf0 | (point >> 18); // B1
        bytes[at++] = 0x80 | ((point >> 12) & 0x3f); // B1
      } else {
        bytes[at++] = 0xe0 | (point >> 12); // B1
      }
      bytes[at++] = 0x80 | ((point >> 6) & 0x3f); // B1
      bytes[at++] = 0x80 | (point & 0x3f); // B1
    }
  }
  return at - start;
}

/** Reads a string in UTF-8 of `length` bytes from byte `start` on. */
export function decodeUtf8(bytes: Uint8Array, start: number, length: number): string {
  const end = start + length;
  if (length >= LEAST_NATIVE_BYTES && typeof TextDecoder === 'function') {
    decoder ??= new TextDecoder('utf-8', { ignoreBOM: true });
    return decoder.decode(Uint8Array.from(bytes.subarray(start, end))); // B1
  }
  const units: number[] = [];
  units.length = Math.min(length, CHUNK); // allocated at once: twice as fast
  let text = '';
  let count = 0;
  let at = start;
  while (at < end) {
    if (count + 2 > CHUNK) {
      units.length = count;
      text += String.fromCharCode.apply(undefined, units);
      count = 0;
    }
    const first = bytes[at++]!; // B1
    if (first < 0x80) {
      units[count++] = first;
      continue;
    }
    // How many bytes follow, and from where to where the next one may lie: so overlong forms,
    // surrogates and what lies beyond U+10FFFF end at the first byte that cannot belong to them.
    let missing = 0;
    let least = 0x80;
    let most = 0xbf;
    let point = REPLACEMENT;
    if (first >= 0xc2 && first <= 0xdf) {
      missing = 1;
      point = first & 0x1f;
    } else if (first >= 0xe0 && first <= 0xef) {
      missing = 2;
      point = first & 0xf;
      if (first === 0xe0) least = 0xa0;
      if (first === 0xed) most = 0x9f;
    } else if (first >= 0xf0 && first <= 0xf4) {
      missing = 3;
      point = first & 0x7;
      if (first === 0xf0) least = 0x90;
      if (first === 0xf4) most = 0x8f;
    }
    for (; missing > 0; missing--) {
      const next = at < end ? bytes[at]! : 0; // B1
      if (next < least || next > most) {
        point = REPLACEMENT;
        break;
      }
      at++;
      point = (point << 6) | (next & 0x3f);
      least = 0x80;
      most = 0xbf;
    }
    if (point > 0xff_ff) {
      units[count++] = 0xd7_c0 + (point >> 10);
      units[count++] = 0xdc_00 | (point & 0x3_ff);
    } else {
      units[count++] = point;
    }
  }
  units.length = count;
  return text + String.fromCharCode.apply(undefined, units);
}
