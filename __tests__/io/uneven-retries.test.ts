import { Failure } from '../../src/contract/failure.js';
import { owned, UNIT } from './helpers/owned.js';

const refused = new Failure('EIO', 'The storage refused the upload.', 'HTTP 403');

test('what failed at the same time in two processes goes again at different times, and of one process together', async () => {
  const again: string[] = [];
  const failing = async (name: string, chance: number): Promise<void> => {
    const { submit, flush, recorded, names } = owned({ random: () => chance });
    recorded.fail(`declare ${UNIT}/a,${UNIT}/b`, refused);
    for (const [ino, file] of ['a', 'b'].entries()) void submit(file, file, { ino });
    await flush();
    while (names().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    again.push(name);
    expect(recorded.counts()).toMatchObject({ declare: 2 });
  };
  // The second one, although it failed later, within the half second that is left to chance.
  await Promise.all([failing('late', 0), failing('early', 0.99)]);
  expect(again).toEqual(['early', 'late']);
});
