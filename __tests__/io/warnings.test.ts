import { resolveConfig } from '../../src/config/config.js';
import type { RemoteEvent } from '../../src/contract/remote.js';
import { treePath } from '../../src/contract/tree-path.js';
import { createOwner } from '../../src/io/owner/owner.js';
import { createRunsStore } from '../../src/store/runs.js';
import { defaults } from '../helpers/defaults.js';
import { handed } from './helpers/handed.js';

test('the owner tells of an unreachable server once, whoever asks and swallows the failure', async () => {
  const config = resolveConfig(
    { baseUrl: 'http://127.0.0.1:1', apiKey: 'k'.repeat(40) },
    { HOME: '/nonexistent' },
    '/',
  );
  const owner = createOwner({
    ...defaults,
    store: createRunsStore(config.wire.reveal()),
    contents: { open: async (id) => handed.open(id), close: (id) => handed.close(id) },
  });
  const events: RemoteEvent[] = [];
  owner.onEvent = (event) => events.push(event);
  const { signal } = new AbortController();
  for (let call = 0; call < 3; call++) {
    const reply = await owner.handle(
      'lookup',
      { path: treePath('team/project/run/file'), listing: true },
      signal,
    );
    expect(reply.ok).toBe(false);
  }
  expect(events).toEqual([
    { type: 'warning', message: expect.stringContaining('http://127.0.0.1:1 refuses connections') },
  ]);
  await owner.handle('close', {}, signal);
});
