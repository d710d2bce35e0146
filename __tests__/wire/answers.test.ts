import type { Document } from '../../src/wire/api/graphql.js';
import {
  ArtifactFileAddressesDocument,
  DeleteProjectDocument,
  FileAddressesDocument,
  FindManifestDocument,
  FindProjectDocument,
  FindRunsDocument,
  ListArtifactTypesDocument,
  ListCollectionAliasesDocument,
  ListCollectionsDocument,
  ListFilesDocument,
  ListProjectsDocument,
  ListRunsDocument,
  ListVersionsDocument,
  LookUpDocument,
  MarkRunFilesUploadedDocument,
  MembershipFileAddressesDocument,
  ViewerAndOrganizationsDocument,
} from '../../src/wire/generated.js';
import { isWireFailure } from '../../src/wire/wire-failure.js';
import { json, serve } from './helpers/http-server.js';
import { connect, failureOf, fakeClock } from './helpers/wire.js';

const versionsOf = (facts: object) => ({
  project: {
    artifactType: {
      artifactCollection: { name: 'c', state: 'READY', defaultArtifactType: { name: 't' }, ...facts },
    },
  },
});

const ENTITY = { id: 'i', name: 'e', createdAt: '2024-01-01T00:00:00Z' };
const PROJECT = { ...ENTITY, name: 'p', updatedAt: null, lastActive: null, entity: ENTITY };

/** Every listing that is asked for, and where its connection stands in the answer. */
const LISTINGS: readonly [string, Document<unknown, never>, (connection: unknown) => unknown][] = [
  ['projects', ListProjectsDocument, (projects) => ({ entity: { name: 'e' }, projects })],
  ['runs', ListRunsDocument, (runs) => ({ project: { runs } })],
  ['runs that are found', FindRunsDocument, (runs) => ({ project: { ...PROJECT, runs } })],
  ['files', ListFilesDocument, (files) => ({ project: { run: { files } } })],
  ['files by name', FileAddressesDocument, (files) => ({ project: { run: { files } } })],
  ['artifact types', ListArtifactTypesDocument, (artifactTypes) => ({ project: { artifactTypes } })],
  [
    'collections',
    ListCollectionsDocument,
    (artifactCollections) => ({ project: { artifactType: { artifactCollections } } }),
  ],
  ['versions', ListVersionsDocument, (artifacts) => versionsOf({ artifacts })],
  ['aliases', ListCollectionAliasesDocument, (aliases) => ({ project: { artifactCollection: { aliases } } })],
  [
    'files of a member',
    MembershipFileAddressesDocument,
    (files) => ({ project: { artifactCollection: { artifactMembership: { files } } } }),
  ],
  ['files of a version', ArtifactFileAddressesDocument, (files) => ({ artifact: { files } })],
];

const more = { hasNextPage: true, endCursor: null };
const last = { hasNextPage: false, endCursor: null };

const CUTS: readonly [string, unknown][] = [
  ['that is null', null],
  ["that wasn't answered", undefined],
  ['whose rows are null', { edges: null, pageInfo: last }],
  ["whose rows weren't answered", { pageInfo: last }],
  ['with a gap', { edges: [{ cursor: 'c', node: null }], pageInfo: last }],
  ['with a row that is null', { edges: [null], pageInfo: last }],
  ["with more in a place that isn't told", { edges: [], pageInfo: more }],
  ['with more at an empty cursor', { edges: [], pageInfo: { hasNextPage: true, endCursor: '' } }],
  ["that doesn't tell whether there is more", { edges: [], pageInfo: null }],
  ["that doesn't know whether there is more", { edges: [], pageInfo: { hasNextPage: null } }],
];

const filesOf = (node: object) => ({
  project: { run: { files: { edges: [{ cursor: 'c', node }], pageInfo: last } } },
});

const run = async (document: Document<unknown, never>, data: unknown, errors?: unknown) => {
  const server = await serve((_request, response) =>
    json(response, { data, ...(errors !== undefined && { errors }) }),
  );
  const client = connect(server.url, { clock: fakeClock() });
  const variables = { entity: 'e', hasNames: true, hasPattern: false, hasListing: true };
  const outcome = await client
    .run(document as Document<unknown, object>, variables)
    .catch((error: unknown) => {
      if (isWireFailure(error)) return error;
      throw error;
    });
  return { outcome, requests: server.received.length };
};

