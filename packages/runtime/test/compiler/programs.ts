// Random programs: a tree of numbers and kinds, and what it is written as. Whatever does not fit where it stands (a
// `break` outside of loops) is written as something harmless, so that every tree is a program.

import * as fc from 'fast-check';

/** Is a part of a program: an expression or a statement, by its kind, with a number and parts of its own. */
export interface Node {
  readonly kind: number;
  readonly n: number;
  readonly parts: readonly Node[];
}

const { tree } = fc.letrec<{ tree: Node }>((tie) => ({
  tree: fc.record({
    kind: fc.nat(999),
    n: fc.nat(20),
    parts: fc.oneof(
      { maxDepth: 4, depthSize: 'medium' },
      { arbitrary: fc.constant([]), weight: 1 },
      { arbitrary: fc.array(tie('tree'), { minLength: 1, maxLength: 4 }), weight: 2 },
    ),
  }),
}));

/** Gives the statements of a program. */
export const programs: fc.Arbitrary<Node[]> = fc.array(tree, { minLength: 3, maxLength: 7 });

/** Is what may be written somewhere. */
interface Place {
  /** Numbers that can be assigned to. */
  readonly variables: readonly string[];
  readonly lists: readonly string[];
  readonly loops: readonly { readonly label: string; readonly isSwitch: boolean }[];
  /** Whether a wait may stand here: not in a finally block. */
  readonly mayWait: boolean;
}

const LEAF: Node = { kind: 0, n: 1, parts: [] };

/** Writes the body of a machine that takes two numbers and a list. */
export function write(nodes: readonly Node[]): string {
  const place: Place = { variables: ['a', 'b'], lists: ['list'], loops: [], mayWait: true };
  return new Writing().block(nodes, place);
}

class Writing {
  #names = 0;

