// What bench-gate compares between two commits: `node packages/bench-gate/src/run.mjs --package oneshot`.
//
// Each case makes its subject with the module it is given, which is that of the one commit or of
// the other, and returns a call that takes some microseconds.

import { Worker } from 'node:worker_threads';

const TIMES = 100;

export const cases = [
  {
    name: 'create, send, receive',
    setup({ oneshot }) {
      return () => {
        for (let i = 0; i < TIMES; i++) {
          const [sender, receiver] = oneshot();
          sender.send(i);
          if (receiver.receive() !== i) throw new Error(`${i} was lost`);
        }
      };
    },
  },
  {
    name: 'create, send, receive through a slot',
    setup({ oneshot, Sender }) {
      return () => {
        for (let i = 0; i < TIMES; i++) {
          const [sender, receiver] = oneshot();
          Sender.from(sender.handle).send(i);
          if (receiver.receive() !== i) throw new Error(`${i} was lost`);
        }
      };
    },
  },
  {
    name: 'an object through a slot',
    setup({ oneshot, Sender }) {
      return () => {
        for (let i = 0; i < 20; i++) {
          const [sender, receiver] = oneshot();
          Sender.from(sender.handle).send({ id: i, name: 'some text', tags: ['a', 'b'] });
          if (receiver.receive().id !== i) throw new Error(`${i} was lost`);
        }
      };
    },
  },
  {
    name: 'close, and see it closed',
    setup({ oneshot }) {
      return () => {
        for (let i = 0; i < TIMES; i++) {
          const [sender, receiver] = oneshot();
          receiver.close();
          if (!sender.isClosed || sender.trySend(i)) throw new Error('it looks open');
        }
      };
    },
  },
  {
    name: 'receiveAsync',
    setup({ oneshot }) {
      return async () => {
        for (let i = 0; i < 20; i++) {
          const [sender, receiver] = oneshot();
          const received = receiver.receiveAsync();
          sender.send(i);
          if ((await received) !== i) throw new Error(`${i} was lost`);
        }
      };
    },
  },
  {
    // The partner sleeps in receive() between the turns.
    name: 'question and answer',
    threads: 2,
    async setup({ OneshotArena }) {
      const arena = OneshotArena.create({ slots: 16, bytesPerSlot: 400 });
      let [questions, inbox] = arena.channel();
      const worker = new Worker(new URL('workers/gate-answer.mjs', import.meta.url), {
        workerData: inbox.handle,
        execArgv: [],
      });
      await new Promise((resolve, reject) => worker.once('online', resolve).once('error', reject));
      const ask = (question) => {
        const [reply, answer] = arena.channel();
        const [next, following] = arena.channel();
        questions.send({ question, reply: reply.handle, next: following.handle });
        questions = next;
        return answer;
      };
      const call = () => {
        for (let i = 0; i < 20; i++) if (ask(i).receive() !== i + 1) throw new Error(`${i} got a wrong answer`);
      };
      call();
      const close = async () => {
        const ended = new Promise((resolve) => worker.once('exit', resolve));
        ask(-1);
        await ended;
      };
      return { call, close };
    },
  },
];
