/**
 * Adds to a lockfile what npm left out of it. `npm run lock` runs this behind `npm install --package-lock-only`.
 *
 * - The optional packages of other platforms: npm drops those which its registry doesn't serve (a mirror for one platform,
 *   say), and `npm ci` then refuses its own lockfile.
 * - Where each package is, which npm's configuration may leave out: `npm ci` would ask the registry for all that it knows of
 *   hundreds of packages only to find that. Whoever has another registry gets them from there: npm replaces this one's host.
 */
import { readFile, writeFile } from 'node:fs/promises';

const OS = /\b(aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)\b/;
const CPU = /\b(arm64|arm|x64|ia32|loong64|ppc64|riscv64|s390x)\b/;

const REGISTRY = 'https://registry.npmjs.org';

/** Under an alias a package has a name besides its place. */
function addressOf(
  path,
  { name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length), version },
) {
  return `${REGISTRY}/${name}/-/${name.slice(name.indexOf('/') + 1)}-${version}.tgz`;
}

/** What the name of a platform's package says about the platform. */
function platformOf(name) {
  const os = OS.exec(name)?.[1];
  const cpu = CPU.exec(name)?.[1];
  if (!os || !cpu)
    throw new Error(`${name} isn't in the lockfile and its name tells no platform: run npm install.`);
  const libc = /\b(?:gnu|gnueabihf)\b/.test(name)
    ? 'glibc'
    : /\b(?:musl|musleabihf)\b/.test(name)
      ? 'musl'
      : null;
  return { ...(libc && { libc: [libc] }), os: [os], cpu: [cpu] };
}

const [, , file = 'package-lock.json'] = process.argv;
const lock = JSON.parse(await readFile(file, 'utf8'));
const added = [];
for (const [path, { optionalDependencies, dev, engines }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies ?? {})) {
    const place = `node_modules/${name}`;
    if (lock.packages[place] || lock.packages[`${path}/${place}`]) continue;
    lock.packages[place] = {
      version,
      ...platformOf(name),
      ...(dev && { dev }),
      optional: true,
      ...(engines && { engines }),
    };
    added.push(`${name}@${version}`);
  }
}
for (const [path, entry] of Object.entries(lock.packages)) {
  if (path === '' || entry.resolved) continue;
  // In the place that npm gives it, so that nothing moves when npm writes it.
  const { name, version, ...rest } = entry;
  lock.packages[path] = { ...(name && { name }), version, resolved: addressOf(path, entry), ...rest };
}
lock.packages = Object.fromEntries(
  Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')),
);
await writeFile(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added.length} packages added to ${file}`);
