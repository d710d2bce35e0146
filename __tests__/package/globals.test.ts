import { packageRoot, runWell } from '../helpers/processes.js';

const program = (load: string): string => `
  const before = new Set(Object.keys(globalThis));
  (async () => {
    ${load};
    console.log(JSON.stringify(Object.keys(globalThis).filter((name) => !before.has(name))));
  })();`;

describe('loading the package leaves no globals behind', () => {
  it.each([
    ['by require', "require('wandb-fs')"],
    ['by import', "await import('wandb-fs')"],
    ['by the register entry', "await import('wandb-fs/register')"],
    [
      'behind memfs, whose it then leaves alone',
      "require('memfs'); for (const name of Object.keys(globalThis)) before.add(name); await import('wandb-fs')",
    ],
  ])('%s', async (_, load) => {
    const printed = await runWell(process.execPath, ['--eval', program(load)], { cwd: packageRoot });
    expect(JSON.parse(printed)).toEqual([]);
  });

  it('in a test of Jest', async () => {
    const before = new Set(Object.keys(globalThis));
    const { createWandbFs } = await import('../../src/index.js');
    expect(createWandbFs).toBeInstanceOf(Function);
    expect(Object.keys(globalThis).filter((name) => !before.has(name))).toEqual([]);
  });
});
