import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const PACKAGE = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;
const NOTICE = /^(licen[cs]e|copying|notice|copyrightnotice)(\.(md|txt))?$/i;

/**
 * The notices of the packages whose code is in the bundles, as their licences ask for.
 *
 * @param root where relative paths begin
 * @param files paths of what was bundled
 * @throws Error for a package that names no licence: it may not be given on
 */
export async function thirdParties(root, files) {
  const directories = new Set(files.map((file) => PACKAGE.exec(file)?.[0]).filter(Boolean));
  const packages = await Promise.all([...directories].map((directory) => read(join(root, directory))));
  const byNotice = new Map(packages.map(({ notice }) => [notice, new Set()]));
  for (const { title, notice } of packages) byNotice.get(notice).add(title);
  const sections = [...byNotice].map(
    ([notice, titles]) => `## ${[...titles].sort().join(', ')}\n\n${notice}`,
  );
  return ['# What of others is in this package', ...sections.sort()].join('\n\n');
}

async function read(directory) {
  const { name, version, license } = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'));
  const files = (await readdir(directory)).filter((file) => NOTICE.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(directory, file), 'utf8')));
  if (license === undefined && texts.length === 0)
    throw new Error(`${name} names no licence: what has none can't be bundled.`);
  const quoted = texts.map((text) => text.trim().replaceAll(/^/gm, '    ')).join('\n\n');
  return { title: `${name} ${version}`, notice: `Licence: ${license ?? 'its text'}\n\n${quoted}\n` };
}
