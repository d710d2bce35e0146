import type { HttpAnswer, HttpRequest } from '../server/http.js';
import { md5Of, type StoredObject } from '../storage/objects.js';
import { BUCKET, type Refusal, refusal } from '../storage/signing.js';
import type { Instance } from '../world/instance.js';

/** The client tells this word to its user. */
const LEFT_OUT = 'LeftOutOfRecordedWorld';

/** The storage's side of the server: objects under signed URLs, nothing else. */
export async function bucket(instance: Instance, request: HttpRequest): Promise<HttpAnswer> {
  if (!request.path.startsWith(BUCKET)) return xmlError(refusal(404, 'NoSuchBucket', 'No such bucket.'));
  const refused = instance.signer.refuse(request);
  if (refused) return xmlError(refused);
  const key = request.path.slice(BUCKET.length);
  if (request.method === 'PUT') return put(instance, key, request);
  if (request.method === 'GET') return get(instance, key, request);
  return xmlError(refusal(405, 'MethodNotAllowed', 'Objects are read with GET and written with PUT.'));
}

async function put(instance: Instance, key: string, request: HttpRequest): Promise<HttpAnswer> {
  const { headers } = request;
  if (headers['transfer-encoding'] !== undefined || headers['content-length'] === undefined) {
    return xmlError(refusal(411, 'MissingContentLength', 'You must provide the Content-Length.'));
  }
  const bytes = await request.body();
  const declared = headers['content-md5'];
  if (declared !== undefined && declared !== md5Of(bytes).toString('base64')) {
    return xmlError(refusal(400, 'BadDigest', 'The Content-MD5 is not that of the body.'));
  }
  const uploadId = request.query.get('uploadId');
  if (uploadId !== null) {
    const partNumber = Number(request.query.get('partNumber'));
    const etag = instance.multipart.put(uploadId, key, partNumber, bytes);
    if (etag === null) return xmlError(refusal(404, 'NoSuchUpload', 'The upload is not under way.'));
    return { status: 200, headers: { etag: `"${etag}"` } };
  }
  const object = instance.storage.put(key, bytes, { contentType: headers['content-type'] });
  instance.world.stored(key);
  return { status: 200, headers: { etag: etagOf(object) } };
}

function get(instance: Instance, key: string, request: HttpRequest): HttpAnswer {
  const object = instance.storage.get(key);
  if (!object) return xmlError(refusal(404, 'NoSuchKey', 'The specified key does not exist.'));
  if (object.isLeftOut) return xmlError(refusal(410, LEFT_OUT, 'A recorded world only names the file.'));
  const { headers } = request;
  const etag = etagOf(object);
  const about = {
    etag,
    'accept-ranges': 'bytes',
    'last-modified': new Date(object.storedAt).toUTCString(),
    'content-type': object.contentType,
  };
  if (headers['if-match'] !== undefined && !matches(headers['if-match'], etag)) {
    return xmlError(refusal(412, 'PreconditionFailed', 'The object has changed.'));
  }
  if (headers['if-none-match'] !== undefined && matches(headers['if-none-match'], etag)) {
    return { status: 304, headers: about };
  }
  const size = object.bytes.byteLength;
  const isRangeWanted = headers['if-range'] === undefined || headers['if-range'] === etag;
  const range = isRangeWanted ? parseRange(headers.range, size) : null;
  if (range === 'unsatisfiable') {
    const answer = xmlError(refusal(416, 'InvalidRange', 'The requested range is not satisfiable.'));
    return { ...answer, headers: { ...answer.headers, 'content-range': `bytes */${size}` } };
  }
  if (range === null) return { status: 200, headers: about, body: object.bytes };
  const { start, end } = range;
  return {
    status: 206,
    headers: { ...about, 'content-range': `bytes ${start}-${end - 1}/${size}` },
    body: object.bytes.subarray(start, end),
  };
}

/** One range, as `[start, end)`. What isn't understood, or asks for several, is answered whole (RFC 9110, 14.2). */
function parseRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | null {
  const parts = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!parts || (parts[1] === '' && parts[2] === '')) return null;
  if (parts[1] === '') {
    const last = Math.min(Number(parts[2]), size);
    return last === 0 ? 'unsatisfiable' : { start: size - last, end: size };
  }
  const start = Number(parts[1]);
  const end = parts[2] === '' ? size : Math.min(Number(parts[2]) + 1, size);
  if (start >= size) return 'unsatisfiable';
  return end <= start ? null : { start, end };
}

const etagOf = (object: StoredObject): string => `"${object.etag}"`;

const matches = (header: string, etag: string): boolean =>
  header.trim() === '*' || header.split(',').some((tag) => tag.trim() === etag);

/** A refusal as object stores word it. Faults use it too. */
export function xmlError({ status, code, message }: Refusal): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/xml; charset=UTF-8' },
    body: `<?xml version='1.0' encoding='UTF-8'?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  };
}
