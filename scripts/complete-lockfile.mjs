/**
 * Adds to package-lock.json the optional packages of other platforms that npm left out. npm drops those which its
 * registry doesn't serve (a mirror for one platform, say), and `npm ci` then refuses its own lockfile. `npm run lock`
 * runs this behind `npm install --package-lock-only`.
 */
import { readFile, writeFile } from 'node:fs/promises';

const OS = /\b(aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)\b/;
const CPU = /\b(arm64|arm|x64|ia32|loong64|ppc64|riscv64|s390x)\b/;

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

const lock = JSON.parse(await readFile('package-lock.json', 'utf8'));
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
lock.packages = Object.fromEntries(
  Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')),
);
await writeFile('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added.length} packages added to package-lock.json`);
