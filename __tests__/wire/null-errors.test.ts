import { ViewerDocument } from '../../src/wire/generated.js';
import { json, serve } from './helpers/http-server.js';
import { connect, failureOf } from './helpers/wire.js';

const data = { viewer: { entity: 'team', username: 'errors', teams: { edges: [] } } };
const run = async (answer: object) => {
  const server = await serve((_, response) => json(response, answer));
  return connect(server.url).run(ViewerDocument, {});
};

test.each([[null], [[]]])('`errors: %j` beside data is success', async (errors) => {
  expect(await run({ data, errors })).toEqual(data);
});

test('what stands in `errors` is still the failure', async () => {
  for (const errors of [[{ message: 'no' }], [{}]])
    expect(await failureOf(run({ data, errors }))).toMatchObject({ fault: 'graphql' });
});
