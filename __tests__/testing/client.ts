import type { FakeWandb } from '../../src/testing/index.js';

/** The headers of a client that has the key. */
export const authorization = (wandb: FakeWandb): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`api:${wandb.apiKey}`).toString('base64')}`,
});

export interface GraphqlReply<Data> {
  readonly status: number;
  /** What the document asks for: the caller says what that is. */
  readonly data: Data;
  readonly errors: readonly { readonly message: string }[];
}

/** One GraphQL request as plain HTTP. */
export async function graphql<Data>(
  wandb: FakeWandb,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<GraphqlReply<Data>> {
  const response = await fetch(`${wandb.url}/graphql`, {
    method: 'POST',
    headers: { ...authorization(wandb), 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables, operationName: '' }),
  });
  const { data, errors = [] } = (await response.json()) as Omit<GraphqlReply<Data>, 'status'>;
  return { status: response.status, data, errors };
}

export interface FileRow {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly directUrl: string;
  readonly sizeBytes: number;
  readonly md5: string | null;
  readonly updatedAt: string | null;
}

const FILES = `query Files($entity: String, $project: String, $run: String!, $names: [String], $pattern: String, $first: Int, $after: String) {
  project(name: $project, entityName: $entity) { run(name: $run) { fileCount
    files(names: $names, pattern: $pattern, first: $first, after: $after) {
      totalCount pageInfo { endCursor hasNextPage }
      edges { cursor node { id name url directUrl sizeBytes md5 updatedAt } } } } } }`;

export interface FilesConnection {
  readonly edges: readonly { readonly cursor: string; readonly node: FileRow }[];
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
}

interface FilesData {
  readonly project: { readonly run: { readonly files: FilesConnection | null } | null } | null;
}

interface ListOptions {
  readonly names?: readonly string[];
  readonly pattern?: string;
  readonly first?: number;
  readonly after?: string | null;
}

/** One page of a run's files, `run` being 'entity/project/run'. */
export async function listFiles(wandb: FakeWandb, run: string, options: ListOptions = {}) {
  const [entity, project, name] = run.split('/');
  const variables = { entity, project, run: name, ...options };
  const { data, errors } = await graphql<FilesData | undefined>(wandb, FILES, variables);
  const connection = data?.project?.run?.files;
  return {
    errors,
    rows: connection?.edges.map((edge) => edge.node) ?? [],
    cursors: connection?.edges.map((edge) => edge.cursor) ?? [],
    endCursor: connection?.pageInfo.endCursor ?? null,
    hasNextPage: connection?.pageInfo.hasNextPage ?? false,
  };
}

/** The row of one file, or undefined. */
export const fileRow = async (wandb: FakeWandb, run: string, name: string): Promise<FileRow | undefined> =>
  (await listFiles(wandb, run, { names: [name] })).rows[0];

/** Asks for files to be deleted, by their rows. */
export const deleteFiles = (wandb: FakeWandb, rows: readonly FileRow[]) =>
  graphql(wandb, 'mutation($files: [ID!]!) { deleteFiles(input: { files: $files }) { success } }', {
    files: rows.map((row) => row.id),
  });

const CREATE = `mutation CreateRunFiles($input: CreateRunFilesInput!) {
  createRunFiles(input: $input) { runID uploadHeaders files { name uploadUrl } } }`;

interface CreateData {
  readonly createRunFiles: {
    readonly uploadHeaders: readonly string[];
    readonly files: readonly { readonly name: string; readonly uploadUrl: string }[];
  };
}

export interface UploadTarget {
  readonly name: string;
  readonly uploadUrl: string;
  readonly headers: Record<string, string>;
}

/** Declares files and tells where to PUT them. */
export async function declareFiles(
  wandb: FakeWandb,
  run: string,
  files: readonly string[],
): Promise<UploadTarget[]> {
  const [entityName, projectName, runName] = run.split('/');
  const { data, errors } = await graphql<CreateData>(wandb, CREATE, {
    input: { entityName, projectName, runName, files },
  });
  if (errors[0]) throw new Error(errors[0].message);
  const headers = Object.fromEntries(
    data.createRunFiles.uploadHeaders.map((header) => header.split(/:\s*/, 2)),
  );
  return data.createRunFiles.files.map((file) => ({ ...file, headers }));
}

/**
 * Declares one file and uploads its content; what makes it final is up to the caller. As bytes: with a string `fetch`
 * would add a Content-Type that the URL didn't sign.
 */
export async function upload(
  wandb: FakeWandb,
  run: string,
  name: string,
  content: string,
): Promise<Response> {
  const [target] = await declareFiles(wandb, run, [name]);
  if (!target) throw new Error('nothing was declared');
  return fetch(target.uploadUrl, { method: 'PUT', headers: target.headers, body: Buffer.from(content) });
}

/** Tells the server that uploads have arrived. */
export async function markUploaded(wandb: FakeWandb, run: string, files: readonly string[]): Promise<void> {
  const [entityName, projectName, runName] = run.split('/');
  const document =
    'mutation($input: MarkRunFilesUploadedInput!) { markRunFilesUploaded(input: $input) { success } }';
  await graphql(wandb, document, { input: { entityName, projectName, runName, files } });
}

/** Posts to a run's file stream. */
export const stream = (wandb: FakeWandb, run: string, body: unknown): Promise<Response> =>
  fetch(`${wandb.url}/files/${run}/file_stream`, {
    method: 'POST',
    headers: { ...authorization(wandb), 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** The nodes of a connection. */
export interface Nodes<Node> {
  readonly edges: readonly { readonly node: Node }[];
}

export const nodesOf = <Node>(connection: Nodes<Node>): Node[] => connection.edges.map((edge) => edge.node);

/** Their names. */
export const namesOf = (connection: Nodes<{ readonly name: string }>): string[] =>
  nodesOf(connection).map((node) => node.name);
