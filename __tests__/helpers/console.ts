import type { FakeWandb } from 'wandb-fs/testing';

/** What a run sends while it runs. */
export async function stream(server: FakeWandb, run: string, body: object): Promise<void> {
  const authorization = `Basic ${Buffer.from(`api:${server.apiKey}`).toString('base64')}`;
  const response = await fetch(`${server.url}/files/${run}/file_stream`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
}

/** Lines that it prints, from a number on. */
export const print = (server: FakeWandb, run: string, offset: number, ...content: readonly string[]) =>
  stream(server, run, {
    files: { 'output.log': { offset, content: content.map((text) => `2026-11-23T13:47:41.347305 ${text}`) } },
  });
