/** What the peers of uploads do: they know the addresses, and put there what they have in memory. */
import { atOnce } from './undici.mjs';

/** As the titles of the rows say. */
const PUTS_AT_ONCE = 64;
/** As many as the server takes in one request. */
const BATCH = 1000;

/** Contents that differ from each other, and from those of another round. */
export const smallFiles = ({ files, bytes }, round) =>
  Array.from({ length: files }, (_, at) => {
    const content = Buffer.alloc(bytes, at % 251);
    content.write(`${round} ${at} `);
    return { name: String(at), bytes: content };
  });

/** Declares files of a run; resolves with where each is to be put. */
export async function uploadAddresses(client, path, files) {
  const [entity, project, run] = path.split('/');
  const addresses = [];
  for (let at = 0; at < files.length; at += BATCH) {
    const names = files.slice(at, at + BATCH).map(({ name }) => name);
    const { createRunFiles } = await client.graphql(CREATE, { entity, project, run, names });
    const headers = Object.fromEntries(createRunFiles.uploadHeaders.map((line) => line.split(/:\s*/, 2)));
    addresses.push(...createRunFiles.files.map(({ uploadUrl }) => ({ url: uploadUrl, headers })));
  }
  return addresses;
}

export const putAll = (client, addresses, files) =>
  atOnce(files, PUTS_AT_ONCE, ({ bytes }, at) => client.put(addresses[at].url, bytes, addresses[at].headers));

const CREATE = `mutation ($entity: String!, $project: String!, $run: String!, $names: [String!]!) {
  createRunFiles(input: { entityName: $entity, projectName: $project, runName: $run, files: $names }) {
    uploadHeaders
    files { name uploadUrl }
  }
}`;
