import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FakeWandb } from 'wandb-fs/testing';

export interface Asked {
  /** The operation's name. */
  readonly operation: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Writes into an answer, at a path such as 'data.project.run.files'; where the answer hasn't that place, nothing. */
export function put(answer: object, path: string, value: unknown): undefined {
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const target = at(answer, keys.join('.'));
  if (typeof target === 'object' && target !== null && last in target)
    Object.assign(target, { [last]: value });
}

/** What stands in an answer at a path; undefined: nothing. */
export function at(answer: object, path: string): unknown {
  let value: unknown = answer;
  for (const key of path.split('.'))
    value = new Map(Object.entries(typeof value === 'object' && value !== null ? value : {})).get(key);
  return value;
}

export interface RewritingProxy {
  readonly url: string;
  readonly apiKey: string;
  /** Every GraphQL question since the start. */
  readonly asked: readonly Asked[];
}

const running: { close(): Promise<void> }[] = [];

afterAll(async () => {
  await Promise.all(running.splice(0).map((proxy) => proxy.close()));
});

/**
 * The local server behind a proxy that changes its GraphQL answers. It lives in the thread of the test, so only calls that
 * don't block it get answers. It is closed behind the file's last test.
 *
 * @param rewrite gets an answer; what it returns is sent, or where it returns nothing the answer as it left it
 */
export async function startRewritingProxy(
  server: FakeWandb,
  rewrite: (answer: object, asked: Asked) => object | undefined,
): Promise<RewritingProxy> {
  const asked: Asked[] = [];
  const forward = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of message) parts.push(part);
    const body = Buffer.concat(parts);
    const isGraphql = message.url === '/graphql';
    const answer = await fetch(server.url + message.url, {
      method: message.method ?? 'GET',
      headers: {
        authorization: message.headers.authorization ?? '',
        'content-type': message.headers['content-type'] ?? '',
      },
      ...(body.length > 0 && { body }),
      redirect: 'manual',
    });
    let bytes = Buffer.from(await answer.arrayBuffer());
    if (isGraphql) {
      const { query, variables } = JSON.parse(body.toString()) as {
        query: string;
        variables: Asked['variables'];
      };
      const question = { operation: /^\s*\w+ (\w+)/m.exec(query)?.[1] ?? '', variables };
      asked.push(question);
      const told = JSON.parse(bytes.toString()) as object;
      bytes = Buffer.from(JSON.stringify(rewrite(told, question) ?? told));
    }
    const location = answer.headers.get('location');
    response.writeHead(answer.status, {
      'content-type': answer.headers.get('content-type') ?? 'application/octet-stream',
      ...(location !== null && { location }),
    });
    response.end(bytes);
  };
  const proxy = createServer((message, response) => {
    forward(message, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  running.push({
    close: () =>
      new Promise((resolve) => {
        proxy.close(() => resolve());
        proxy.closeAllConnections();
      }),
  });
  const { port } = proxy.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, apiKey: server.apiKey, asked };
}
