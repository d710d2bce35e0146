import test from 'node:test';
import { createWandbFs } from 'wandb-fs';
import { exercise } from '../exercise.mjs';

for (const sync of ['thread', 'off']) {
  test(`with mock.timers, sync '${sync}'`, async ({ mock }) => {
    mock.timers.enable();
    await exercise(createWandbFs({ sync }), { run: `/viewer/p/node-test-${sync}` });
  });
}
