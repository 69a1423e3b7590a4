// The memory model as ECMA-262 states it, by brute force: every candidate execution of a small
// straight program, kept where it is valid. Slow and simple, so that the checker can be
// compared with it.

/** One operation on one of the words; what it writes is its own number, which tells it apart. */
export interface Operation {
  readonly op: 'read' | 'write' | 'load' | 'store' | 'exchange';
  readonly word: number;
}

/** The operations of each thread. The main thread starts them, joins them, and reads each word. */
export type Program = readonly (readonly Operation[])[];

interface MemoryEvent extends Operation {
  readonly thread: number;
  readonly isAtomic: boolean;
  readonly reads: boolean;
  readonly writes: boolean;
}

/** Gives the value that the operation number `index` of a thread writes. */
export function valueOf(thread: number, index: number): number {
  return (thread + 1) * 10 + index + 1;
}

const MAIN = -1;

function eventsOf(program: Program, words: number): { events: MemoryEvent[]; values: number[] } {
  const events: MemoryEvent[] = [];
  const values: number[] = [];
  program.forEach((operations, thread) =>
    operations.forEach(({ op, word }, index) => {
      const isAtomic = op !== 'read' && op !== 'write';
      events.push({
        op,
        word,
        thread,
        isAtomic,
        reads: op === 'read' || op === 'load' || op === 'exchange',
        writes: op !== 'read' && op !== 'load',
      });
      values.push(valueOf(thread, index));
    }),
  );
  for (let word = 0; word < words; word++) {
    events.push({ op: 'read', word, thread: MAIN, isAtomic: false, reads: true, writes: false });
    values.push(0);
  }
  return { events, values };
}

/** Lists the outcomes: what each read sees, by thread, then by operation; those of main last. */
export function outcomesByAxioms(program: Program, words: number): string[] {
  const { events, values } = eventsOf(program, words);
  const readers = events.flatMap(({ reads }, e) => (reads ? [e] : []));
  const outcomes = new Set<string>();
  // reads-from: -1 for the zero that the block begins with.
  const from: number[] = [];
  const choose = (at: number): void => {
    const reader = readers[at];
    if (reader === undefined) {
      const outcome = readers.map((r) => (from[r] === -1 ? 0 : values[from[r]!]!)).join(' ');
      if (!outcomes.has(outcome) && isValid(events, readers, from)) outcomes.add(outcome);
      return;
    }
    for (let w = -1; w < events.length; w++) {
      if (w >= 0 && (w === reader || !events[w]!.writes || events[w]!.word !== events[reader]!.word)) continue;
      from[reader] = w;
      choose(at + 1);
    }
  };
  choose(0);
  return [...outcomes].toSorted();
}

type Relation = boolean[][];

function close(relation: Relation): Relation {
  const closed = relation.map((row) => [...row]);
  const n = closed.length;
  for (let k = 0; k < n; k++)
    for (let i = 0; i < n; i++) if (closed[i]![k]) for (let j = 0; j < n; j++) if (closed[k]![j]) closed[i]![j] = true;
  return closed;
}

function isValid(events: readonly MemoryEvent[], readers: readonly number[], from: readonly number[]): boolean {
  const related = events.map((a, i) =>
    events.map((b, j) => {
      const inAgentOrder = i < j && (a.thread === b.thread || b.thread === MAIN);
      const synchronises = b.reads && from[j] === i && a.isAtomic && b.isAtomic;
      return inAgentOrder || synchronises;
    }),
  );
  const before = close(related);
  if (events.some((_, e) => before[e]![e])) return false;
  // Coherent reads. The initial zero happens before everything.
  for (const r of readers) {
    const w = from[r]!;
    if (w >= 0 && before[r]![w]) return false;
    const isHidden = events.some(
      (v, e) => v.writes && v.word === events[r]!.word && before[e]![r] && (w < 0 || before[w]![e]),
    );
    if (isHidden) return false;
  }
  const atomics = events.flatMap(({ isAtomic }, e) => (isAtomic ? [e] : []));
  return hasMemoryOrder(events, readers, from, before, atomics, []);
}

/** Tells whether the atomics have an order with which all reads agree: "Sequentially Consistent Atomics". */
function hasMemoryOrder(
  events: readonly MemoryEvent[],
  readers: readonly number[],
  from: readonly number[],
  before: Relation,
  rest: readonly number[],
  order: readonly number[],
): boolean {
  if (rest.length > 0) {
    return rest.some(
      (next) =>
        !rest.some((other) => before[other]![next]) &&
        hasMemoryOrder(
          events,
          readers,
          from,
          before,
          rest.filter((e) => e !== next),
          [...order, next],
        ),
    );
  }
  const comesBefore = (a: number, b: number): boolean =>
    before[a]![b]! || (order.includes(a) && order.includes(b) && order.indexOf(a) < order.indexOf(b));
  return readers.every((r) => {
    const w = from[r]!;
    const read = events[r]!;
    const write = w < 0 ? undefined : events[w]!;
    return !order.some((v) => {
      const between = events[v]!;
      if (v === r || v === w || !between.writes || between.word !== read.word) return false;
      if ((w >= 0 && !comesBefore(w, v)) || !comesBefore(v, r)) return false;
      const isSynchronised = write?.isAtomic === true && read.isAtomic;
      const afterBoth = write?.isAtomic === true && before[w]![r]! && before[v]![r]!;
      const behind = read.isAtomic && (w < 0 || (before[w]![r]! && before[w]![v]!));
      return isSynchronised || afterBoth || behind;
    });
  });
}
