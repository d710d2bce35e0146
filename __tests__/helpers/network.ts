import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

const CERTIFICATES = join(__dirname, '../../__fixtures__/tls');

/** See `__fixtures__/tls/README.md`. */
export type Certificate = 'server' | 'expired' | 'other-host' | 'self-signed';

/** The certificate of the authority that signed most of them. */
export const AUTHORITY = join(CERTIFICATES, 'ca.pem');

export interface ProxiedRequest {
  readonly method: string;
  /** 'host:port' of a tunnel, else a whole address. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
}

export interface ForwardProxy {
  readonly port: number;
  /** 'http://127.0.0.1:<port>', or https. */
  readonly url: string;
  /** What it was asked for since the last call. */
  requests(): Promise<readonly ProxiedRequest[]>;
}

interface ProxyOptions {
  /** The proxy itself speaks TLS. */
  readonly certificate?: Certificate;
  /** 'user:password' that it demands. */
  readonly user?: string;
  /** Its `Proxy-Authenticate`, with every refusal. */
  readonly demands?: string;
  /** Every request gets this status. */
  readonly answer?: number;
  /** Bytes of an answer, or out of a tunnel, after which it cuts the connection. */
  readonly cutAfter?: number;
  /** It is no proxy: this is all it says; '' is silence, null hangs up. */
  readonly hello?: string | null;
}

const running: Worker[] = [];

afterAll(async () => {
  await Promise.all(running.splice(0).map((worker) => worker.terminate()));
});

const tlsOf = (certificate: Certificate) => ({
  key: readFileSync(join(CERTIFICATES, 'key.pem')).toString(),
  cert: readFileSync(join(CERTIFICATES, `${certificate}.pem`)).toString(),
});

/** Threads of their own: a sync call of a test waits for them. They end behind the file's last test. */
async function start<T>(file: string, workerData: object): Promise<{ worker: Worker; told: T }> {
  const worker = new Worker(join(__dirname, 'threads', file), { workerData });
  running.push(worker);
  const [told] = (await once(worker, 'message')) as [T];
  return { worker, told };
}

/** A forward proxy, for which every host is on this machine, at the port that was asked for. */
export async function startForwardProxy(options: ProxyOptions = {}): Promise<ForwardProxy> {
  const { certificate, user = null, answer = null, cutAfter = null, ...rest } = options;
  const tls = certificate ? tlsOf(certificate) : null;
  const { worker, told: port } = await start<number>('proxy.cjs', { tls, user, answer, cutAfter, ...rest });
  return {
    port,
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    requests: async () => {
      const answered = once(worker, 'message');
      worker.postMessage('requests');
      const [requests] = (await answered) as [readonly ProxiedRequest[]];
      return requests;
    },
  };
}

/** TLS before plain servers; resolves to the ports, in the same order. */
export async function startTlsServer(
  upstreams: readonly string[],
  certificate: Certificate = 'server',
): Promise<readonly number[]> {
  const { told } = await start<number[]>('tls-server.cjs', { tls: tlsOf(certificate), upstreams });
  return told;
}
