import fs, { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { createWandbFs } from 'wandb-fs';

vi.mock('node:fs', async (importActual) => {
  const actual = await importActual();
  const { createWandbFs, mountAll } = await import('wandb-fs');
  const mounted = mountAll({ '/mnt/runs': createWandbFs({ root: 'team/project' }) }, actual.default);
  return { ...mounted, default: mounted };
});

test("vi.mock('node:fs') with mountAll", () => {
  expect(readFileSync('/mnt/runs/run/a.txt', 'utf8')).toBe('content');
  expect(fs.existsSync('/mnt/runs/run/none')).toBe(false);
  expect(fs.existsSync(import.meta.filename)).toBe(true);
});

test('spies on all of fs, and what they hide from it', async () => {
  const { default: actual } = await vi.importActual('node:fs');
  // On Node 20 `rmSync` itself calls members of `fs` that remove.
  const spies = Object.keys(actual)
    .filter((name) => typeof actual[name] === 'function')
    .filter((name) => /^(open|read|write|close|mkdtemp|exists|fstat|ftruncate)(FileSync|Sync|File)?$/.test(name))
    .map((name) =>
      vi.spyOn(actual, name).mockImplementation(() => {
        throw new Error(`${name} was called`);
      }),
    );
  const wandb = createWandbFs({ spoolBytes: 64 * 1024 * 1024, cacheBytes: 1 });
  const large = Buffer.alloc(3_000_000, 'x');
  wandb.writeFileSync('/team/project/run/large.bin', large);
  await wandb.wandb.close();
  for (const spy of spies) spy.mockRestore();
  const again = createWandbFs();
  expect(again.readFileSync('/team/project/run/large.bin').equals(large)).toBe(true);
  await again.wandb.close();
});
