const { request } = require('node:http');
const https = require('node:https');
const { parentPort, workerData } = require('node:worker_threads');

/**
 * TLS before plain servers of this machine. Addresses of them in JSON become those that they have here, under the name that
 * was asked for.
 */
const { tls, upstreams } = workerData;
const servers = upstreams.map((upstream) =>
  https.createServer(tls, (asked, reply) => {
    const headers = { ...asked.headers, host: new URL(upstream).host, 'accept-encoding': 'identity' };
    const forwarded = request(upstream + asked.url, { method: asked.method, headers }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => {
        const name = asked.headers.host.replace(/:\d+$/, '');
        const bytes = Buffer.concat(parts);
        const isJson = /json/.test(response.headers['content-type'] ?? '');
        const body = isJson ? Buffer.from(translated(String(bytes), name)) : bytes;
        const { 'transfer-encoding': _, ...told } = response.headers;
        reply.writeHead(response.statusCode, { ...told, 'content-length': body.length }).end(body);
      });
    });
    forwarded.on('error', () => reply.destroy());
    asked.pipe(forwarded);
  }),
);

const translated = (text, name) =>
  upstreams.reduce(
    (all, upstream, index) => all.replaceAll(upstream, `https://${name}:${servers[index].address().port}`),
    text,
  );

let waiting = servers.length;
for (const server of servers) {
  server.listen(0, '127.0.0.1', () => {
    if (--waiting === 0) parentPort.postMessage(servers.map((each) => each.address().port));
  });
}
