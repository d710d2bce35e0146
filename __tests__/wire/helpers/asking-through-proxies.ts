import { ViewerDocument } from '../../../src/wire/generated.js';
import { startTlsServer } from '../../helpers/network.js';
import { json, serve } from './http-server.js';
import { connect, failureOf, fakeClock, KEY } from './wire.js';

/** Hosts of this name are looked up by the proxy alone. */
export const underName = (url: string, host = 'api.wandb.test'): string => url.replace('127.0.0.1', host);

export const viewer = () => serve((_, response) => json(response, { data: { viewer: { id: 'me' } } }));

/** A server behind TLS that says who the viewer is. */
export async function secureViewer(
  certificate: Parameters<typeof startTlsServer>[1] = 'server',
): Promise<string> {
  const { url } = await viewer();
  const [port] = await startTlsServer([url], certificate);
  return `https://api.wandb.test:${port}`;
}

export const UNVERIFIED = { WANDB_INSECURE_DISABLE_SSL: 'true' };

export const ask = (url: string, env: NodeJS.ProcessEnv) =>
  connect(url, { clock: fakeClock() }, { apiKey: KEY }, env).run(ViewerDocument, {});

export const refusedBy = (url: string, env: NodeJS.ProcessEnv) => failureOf(ask(url, env));
