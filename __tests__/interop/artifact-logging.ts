import type { FakeWandb } from 'wandb-fs/testing';
import { filesOf } from './sdk.js';
import { PROJECT, type SdkServer, SERVERS, type ServerName, useSdk } from './sdk-servers.js';

export const CONTENT = filesOf({
  'a.txt': 'hello',
  'dir/b.txt': 'world',
  'dir/deep/er/ünï cödé #1 100% a+b?.txt': 'awkward',
  'empty.bin': '',
});

export interface Version {
  readonly id: string;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly digest: string;
}

/** A server of that name, and the SDK over it, which must ask for nothing that the server has not. */
export function useLogging(name: ServerName): SdkServer {
  // Before the hook that ends the server: Jest calls them in their order.
  afterAll(() => expectNothingRefused(logging.wandb));
  const logging = useSdk(SERVERS[name], { [PROJECT]: {}, 'acme-org/wandb-registry-model': {} });
  return logging;
}

/** But for what is forbidden, which tests want to see. */
async function expectNothingRefused(wandb: FakeWandb): Promise<void> {
  const refused = (await wandb.requests()).filter(
    (request) => (request.status === 0 || request.status >= 400) && request.status !== 403,
  );
  expect(refused).toEqual([]);
}
