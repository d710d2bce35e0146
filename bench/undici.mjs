/**
 * The peer of most rows: what the same work takes by undici alone, which says what the wire allows. It knows what to ask for,
 * keeps nothing, checks nothing, and reads each answer whole.
 */
import { Agent, request } from 'undici';

/** As many requests at once as are ever under way to one host. */
const CONNECTIONS = 64;

export function bareClient(server, { connections = CONNECTIONS } = {}) {
  const dispatcher = new Agent({ connections, pipelining: 1 });
  const authorization = `Basic ${Buffer.from(`api:${server.apiKey}`).toString('base64')}`;

  const ok = async (answer, url) => {
    const { statusCode } = answer;
    if (statusCode < 200 || statusCode > 299)
      throw new Error(`${statusCode} ${url}: ${await answer.body.text()}`);
    return answer;
  };

  const client = {
    async graphql(query, variables) {
      const url = `${server.url}/graphql`;
      const answer = await request(url, {
        method: 'POST',
        dispatcher,
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      });
      const { data, errors } = await (await ok(answer, url)).body.json();
      if (errors) throw new Error(JSON.stringify(errors));
      return data;
    },
    async get(url, headers = {}) {
      return Buffer.from(
        await (await ok(await request(url, { dispatcher, headers }), url)).body.arrayBuffer(),
      );
    },
    /** The answer's body, as it comes. */
    async stream(url, headers = {}) {
      return (await ok(await request(url, { dispatcher, headers }), url)).body;
    },
    async put(url, body, headers = {}) {
      const answer = await request(url, { method: 'PUT', dispatcher, body, headers });
      await (await ok(answer, url)).body.dump();
    },
    /** Addresses of a run's files, a thousand a query. */
    async addressesOf(path, names) {
      const [entity, project, run] = path.split('/');
      const addresses = [];
      for (let at = 0; at < names.length; at += 1000) {
        const asked = names.slice(at, at + 1000);
        const data = await client.graphql(ADDRESSES, { entity, project, run, names: asked });
        addresses.push(...data.project.run.files.edges.map(({ node }) => node.directUrl));
      }
      return addresses;
    },
    /** Addresses of a version's files. */
    async addressesOfVersion(path, names) {
      const [entity, project, , collection, version] = path.split('/');
      const addresses = [];
      for (let at = 0; at < names.length; at += 1000) {
        const asked = names.slice(at, at + 1000);
        const variables = { entity, project, collection, version, names: asked };
        const { project: found } = await client.graphql(VERSION_ADDRESSES, variables);
        const { edges } = found.artifactCollection.artifactMembership.files;
        addresses.push(...edges.map(({ node }) => node.directUrl));
      }
      return addresses;
    },
    close: () => dispatcher.close(),
  };
  return client;
}

/** Does something with each item, so many at once. */
export async function atOnce(items, most, work) {
  const rest = items.entries();
  await Promise.all(
    Array.from({ length: Math.min(most, items.length) }, async () => {
      for (const [at, item] of rest) await work(item, at);
    }),
  );
}

const ADDRESSES = `query ($entity: String!, $project: String!, $run: String!, $names: [String]!) {
  project(name: $project, entityName: $entity) {
    run(name: $run) { files(names: $names, first: 1000) { edges { node { name directUrl } } } }
  }
}`;

const VERSION_ADDRESSES = `query ($entity: String!, $project: String!, $collection: String!, $version: String!, $names: [String!]!) {
  project(name: $project, entityName: $entity) {
    artifactCollection(name: $collection) {
      artifactMembership(aliasName: $version) {
        files(names: $names, first: 1000) { edges { node { name directUrl } } }
      }
    }
  }
}`;
