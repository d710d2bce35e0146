import { expect, test } from 'vitest';
import { useFakeWandb } from 'wandb-fs/testing';
import { readLabels } from './labels.js';

const wandb = useFakeWandb({ world: '__fixtures__/wandb' });

test('the best model knows the passion flower', async () => {
  expect(await readLabels(wandb.artifactFs(), 'best')).toMatchObject({ 77: 'passion flower' });
});

test('a model that nobody has named is told', async () => {
  await expect(readLabels(wandb.artifactFs(), 'none')).rejects.toMatchObject({ code: 'ENOENT' });
});
