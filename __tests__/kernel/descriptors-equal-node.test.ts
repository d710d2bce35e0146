import * as nodeFs from 'node:fs';
import { constants } from 'node:fs';
import { treePath } from '../../src/contract/tree-path.js';
import { makeDirectory } from '../helpers/directories.js';
import { expectEqual } from '../helpers/equal.js';
import { mount } from './helpers/mount.js';
import { seeded } from './helpers/seeded.js';

const { O_APPEND, O_CREAT, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } = constants;
const RUN = 'e/p/r';

for (const [cacheBytes, blockBytes] of [
  [64, 16],
  [2048, 64],
  [16 * 1024 * 1024, 1024],
] as const) {
  test(`descriptors do what node:fs does (${cacheBytes})`, async () => {
    const top = await makeDirectory();
    for (let seed = Number(process.env.FROM ?? 1); seed <= Number(process.env.SEEDS ?? 150); seed++) {
      const choose = seeded(seed * 7919);
      const m = mount({ cacheBytes, blockBytes, listingTtl: [0, 50, 100000][choose(3)] as number });
      const { kernel, sync, remote, clock } = m;
      remote.choose = choose;
      const open: { a: number; b: number }[] = [];
      const log: string[] = [];
      const same = (label: string, ours: () => unknown, theirs: () => unknown): void => {
        const run = (f: () => unknown): unknown => {
          try {
            return f();
          } catch (t) {
            if (!(t as { code?: string }).code) throw t;
            return (t as { code: string }).code;
          }
        };
        const a = run(ours);
        const b = run(theirs);
        log.push(label);
        try {
          expectEqual(a, b);
        } catch (e) {
          throw new Error(`seed ${seed}\n${log.join('\n')}\n${(e as Error).message}`);
        }
      };
      m.server.write(`${RUN}/p`, 'abcdefghij'.repeat(9));
      nodeFs.writeFileSync(`${top}/p`, 'abcdefghij'.repeat(9));
      for (let i = 0; i < 40; i++) {
        clock.now += choose(30);
        const kind = choose(11);
        const name = ['p', 'q', 'z'][choose(3)];
        if (kind === 0 || open.length === 0) {
          const f = [
            O_RDONLY,
            O_RDWR,
            O_RDWR | O_CREAT,
            O_RDWR | O_CREAT | O_TRUNC,
            O_WRONLY | O_APPEND | O_CREAT,
            O_RDWR | O_APPEND,
            O_WRONLY | O_TRUNC,
          ][choose(7)] as number;
          let a = -1;
          let b = -1;
          same(
            `open ${name} ${f}`,
            () => {
              a = sync((op) => kernel.open(op, treePath(`${RUN}/${name}`), f, 0o666));
              return 'ok';
            },
            () => {
              b = nodeFs.openSync(`${top}/${name}`, f, 0o666);
              return 'ok';
            },
          );
          if (a >= 0) open.push({ a, b });
          continue;
        }
        const file = open[choose(open.length)] as { a: number; b: number };
        const pos = choose(3) === 0 ? null : choose(130);
        const n = 1 + choose(70);
        if (kind <= 3) {
          const x = Buffer.alloc(n);
          const y = Buffer.alloc(n);
          same(
            `read ${file.b} ${n} ${pos}`,
            () => [sync((op) => kernel.read(op, file.a, x, pos)), x.toString('latin1')],
            () => [nodeFs.readSync(file.b, y, 0, n, pos), y.toString('latin1')],
          );
        } else if (kind <= 6) {
          const d = Buffer.alloc(n, 65 + choose(26));
          // At an fd that appends, Linux writes to the end whatever the position is: so do we.
          same(
            `write ${file.b} ${n} ${pos}`,
            () => sync((op) => kernel.write(op, file.a, d, pos)),
            () => nodeFs.writeSync(file.b, d, 0, n, pos),
          );
        } else if (kind === 7) {
          const l = choose(150);
          same(
            `ftruncate ${file.b} ${l}`,
            () => sync((op) => kernel.ftruncate(op, file.a, l)),
            () => nodeFs.ftruncateSync(file.b, l),
          );
        } else if (kind === 8) {
          open.splice(open.indexOf(file), 1);
          same(
            `close ${file.b}`,
            () => sync((op) => kernel.close(op, file.a)),
            () => nodeFs.closeSync(file.b),
          );
        } else if (kind === 9) {
          const r = choose(5);
          if (r === 0)
            same(
              `unlink ${name}`,
              () => sync((op) => kernel.unlink(op, treePath(`${RUN}/${name}`))),
              () => nodeFs.unlinkSync(`${top}/${name}`),
            );
          else if (r === 1) {
            const to = ['p', 'q', 'z'][choose(3)];
            same(
              `rename ${name} ${to}`,
              () => sync((op) => kernel.rename(op, treePath(`${RUN}/${name}`), treePath(`${RUN}/${to}`))),
              () => nodeFs.renameSync(`${top}/${name}`, `${top}/${to}`),
            );
          } else if (r === 2) {
            log.push('fsync');
            sync((op) => kernel.fsync(op, file.a));
          } else if (r === 3) {
            log.push('flush');
            sync((op) => kernel.flush(op));
          } else {
            log.push('step');
            const s = remote.steps();
            s[choose(s.length)]?.run();
          }
        } else {
          same(
            `fstat ${file.b}`,
            () => {
              const s = sync((op) => kernel.fstat(op, file.a));
              return [s.size, s.nlink];
            },
            () => {
              const s = nodeFs.fstatSync(file.b);
              return [s.size, s.nlink];
            },
          );
        }
      }
      for (const { a, b } of open) {
        sync((op) => kernel.close(op, a));
        nodeFs.closeSync(b);
      }
      sync((op) => kernel.flush(op));
      remote.settle();
      const stored = [...m.server.bytes]
        .map(([path]) => [path.slice(RUN.length + 1), m.server.text(path)])
        .sort();
      const there = nodeFs
        .readdirSync(top)
        .map((f) => [f, nodeFs.readFileSync(`${top}/${f}`, 'utf8')])
        .sort();
      same(
        'end',
        () => stored,
        () => there,
      );
      same(
        'kernel',
        () => m.names(RUN).map((f) => [f, m.readFile(`${RUN}/${f}`)]),
        () => there,
      );
      expectEqual(kernel.counters().dirty, 0);
      const c = kernel.counters();
      same(
        'bounded',
        () =>
          (c.overlayBytes as number) <= cacheBytes / 4 && (c.spooledBytes as number) <= cacheBytes / 4
            ? 'ok'
            : JSON.stringify(c),
        () => 'ok',
      );
      sync((op) => kernel.shutdown(op));
      for (const f of nodeFs.readdirSync(top)) nodeFs.unlinkSync(`${top}/${f}`);
    }
  });
}
