import { buildASTSchema, validateSchema } from 'graphql';
import { servedDocument } from '../../src/testing/graphql/schema.js';
import { ARTIFACT_FEATURES, RUN_FEATURES } from '../../src/testing/index.js';

/** The server doesn't check its schema when it starts. */
describe('the schema that is served is valid', () => {
  const features = [...RUN_FEATURES, ...ARTIFACT_FEATURES];
  test.each<[string, readonly string[]]>([
    ['every feature', features],
    ['none', []],
    ...features.map((left): [string, readonly string[]] => [
      `all but ${left}`,
      features.filter((feature) => feature !== left),
    ]),
  ])('with %s', (_, has) => {
    expect(validateSchema(buildASTSchema(servedDocument(has)))).toEqual([]);
  });
});
