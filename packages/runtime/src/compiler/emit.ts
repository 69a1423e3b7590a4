// Writes a compiled machine: { frame, begin, poll }. A poll takes the variables that live out of the frame, goes on at the
// block that the frame names, and puts back those that live at the wait it comes to. The others are 0 there,
// so that a frame of numbers stays one.

import type { types } from '@babel/core';
import type { Types } from './babel.ts';
import type { Block, Marked } from './blocks.ts';
import { LEFT, type Names } from './names.ts';
import type { Region } from './take-apart.ts';
import { keepsOperand } from './waits.ts';

/** Is all that a machine is written from. */
export interface Plan {
  readonly params: readonly types.Function['params'][number][];
  /** The parameters that `begin` puts into the frame. */
  readonly begun: readonly string[];
  /** The variables of each field of the frame. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  /** All other variables. */
  readonly others: readonly string[];
  readonly cx: string;
  readonly blocks: readonly Block[];
  readonly regions: readonly Region[];
  readonly names: Names;
  /** The variables that live when each block begins. */
  readonly living: ReadonlyMap<number, ReadonlySet<string>>;
}

/** Writes the program of a machine. */
export function emitProgram(
  t: Types,
  template: (code: string) => types.Statement[],
  plan: Plan,
): types.ObjectExpression {
  return new Writing(t, template, plan).program();
}

class Writing {
  readonly #t: Types;
  readonly #template: (code: string) => types.Statement[];
  readonly #plan: Plan;
  readonly #atField: string;
  readonly #waitField: string;
  readonly #keepsWait: boolean;

  constructor(t: Types, template: (code: string) => types.Statement[], plan: Plan) {
    this.#t = t;
    this.#template = template;
    this.#plan = plan;
    this.#keepsWait = plan.blocks.some(({ wait }) => wait !== undefined && keepsOperand(wait));
    this.#atField = freeField('$at', plan.fields);
    this.#waitField = freeField('$wait', plan.fields);
  }