describe.each(LISTINGS)('a listing of %s', (_, document, place) => {
  test.each(CUTS)('%s is asked for again, then EPROTO', async (_cut, connection) => {
    const { outcome, requests } = await run(document, place(connection));
    expect(outcome).toMatchObject({ code: 'EPROTO', fault: 'empty' });
    expect(requests).toBe(4);
  });

  test('that is empty is an answer', async () => {
    const whole = place({ edges: [], pageInfo: last });
    expect((await run(document, whole)).outcome).toEqual(whole);
  });
});

test.each([
  ['no field at all', FindProjectDocument, {}],
  ['no field of what it shows', LookUpDocument, { project: {} }],
  ['text where a project was asked for', FindProjectDocument, { project: 'x' }],
  [
    'rows without a name',
    ListRunsDocument,
    { project: { runs: { edges: [{ cursor: 'c', node: { id: 'i' } }], pageInfo: last } } },
  ],
  ['a file without a name', ListFilesDocument, filesOf({ id: 'i', name: '', updatedAt: null })],
  ["a file that doesn't tell whether it was uploaded", ListFilesDocument, filesOf({ id: 'i', name: 'n' })],
  ['a time in seconds', ListFilesDocument, filesOf({ id: 'i', name: 'n', updatedAt: 1_700_000_000 })],
  [
    "a version that doesn't tell its state",
    ListVersionsDocument,
    versionsOf({
      artifacts: { edges: [{ version: 'v0', node: { id: 'i', aliases: [] } }], pageInfo: last },
    }),
  ],
  ['a collection of no type', ListVersionsDocument, versionsOf({ defaultArtifactType: null })],
  ['a manifest that is no file', FindManifestDocument, { artifact: { currentManifest: { file: null } } }],
  [
    'a list that is null',
    ViewerAndOrganizationsDocument,
    { viewer: { organizations: null, teams: { edges: [] } } },
  ],
  ['a change without an outcome', DeleteProjectDocument, { deleteModel: null }],
  ['another change without an outcome', MarkRunFilesUploadedDocument, { markRunFilesUploaded: null }],
])('an answer with %s is EPROTO after three more', async (_, document, data) => {
  const { outcome, requests } = await run(document, data);
  expect(outcome).toMatchObject({ code: 'EPROTO', fault: 'empty' });
  expect(requests).toBe(4);
});

test("what isn't there is null, and an answer", async () => {
  for (const [document, data] of [
    [FindProjectDocument, { project: null }],
    [LookUpDocument, { project: { name: 'p', entity: { name: 'e' }, run: null } }],
    [ListProjectsDocument, { entity: null, projects: null }],
  ] as const) {
    expect((await run(document, data)).outcome).toEqual(data);
  }
});

test("an error of a part says nothing of what is there: a listing that it took away isn't ENOENT", async () => {
  const { outcome, requests } = await run(
    LookUpDocument,
    { project: { name: 'p', entity: { name: 'e' }, run: { name: 'r', asked: null, listing: null } } },
    [{ message: 'file not found in the index', path: ['project', 'run', 'asked'] }],
  );
  expect(outcome).toMatchObject({ code: 'EPROTO' });
  expect(outcome).toHaveProperty('detail', expect.stringContaining('file not found in the index'));
  expect(requests).toBe(4);
});

test("an error that says that the run isn't there is ENOENT still", async () => {
  const { outcome } = await run(LookUpDocument, { project: null }, [{ message: 'run not found' }]);
  expect(outcome).toMatchObject({ code: 'ENOENT' });
});

test('a project that was shown is gone only when the server says so for a minute', async () => {
  const clock = fakeClock();
  let project: unknown = { name: 'p', entity: { name: 'e' } };
  const server = await serve((_request, response) => json(response, { data: { project } }));
  const client = connect(server.url, { clock });
  const find = () => client.run(FindProjectDocument, { entity: 'e', project: 'p' });
  await find();
  project = null;
  const failure = await failureOf(find());
  expect(failure).toMatchObject({ code: 'EIO' });
  expect(failure.detail).toContain("doesn't show the project 'e/p'");
  expect(server.received).toHaveLength(5);
  await clock.sleep(60_000, undefined);
  expect(await find()).toEqual({ project: null });
});
