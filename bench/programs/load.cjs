/**
 * Loads one package, by `import` or by `require`, in this fresh process, and tells what that took; with `count` how many files it
 * loaded and their size, which would cost time itself.
 *
 *     node load.cjs import|require wandb-fs [count]
 */
const { Session } = require('node:inspector');
const { statSync } = require('node:fs');
const { fileURLToPath } = require('node:url');

const [style, name, count] = process.argv.slice(2);
// Resolved from the package itself, so that it finds itself by its name.
const load = () => (style === 'import' ? import(name) : require(name));

/** V8 tells of each script; the ones of Node are none of the package. */
function scriptsOf(session) {
  const files = new Set();
  session.connect();
  session.on('Debugger.scriptParsed', ({ params: { url } }) => {
    if (url.startsWith('file:')) files.add(fileURLToPath(url));
    else if (url.startsWith('/')) files.add(url);
  });
  session.post('Debugger.enable');
  files.delete(__filename);
  return files;
}

async function main() {
  if (count) {
    const session = new Session();
    const files = scriptsOf(session);
    await load();
    session.disconnect();
    return {
      modules: files.size,
      kilobytes: [...files].reduce((sum, file) => sum + statSync(file).size, 0) / 1000,
    };
  }
  const cpu = process.cpuUsage();
  const start = performance.now();
  await load();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { ms, cpuMs: (user + system) / 1000 };
}

main().then((sample) => process.stdout.write(`${JSON.stringify(sample)}\n`));