  program(): types.ObjectExpression {
    const t = this.#t;
    const { params, begun, names, fields: own, cx } = this.#plan;
    const id = (name: string): types.Identifier => t.identifier(name);
    const fields = [...own.keys(), ...(this.#keepsWait ? [this.#waitField] : []), this.#atField];
    const frame = t.objectExpression(fields.map((field) => t.objectProperty(keyOf(t, field), t.numericLiteral(0))));
    const begin = t.objectMethod(
      'method',
      id('begin'),
      [id(names.frame), ...(params as types.Identifier[])],
      t.blockStatement(begun.map((name) => this.#set(this.#fieldOf(name), id(name)))),
    );
    const poll = t.objectMethod('method', id('poll'), [id(names.frame), id(cx)], t.blockStatement(this.#pollBody()));
    return t.objectExpression([t.objectProperty(id('frame'), frame), ...(begun.length > 0 ? [begin] : []), poll]);
  }

  #fieldOf(variable: string): string {
    return [...this.#plan.fields].find(([, variables]) => variables.includes(variable))![0];
  }

  /** Puts a value into a field. */
  #set(field: string, value: types.Expression): types.Statement {
    const t = this.#t;
    const key = keyOf(t, field);
    const target = t.memberExpression(t.identifier(this.#plan.names.frame), key, t.isStringLiteral(key));
    return t.expressionStatement(t.assignmentExpression('=', target, value));
  }

  #pollBody(): types.Statement[] {
    const t = this.#t;
    const { blocks, regions, names, fields, others } = this.#plan;
    const { frame, at, wait, sent, here, left, value, attempt, regions: list, ended } = names;
    const own = [...fields].flatMap(([field, variables]) =>
      variables.map((name) => `${JSON.stringify(field)}: ${name}`),
    );
    const loads = [...own, ...(this.#keepsWait ? [`${this.#waitField}: ${wait}`] : []), `${this.#atField}: ${at}`];
    const variables = `let { ${loads.join(', ')} } = ${frame}; let ${[...others, sent].join(', ')};`;
    const isSwitch = t.switchStatement(
      t.identifier(at),
      blocks.map((block) => this.#case(block)),
    );
    if (regions.length === 0) {
      return [...this.#template(variables), t.forStatement(null, null, null, t.blockStatement([isSwitch]))];
    }
    isSwitch.discriminant = t.assignmentExpression('=', t.identifier(here), t.identifier(at));
    const statements = this.#template(`
      ${variables}
      let ${here} = 0;
      const ${list} = ${JSON.stringify(regions)}, ${ended} = [];
      for (;;) {
        let ${left} = 0, ${value};
        ${attempt}: try {
          BODY;
        } catch (error) {
          ${left} = ${LEFT.threw};
          ${value} = error;
        }
        for (let i = 0; ${left} > 0; i++) {
          if (i === ${list}.length) {
            if (${left} === ${LEFT.threw}) throw ${value};
            if (${left} === ${LEFT.returns}) return ${value};
            ${at} = ${value};
            break;
          }
          const [first, handler, final, after] = ${list}[i];
          if (${left} === ${LEFT.finishes}) {
            if (final !== ${value}) continue;
            [${left}, ${value}] = ${ended}[i] ?? [${LEFT.jumps}, after];
            i = -1;
          } else if (first <= ${here}) {
            if (${left} === ${LEFT.jumps} && first <= ${value} && ${value} < after) continue;
            if (${left} === ${LEFT.threw} && ${here} < handler) {
              ${sent} = ${value};
              ${at} = handler;
              break;
            }
            if (${here} < final) {
              ${ended}[i] = [${left}, ${value}];
              ${at} = final;
              break;
            }
            ${ended}[i] = undefined;
          }
        }
      }`);
    return replaceBody(t, statements, isSwitch);
  }

  #case({ label, steps, wait }: Block): types.SwitchCase {
    const t = this.#t;
    const statements = steps.map(({ statement }) => statement);
    const { here } = this.#plan.names;
    if (wait !== undefined && this.#plan.regions.length > 0)
      statements.push(...this.#template(`${here} = ${-label - 1};`));
    if (wait !== undefined) statements.push(...this.#poll(wait, label));
    return t.switchCase(t.valueToNode(label), statements);
  }

  /** Writes what polls a wait. */
  #poll(wait: Marked, label: number): types.Statement[] {
    const t = this.#t;
    const { cx, names } = this.#plan;
    const { sent, pending } = names;
    const located = (node: types.Expression): types.Expression => Object.assign(node, { loc: wait.node.loc });
    const call = (method: string): types.Expression => {
      const args = keepsOperand(wait) ? [t.identifier(names.wait)] : [];
      return located(t.callExpression(t.memberExpression(t.identifier(cx), t.identifier(method)), args));
    };
    const isPending = (what: types.Expression): types.Expression =>
      t.binaryExpression('===', what, this.#pendingExpression(pending));
    const given = (value: types.Expression): types.Statement =>
      t.expressionStatement(t.assignmentExpression('=', t.identifier(sent), value));
    const nothing = t.unaryExpression('void', t.numericLiteral(0));
    const leave = t.returnStatement(this.#pendingExpression(pending));
    if (wait.kind === 'yieldNow') return [...this.#saves(label, -label, wait), t.returnStatement(call('yieldNow'))];
    const wasPending = t.blockStatement([...this.#saves(label, label, wait), leave]);
    if (wait.kind === 'join') return [given(call('join')), t.ifStatement(isPending(t.identifier(sent)), wasPending)];
    const isHeldUp =
      wait.kind === 'until'
        ? t.unaryExpression('!', located(conditionOf(t, wait.operand!)))
        : isPending(call('sleepUntil'));
    return [t.ifStatement(isHeldUp, wasPending), given(nothing)];
  }

  #pendingExpression(pending: string): types.Expression {
    const [space, name] = pending.split('.') as [string, string?];
    const t = this.#t;
    return name === undefined ? t.identifier(space) : t.memberExpression(t.identifier(space), t.identifier(name));
  }

  /** Puts what lives at a wait into the frame. */
  #saves(label: number, goesOnAt: number, wait: Marked): types.Statement[] {
    const t = this.#t;
    const { fields, living, names } = this.#plan;
    const live = living.get(label)!;
    return [
      ...[...fields].map(([field, variables]) => {
        const name = variables.find((variable) => live.has(variable));
        return this.#set(field, name === undefined ? t.numericLiteral(0) : t.identifier(name));
      }),
      ...(keepsOperand(wait) ? [this.#set(this.#waitField, t.identifier(names.wait))] : []),
      this.#set(this.#atField, t.valueToNode(goesOnAt)),
    ];
  }
}

function keyOf(t: Types, field: string): types.Identifier | types.StringLiteral {
  return t.isValidIdentifier(field, false) ? t.identifier(field) : t.stringLiteral(field);
}

/** Writes a condition, which is looked at in place. */
function conditionOf(t: Types, condition: types.Expression): types.Expression {
  if (t.isArrowFunctionExpression(condition) && condition.params.length === 0 && t.isExpression(condition.body)) {
    return condition.body;
  }
  return t.callExpression(condition, []);
}

function freeField(base: string, taken: ReadonlyMap<string, unknown>): string {
  return taken.has(base) ? freeField(`$${base}`, taken) : base;
}

/** Puts a statement in the place of `BODY`. */
function replaceBody(t: Types, statements: types.Statement[], body: types.Statement): types.Statement[] {
  const replace = (node: types.Node): void => {
    if (t.isForStatement(node)) replace(node.body);
    else if (t.isLabeledStatement(node)) replace(node.body);
    else if (t.isTryStatement(node)) node.block.body = [body];
    else if (t.isBlockStatement(node)) node.body.forEach(replace);
  };
  statements.forEach(replace);
  return statements;
}
