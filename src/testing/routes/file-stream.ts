import { gunzipSync } from 'node:zlib';
import { parseLogLine } from '../resolvers/run.js';
import { type HttpAnswer, type HttpRequest, json, jsonError } from '../server/http.js';
import type { Instance } from '../world/instance.js';
import type { Run } from '../world/records.js';

interface Chunk {
  readonly offset?: number;
  readonly content?: readonly string[];
}

interface StreamBody {
  readonly files?: Readonly<Record<string, Chunk>>;
  readonly uploaded?: readonly string[];
  readonly preempting?: boolean;
  readonly complete?: boolean;
  readonly exitcode?: number;
}

/** `POST /files/{entity}/{project}/{run}/file_stream`: metrics, console lines, and the end of a run. */
export async function fileStream(instance: Instance, run: Run, request: HttpRequest): Promise<HttpAnswer> {
  const isGzip = request.headers['content-encoding'] === 'gzip';
  if (isGzip && !instance.hasFeature('FILESTREAM_GZIP')) return jsonError(415, 'gzip is not supported here');
  const bytes = await request.body();
  let body: StreamBody;
  try {
    body = JSON.parse((isGzip ? gunzipSync(bytes) : bytes).toString() || '{}');
  } catch (error) {
    return jsonError(400, `the body is not JSON: ${error instanceof Error ? error.message : 'unreadable'}`);
  }
  receive(instance, run, body);
  return json(run.isStopped ? { stopped: true } : {});
}

function receive(instance: Instance, run: Run, body: StreamBody): void {
  run.heartbeatAt = Date.now();
  for (const [name, chunk] of Object.entries(body.files ?? {})) {
    const lines = chunk.content ?? [];
    if (name === 'wandb-history.jsonl') put(run.history, chunk.offset, lines);
    else if (name === 'wandb-events.jsonl') put(run.events, chunk.offset, lines);
    else if (name === 'output.log') put(run.logLines, chunk.offset, lines);
    else if (name === 'wandb-summary.json') run.summaryMetrics = lines.at(-1) ?? run.summaryMetrics;
  }
  for (const name of body.uploaded ?? []) {
    const row = run.files.get(name);
    if (row) instance.world.mark(row);
  }
  if (body.complete) complete(instance, run, body.exitcode ?? 0);
  else if (body.preempting) run.state = 'preempting';
  else run.state = 'running';
}

/** Progress bars rewrite lines that were sent before: what comes at an offset replaces what stood there. */
function put(lines: string[], offset: number | undefined, content: readonly string[]): void {
  lines.splice(offset ?? lines.length, content.length, ...content);
}

/** A running run has no output.log: unless the SDK uploads one at the end, it is made of the console lines then. */
function complete(instance: Instance, run: Run, exitcode: number): void {
  run.exitcode = exitcode;
  run.state = exitcode === 0 ? 'finished' : 'failed';
  const uploaded = run.files.get('output.log');
  const hasUpload = uploaded !== undefined && (uploaded.updatedAt !== null || uploaded.settlesAt !== null);
  if (run.logLines.length === 0 || hasUpload) return;
  const text = run.logLines.map((line) => `${parseLogLine(line).line}\n`).join('');
  instance.world.writeFinal(run, 'output.log', Buffer.from(text));
}
