import { GraphQLError } from 'graphql';
import { GraphqlService } from '../graphql/service.js';
import { type Handler, type HttpAnswer, HttpError, type HttpRequest, jsonError } from '../server/http.js';
import { RateLimit } from '../server/limits.js';
import type { Prepared } from '../server/listener.js';
import { BUCKET } from '../storage/signing.js';
import { Gatekeeper } from '../world/auth.js';
import type { Instance } from '../world/instance.js';
import { artifactFile } from './artifacts.js';
import { bucket } from './bucket.js';
import { fileStream } from './file-stream.js';

/** The routes under the base URL. */
export class Api {
  private readonly graphql: GraphqlService;
  private readonly gatekeeper: Gatekeeper;
  private readonly rate: RateLimit;

  constructor(private readonly instance: Instance) {
    this.graphql = new GraphqlService(instance);
    this.gatekeeper = new Gatekeeper(instance.settings, instance.apiKeys);
    this.rate = new RateLimit(instance.settings.limits.requestsPerSecond);
  }

  async prepare(request: HttpRequest): Promise<Prepared> {
    // A gateway in front of a bucket keeps the API's credentials from it.
    if (request.path.startsWith(BUCKET))
      return { graphql: null, handle: (sent) => bucket(this.instance, withoutCredentials(sent)) };
    const atHost = (handler: Handler): Handler =>
      this.limited((sent) => this.instance.answering(sent.headers, () => handler(sent)));
    if (request.path !== '/graphql') return { graphql: null, handle: atHost((sent) => this.route(sent)) };
    const body = (await request.body()).toString();
    try {
      const graphql = this.graphql.read(body);
      return { graphql, handle: atHost(this.authorised(() => this.graphql.run(graphql))) };
    } catch (error) {
      if (!(error instanceof GraphQLError || error instanceof HttpError)) throw error;
      const answer = jsonError(400, error.message);
      return { graphql: null, handle: this.limited(this.authorised(() => answer)) };
    }
  }

  private route(request: HttpRequest): Promise<HttpAnswer> | HttpAnswer {
    const { method, path } = request;
    if (method === 'POST' && path === '/oidc/token') return this.gatekeeper.exchange(request);
    if (path.startsWith('/files/')) return this.authorised((sent) => this.files(sent))(request);
    if (/^\/artifacts(V2)?\//.test(path))
      return this.authorised((sent) => artifactFile(this.instance, sent))(request);
    // The SDK's telemetry ends for good with the first 404.
    return jsonError(404, 'not found');
  }

  private files(request: HttpRequest): Promise<HttpAnswer> | HttpAnswer {
    const [, , entity = '', project = '', name = '', ...rest] = request.path.split('/');
    const run = this.instance.world.run(entity, project, name);
    if (!run) return jsonError(404, 'run not found');
    const file = rest.join('/');
    if (request.method === 'POST' && file === 'file_stream') return fileStream(this.instance, run, request);
    if (request.method !== 'GET' && request.method !== 'HEAD') return jsonError(405, 'method not allowed');
    const row = run.files.get(file);
    if (!row) return jsonError(404, 'file not found');
    return { status: 302, headers: { location: this.instance.downloadUrl(row) } };
  }

  private authorised(handler: Handler): Handler {
    return (request) => this.gatekeeper.refuse(request) ?? handler(request);
  }

  private limited(handler: Handler): Handler {
    return async (request) => {
      const seconds = this.rate.take();
      const headers = this.rate.isFinite
        ? { 'ratelimit-remaining': String(this.rate.remaining), 'ratelimit-reset': '1' }
        : {};
      if (seconds > 0) {
        const answer = jsonError(429, 'rate limit exceeded');
        return { ...answer, headers: { ...answer.headers, ...headers, 'retry-after': seconds.toFixed(3) } };
      }
      const answer = await handler(request);
      return { ...answer, headers: { ...headers, ...answer.headers } };
    };
  }
}

function withoutCredentials({
  headers: { authorization: _, ...headers },
  ...request
}: HttpRequest): HttpRequest {
  return { ...request, headers };
}
