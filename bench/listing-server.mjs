import { createServer } from 'node:http';

/**
 * Answers the look-ups and listings of runs as W&B does, with rows that are made as they are asked for: what is measured
 * against it is not its own work. A run's name says how many files it has, `files-100000`, a hundred in each directory.
 */
const MADE_AT = '2025-01-01T00:00:00';

const md5Of = (index) => {
  const bytes = Buffer.alloc(16);
  for (let at = 0; at < 16; at += 4) bytes.writeUInt32LE(Math.imul(index + at + 1, 0x9e3779b1) >>> 0, at);
  return bytes.toString('base64');
};

const nameOf = (index) =>
  `media/images/step_${String(Math.floor(index / 100)).padStart(6, '0')}/sample_${index % 100}.png`;

const rowOf = (index) => {
  const second = String(index % 60).padStart(2, '0');
  const id = Buffer.from(`RunFile:${1_000_000 + index}`).toString('base64');
  return (
    `{"cursor":"Y3Vyc29y${index}","node":{"id":"${id}","name":"${nameOf(index)}","sizeBytes":"${1000 + index}",` +
    `"md5":"${md5Of(index)}","createdAt":"${MADE_AT}","updatedAt":"2025-01-01T00:10:${second}"}}`
  );
};

const pageOf = (count, after, first) => {
  const start = after == null ? 0 : Number(after.slice(8)) + 1;
  const end = Math.min(count, start + first);
  const rows = [];
  for (let index = start; index < end; index++) rows.push(rowOf(index));
  const next = `"endCursor":"Y3Vyc29y${end - 1}","hasNextPage":${end < count}`;
  return `{"edges":[${rows.join(',')}],"pageInfo":{${next}}}`;
};

const answer = ({ query, variables }) => {
  const { run, first, page, after, hasListing } = variables;
  const count = Number(run.split('-')[1]);
  if (query.includes('ListFiles')) {
    return `{"data":{"project":{"run":{"projectId":"1","files":${pageOf(count, after, first)}}}}}`;
  }
  const facts = `"createdAt":"${MADE_AT}","updatedAt":"${MADE_AT}"`;
  const none = '{"edges":[],"pageInfo":{"hasNextPage":false}}';
  const listing = hasListing ? `,"listing":${pageOf(count, null, page)}` : '';
  return (
    `{"data":{"project":{"id":"P","name":"project",${facts},"entity":{"id":"E","name":"entity",${facts}},` +
    `"run":{"id":"R","projectId":"1","name":"${run}",${facts},"heartbeatAt":"${MADE_AT}",` +
    `"asked":${none},"below":${none}${listing}}}}}`
  );
};

const server = createServer((request, response) => {
  const pieces = [];
  request.on('data', (piece) => pieces.push(piece));
  request.on('end', () => {
    const text = answer(JSON.parse(Buffer.concat(pieces).toString()));
    response.setHeader('content-type', 'application/json');
    response.end(text);
  });
});
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
process.on('disconnect', () => process.exit());
