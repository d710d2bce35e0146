import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, type DocumentNode, parse, validate } from 'graphql';
import { lookUp } from '../../src/store/runs/lookups.js';
import { json, serve } from '../wire/helpers/http-server.js';
import { connect } from '../wire/helpers/wire.js';

const schema = buildSchema(readFileSync(join(__dirname, '../../src/wire/schema.graphql'), 'utf8'));
const RUN = { entity: 'e', project: 'p', run: 'r' };

const sent = async (names: string[], patterns: string[], page: number) => {
  const server = await serve((_, response) => json(response, { data: { project: null } }));
  const { isAnyBelow } = await lookUp(connect(server.url), { ...RUN, names, patterns, page }, {});
  const { query, variables } = JSON.parse(server.received[0]?.body.toString() ?? '{}');
  return { document: parse(query) as DocumentNode, query: query as string, variables, isAnyBelow };
};

test.each([0, 1, 2, 50])('a document for %i patterns is valid, and asks for each', async (count) => {
  const patterns = Array.from({ length: count }, (_, index) => `dir${index}/%`);
  const { document, query, variables, isAnyBelow } = await sent([], patterns, 0);
  expect(validate(schema, document)).toEqual([]);
  expect(query.match(/below\d*: files\(/g)).toHaveLength(Math.max(1, count));
  expect(Object.values(variables)).toEqual(expect.arrayContaining(patterns));
  expect(isAnyBelow).toEqual(patterns.map(() => false));
});

test('what is not asked for is left out by the server', async () => {
  const { variables } = await sent([], [], 0);
  expect(variables).toMatchObject({ hasNames: false, hasPattern: false, hasListing: false });
  expect((await sent(['a', 'b'], ['a/%'], 100)).variables).toMatchObject({
    names: ['a', 'b'],
    first: 2,
    hasNames: true,
    pattern: 'a/%',
    hasPattern: true,
    page: 100,
    hasListing: true,
  });
});