  #name(base: string): string {
    return `${base}${this.#names++}`;
  }

  /** Writes statements, in which each knows what those before have declared. */
  block(nodes: readonly Node[], place: Place): string {
    let inner = place;
    const lines: string[] = [];
    for (const node of nodes) {
      const [line, next] = this.#statement(node, inner);
      lines.push(line);
      inner = next;
    }
    return lines.join('\n');
  }

  #statement(node: Node, place: Place): [string, Place] {
    const { n, parts } = node;
    const part = (i: number): Node => parts[i] ?? LEAF;
    const value = (i: number): string => this.#expression(part(i), place);
    const rest = (from: number, where: Place = place): string => this.block(parts.slice(from), where);
    const stays = (line: string): [string, Place] => [line, place];
    const declares = (line: string, name: string, base: 'variables' | 'lists'): [string, Place] => [
      line,
      { ...place, [base]: [...place[base], name] },
    ];
    switch (node.kind % 20) {
      case 0:
      case 1:
        return stays(`trace(${value(0)});`);
      case 2: {
        const name = n % 3 === 0 ? 'a' : this.#name('v'); // shadows, or not
        if (n % 3 === 0)
          return stays(`{ let ${name} = ${n}; ${rest(0)} trace(${name}); ${name} = ${value(0)}; trace(${name}); }`);
        return declares(`let ${name} = ${value(0)};`, name, 'variables');
      }
      case 3: {
        const name = this.#name('l');
        if (n % 4 === 0)
          return declares(`const ${name} = ${this.#list(place, n)}; ${name}.push(${value(0)});`, name, 'lists');
        return declares(`const ${name} = [${value(0)}, ...${this.#list(place, n)}, ${value(1)}];`, name, 'lists');
      }
      case 4: {
        const [x, y] = [this.#name('v'), this.#name('v')];
        return declares(
          `let [${x}, { y: ${y} = ${n} } = {}] = [${value(0)}, { z: ${value(1)} }]; trace(${y});`,
          x,
          'variables',
        );
      }
      case 5:
        return stays(`if (${value(0)} % 2 === 0) { ${rest(1)} } else { trace(${n}); ${rest(2)} }`);
      case 6:
        return stays(`if (${value(0)} > ${n}) { ${this.#leave(n, place, value(1))} }`);
      case 7:
      case 8:
        return stays(this.#loop(node, place));
      case 9: {
        const item = this.#name('v');
        const { label, place: inner } = this.#inLoop(place);
        const values = `[${value(0)}, ...${this.#list(place, n)}]`;
        // It waits within a list only, and is left from any.
        const head = [`of ${values}`, `of new Set(${values})`, `in ${values}`][n % 3]!;
        const body = rest(1, n % 3 === 0 ? inner : { ...inner, mayWait: false });
        return stays(`${label}: for (const ${item} ${head}) { tick(); trace(${item}); ${body} }`);
      }
      case 10: {
        const label = this.#name('s');
        const where = { ...place, loops: [...place.loops, { label, isSwitch: true }] };
        const other = `default: trace('default'); ${this.block(parts.slice(3, 4), where)}`;
        const [x, y] = [
          `case ${value(1)}: ${this.block(parts.slice(1, 2), where)} ${n % 2 === 0 ? 'break;' : ''}`,
          `case ${n % 5}: ${this.block(parts.slice(2, 3), where)}`,
        ];
        const cases = n % 3 === 0 ? [other, x, y] : n % 3 === 1 ? [x, other, y] : [x, y, other];
        return stays(`${label}: switch (${value(0)} % 5) { ${cases.join('\n')} }`);
      }
      case 11:
        return stays(
          `try { ${rest(1)} throw new Failure(${value(0)}); } catch (e) { trace(e.n); ${this.block(parts.slice(0, 2), place)} }`,
        );
      case 12:
        return stays(
          `try { ${rest(0)} } catch ({ n }) { const kept = n; trace(kept); ${this.block(parts.slice(1, 3), place)} trace(kept); }`,
        );
      case 13: {
        const quiet = { ...place, mayWait: false };
        const body = this.block(parts.slice(1), place);
        return stays(
          `try { trace('try'); ${body} } finally { trace('finally'); ${this.block(parts.slice(0, 1), quiet)} }`,
        );
      }
      case 14: {
        const quiet = { ...place, mayWait: false };
        return stays(
          `try { ${rest(1)} if (${value(0)} > ${n}) throw new Failure(${n}); } catch { trace('caught'); ${this.block(parts.slice(0, 1), place)} } ` +
            `finally { ${this.block(parts.slice(2, 3), quiet)} trace('done'); }`,
        );
      }
      case 15:
        return stays(`if (${value(1)} > 12) ${this.#leave(n, place, value(0))}`);
      case 16: {
        // A function that is called before the next wait, in a loop or not.
        const name = this.#name('c');
        return stays(`const ${name} = ${value(0)}; trace([1, 2].map((x) => x * ${name}).join());`);
      }
      case 17:
        return stays(`{ let sum = 0; [1, ${n}].forEach((x) => { sum += x; }); trace(sum); }`);
      case 18:
        return stays(place.mayWait ? this.#wait(node, place) : `trace(${n});`);
      default:
        return stays(`${this.#assignment(node, place)};`);
    }
  }

  #inLoop(place: Place): { label: string; place: Place } {
    const label = this.#name('o');
    return { label, place: { ...place, loops: [...place.loops, { label, isSwitch: false }] } };
  }

  #loop({ kind, n, parts }: Node, place: Place): string {
    const test = this.#expression(parts[0] ?? LEAF, place);
    const i = this.#name('i');
    const { label, place: inner } = this.#inLoop(place);
    const body = this.block(parts.slice(1), inner);
    switch ((kind + n) % 4) {
      case 0:
        return `${label}: for (let ${i} = 0; ${i} < ${(n % 3) + 1}; ${i}++) { tick(); trace(${i}); ${body} trace(${i}); }`;
      case 1:
        return `${label}: for (let ${i} = 0, n = ${test}; tick() && ${i} < 2; trace(n), ${i}++) { ${body} }`;
      case 2:
        return `let ${i} = 0; ${label}: while (tick() && ${i}++ < ${(n % 3) + 1} && ${test} < 15) { ${body} }`;
      default:
        return `let ${i} = 0; ${label}: do { tick(); ${body} } while (${i}++ < 1 && ${test} < 15);`;
    }
  }

  /** Leaves what is around, by whatever is possible here. */
  #leave(n: number, { loops }: Place, value: string): string {
    const target = loops[n % (loops.length || 1)];
    const inner = loops.at(-1);
    if (n % 5 === 0) return `return ${value};`;
    if (n % 5 === 1) return `throw new Failure(${value});`;
    if (target === undefined) return `trace('nothing to leave');`;
    if (n % 5 === 2) return 'break;';
    if (n % 5 === 3 && inner?.isSwitch === false) return 'continue;';
    return target.isSwitch ? `break ${target.label};` : `continue ${target.label};`;
  }

  #wait({ kind, n, parts }: Node, place: Place): string {
    const value = this.#expression(parts[0] ?? LEAF, place);
    switch ((kind + n) % 4) {
      case 0:
        return 'yield* cx.yieldNow();';
      case 1:
        return `yield* cx.sleep(${value});`;
      case 2:
        return `yield* cx.sleepUntil(cx.now() + ${value});`;
      default:
        return `{ const turns = ${n % 4}; yield* cx.until(() => ready(turns)); trace(turns); }`;
    }
  }

  #variable({ variables }: Place, n: number): string {
    return variables[n % variables.length]!;
  }

  #list({ lists }: Place, n: number): string {
    return lists[n % lists.length]!;
  }

  #assignment({ kind, n, parts }: Node, place: Place): string {
    const value = (i: number): string => this.#expression(parts[i] ?? LEAF, place);
    const name = this.#variable(place, n);
    const list = this.#list(place, n);
    switch ((kind + n) % 9) {
      case 0:
        return `${name} = ${value(0)}`;
      case 1:
        return `${name} += ${value(0)}`;
      case 2:
        return `${name} ??= ${value(0)}`;
      case 3:
        return `${name} ||= ${value(0)}`;
      case 4:
        return `${list}[${value(0)} % 4] = ${value(1)}`;
      case 5:
        return `${list}[${name}++ % 3] = ${value(0)}`;
      case 6:
        return `${list}[${name} % 3] -= ${value(0)}`;
      case 7:
        return `[${name}, ${list}[0]] = [${value(0)}, ${name}]`;
      default:
        return `${list}[0] = ${list}[1] = ${value(0)}`;
    }
  }

  /** Writes an expression that is a number, or at least no text. */
  #expression(node: Node, place: Place): string {
    const { kind, n, parts } = node;
    const value = (i: number): string => this.#expression(parts[i] ?? { ...LEAF, n: n + i, kind: n }, place);
    const name = this.#variable(place, n);
    const list = this.#list(place, n);
    if (parts.length === 0) {
      const leaves = [`${n}`, name, `(${list}[${n % 3}] ?? ${n})`, `(yield* cx.join(cx.spawn(${n})))`];
      return leaves[kind % (place.mayWait ? 4 : 3)]!;
    }
    switch (kind % 18) {
      case 0:
      case 1:
      case 2:
      case 3:
        return place.mayWait ? `(yield* cx.join(cx.spawn(${value(0)})))` : `id(${value(0)})`;
      case 4:
        return `(${value(0)} + ${value(1)})`;
      case 5:
        return `(${value(0)} - ${name} * 2)`;
      case 6:
        return `add(${value(0)}, ${value(1)}, ${name}++)`;
      case 7:
        return `math.add(${name}, ${value(0)}, ${value(1)})`;
      case 8:
        return `(${value(0)} > ${value(1)} ? ${value(2)} : ${name})`;
      case 9:
        return `(${value(0)} && ${value(1)})`;
      case 10:
        return `((${value(0)} % 2 || undefined) ?? ${value(1)})`;
      case 11:
        return `(${value(0)} % 2 || ${value(1)})`;
      case 12:
        return `[${value(0)}, ...${list}, ${value(1)}].length`;
      case 13:
        return `\`\${${name}}-\${${value(0)}}-\${${value(1)}}\`.length`;
      case 14:
        return `${list}.concat(${value(0)}, ${value(1)}).reduce((x, y) => x + y, 0)`;
      case 15:
        return `Object.values({ x: ${value(0)}, ...${list}, ...{ y: ${name} }, [\`z\${${name}}\`]: ${value(1)} }).reduce((x, y) => x + y, 0)`;
      case 16:
        return `(${this.#assignment({ ...node, parts: parts.slice(0, 2) }, place)}, ${name})`;
      default:
        return `({ x: ${value(0)} }).x`;
    }
  }
}
