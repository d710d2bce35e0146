const { createServer, request } = require('node:http');
const https = require('node:https');
const net = require('node:net');
const { parentPort, workerData } = require('node:worker_threads');

/** A forward proxy. Every host is on this machine: what matters is which name it was asked for. */
const { tls, user, demands, answer, cutAfter, hello } = workerData;
const requests = [];
const challenge = demands ? { 'proxy-authenticate': demands } : {};

const refusal = ({ headers }) => {
  if (answer !== null) return answer;
  const expected = user && `Basic ${Buffer.from(user).toString('base64')}`;
  return expected && headers['proxy-authorization'] !== expected ? 407 : null;
};
const record = ({ method, url, headers }) => requests.push({ method, target: url, headers });

const onRequest = (asked, reply) => {
  record(asked);
  const status = refusal(asked);
  if (status !== null) {
    return reply.writeHead(status, { 'content-type': 'text/html', ...challenge }).end('<h1>Proxy</h1>');
  }
  const { port, pathname, search } = new URL(asked.url);
  const { 'proxy-authorization': _, ...headers } = asked.headers;
  const upstream = request(
    { host: '127.0.0.1', port: port || 80, path: pathname + search, method: asked.method, headers },
    (response) => {
      reply.writeHead(response.statusCode, response.rawHeaders);
      cutting(response, reply);
    },
  );
  upstream.on('error', () => reply.writeHead(502).end());
  asked.pipe(upstream);
};

const cutting = (from, to) => {
  let seen = 0;
  from.on('data', (part) => {
    seen += part.length;
    if (cutAfter === null || seen <= cutAfter) return to.write(part);
    from.destroy();
    (to.socket ?? to).destroy();
  });
  from.on('end', () => to.end());
  from.on('error', () => to.destroy());
};

const onConnect = (asked, socket, head) => {
  record(asked);
  socket.on('error', () => socket.destroy());
  const status = refusal(asked);
  const told = demands ? `proxy-authenticate: ${demands}\r\n` : '';
  if (status !== null) return socket.end(`HTTP/1.1 ${status} Refused\r\n${told}content-length: 0\r\n\r\n`);
  const upstream = net.connect(Number(asked.url.split(':').at(-1)), '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (head.length > 0) upstream.write(head);
    socket.pipe(upstream);
    cutting(upstream, socket);
  });
  upstream.on('error', () => socket.destroy());
  socket.on('close', () => upstream.destroy());
};

const proxy = tls ? https.createServer(tls) : createServer();
proxy.on('request', onRequest).on('connect', onConnect);
// What speaks another protocol says this, and nothing else; '' is silence, null hangs up.
const other = net.createServer((socket) => {
  socket.on('error', () => socket.destroy());
  if (hello === null) socket.destroy();
  else if (hello !== '') socket.once('data', () => socket.end(hello));
});
const server = hello === undefined ? proxy : other;
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
parentPort.on('message', () => parentPort.postMessage(requests.splice(0)));
