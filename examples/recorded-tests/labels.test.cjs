const { useFakeWandb } = require('wandb-fs/testing');

const wandb = useFakeWandb({ world: '__fixtures__/wandb' });

test('the best model knows the passion flower', async () => {
  const fs = wandb.artifactFs();
  const text = await fs.promises.readFile(
    'vision-lab/flower-classifier/model/classifier/best/labels.json',
    'utf8',
  );
  expect(JSON.parse(text)[77]).toBe('passion flower');
});
