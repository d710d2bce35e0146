import { createWandbFs } from 'wandb-fs';
import { STANDARD, startServer } from '../helpers/server.js';
import { costOf, NOTHING } from '../semantics/helpers/requests.js';

test.each([
  ['e/p/r/**/*.txt', 20],
  ['e/p/r/d1/**', 6],
  ['/e/p/r/*/f1.txt', 1],
  ['e/p/r/d1/f1.txt', 1],
  ['e/p/none/*', 0],
])('globSync of %s costs one request', async (pattern, count) => {
  const server = await startServer(STANDARD);
  const files = Array.from({ length: 20 }, (_, index) => [`d${index % 4}/f${index}.txt`, 'x']);
  await server.seed({ 'e/p/r': Object.fromEntries(files) });
  const fs = createWandbFs({ baseUrl: server.url, apiKey: server.apiKey });
  expect(fs.globSync(pattern)).toHaveLength(count);
  expect(costOf(await server.requests())).toMatchObject({
    ...NOTHING,
    featureQueries: expect.any(Number),
    graphql: 1,
  });
  await fs.wandb.close();
});
