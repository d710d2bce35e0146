import type { FakeWandb } from 'wandb-fs/testing';
import { environmentOf, useProgram } from './scripts.js';

/**
 * A process in which scripts are run behind `const registration = register(…)`, with RUN mounted: a run of the server that has
 * `a.txt` ('content') and `dir/b.txt` ('inner'). Each tells what `value` is.
 */
export function useRegistered(server: FakeWandb): (script: string, value: string) => Promise<unknown> {
  beforeAll(async () => {
    await server.seed({ 'team/project/run': { 'a.txt': 'content', 'dir/b.txt': 'inner' } });
  });
  const program = useProgram(() => environmentOf(server));
  return (script, value) =>
    program(
      `
    import assert from 'node:assert';
    import fs, { readFileSync, createReadStream, promises } from 'node:fs';
    import * as imported from 'node:fs/promises';
    import { createRequire } from 'node:module';
    import { promisify } from 'node:util';
    import { createWandbFs } from 'wandb-fs';
    import { register } from 'wandb-fs/register';
    const require = createRequire(process.cwd() + '/script');
    const RUN = '/mnt/wandb/run';
    const shapeOf = (target) => Object.entries(Object.getOwnPropertyDescriptors(target)).map(
      ([name, { value, ...rest }]) => [name, typeof value, typeof value === 'function' && [value.name, value.length, Reflect.ownKeys(value).filter((key) => key !== 'prototype')], rest]);
    const before = [fs, fs.promises].map((target) => Object.getOwnPropertyDescriptors(target));
    const shape = [fs, fs.promises].map(shapeOf);
    const early = { exists: fs.existsSync };
    const run = createWandbFs({ root: 'team/project/run' });
    const registration = register({ mounts: { [RUN]: run } });
    async function outcome() {
      ${script}
      registration.unregister();
      return await (${value});
    }
    export default await outcome().finally(async () => {
      registration.unregister();
      await run.wandb.close();
    });`,
    );
}
