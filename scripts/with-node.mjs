/**
 * Runs a command under another version of Node, children included:
 *
 *     node scripts/with-node.mjs 22 -- npx jest __tests__/kernel
 *
 * The version is a major ('22': its newest release when it was first asked for) or exact ('22.23.3'). Its binary comes
 * from the npm registry and is kept in .nodes/, beside the default install and not in it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const home = join(dirname(fileURLToPath(import.meta.url)), '..', '.nodes');
const isWindows = process.platform === 'win32';

/** What the package `node` installs: one package for each platform, without a script that has to be run. */
const packageName = `node-${isWindows ? 'win' : process.platform}-${process.arch}`;

async function directoryOf(version) {
  const directory = join(home, version);
  const binaries = join(directory, 'node_modules', packageName, 'bin');
  if (!existsSync(binaries)) await install(version, directory);
  const found = spawnSync(join(binaries, 'node'), ['--version'], { encoding: 'utf8' });
  if (found.error) throw found.error;
  if (!found.stdout.startsWith(`v${version}`)) {
    throw new Error(`${packageName}@${version} says that it is ${found.stdout.trim()}: remove ${directory}.`);
  }
  return binaries;
}

/** Made beside its place and renamed: of several that install at once one wins, and no one sees half of it. */
async function install(version, directory) {
  const making = `${directory}.${process.pid}`;
  await mkdir(making, { recursive: true });
  try {
    await writeFile(join(making, 'package.json'), '{ "private": true }\n');
    const args = [
      'install',
      '--no-audit',
      '--no-fund',
      '--ignore-scripts',
      '--no-save',
      '--fetch-timeout=60000',
    ];
    const { status, error } = spawnSync('npm', [...args, `${packageName}@${version}`], {
      cwd: making,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: isWindows,
    });
    if (error) throw error;
    if (status !== 0) throw new Error(`npm could not install ${packageName}@${version}.`);
    await rename(making, directory).catch((error) => {
      if (!existsSync(directory)) throw error;
    });
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}

const [version = '', separator, command, ...args] = process.argv.slice(2);
try {
  if (!/^\d+(\.\d+\.\d+)?$/.test(version) || separator !== '--' || !command) {
    throw new Error('usage: node scripts/with-node.mjs <major or version> -- <command> [arguments]');
  }
  const path = [await directoryOf(version), process.env.PATH].filter(Boolean).join(delimiter);
  const { status, signal, error } = spawnSync(command, args, {
    stdio: 'inherit',
    env: { ...process.env, PATH: path },
    shell: isWindows,
  });
  if (error) throw error;
  process.exitCode = status ?? 128 + constants.signals[signal];
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
