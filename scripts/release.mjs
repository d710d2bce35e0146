/**
 * Cuts a release of what CHANGELOG.md has under Unreleased, in the working directory: the section gets the version and the
 * date, and package.json and package-lock.json the version.
 *
 *     node scripts/release.mjs            # tells the version
 *     node scripts/release.mjs --notes 1.2.3
 *
 * What stands there decides the version: something removed, or a line that begins with **Breaking**, makes a major one (a minor
 * one before 1.0), something added, changed or deprecated a minor one, else it is a patch. A version that package.json
 * names and the changelog doesn't is the first one, and stays. With --notes: prints a version's section, and changes nothing.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

const UNRELEASED = '## [Unreleased]\n';

/** The text of a section, up to the next one. */
function sectionOf(changelog, heading) {
  const begin = changelog.indexOf(heading);
  if (begin < 0) throw new Error(`CHANGELOG.md has no line that begins with '${heading.trim()}'.`);
  const rest = changelog.slice(changelog.indexOf('\n', begin) + 1);
  const end = rest.search(/^## \[/m);
  return (end < 0 ? rest : rest.slice(0, end)).trim();
}

function nextVersion(version, changes) {
  const [major, minor, patch] = version.split('.').map(Number);
  const isBreaking = /^### Removed$|^- \*\*Breaking/m.test(changes);
  if (isBreaking && major > 0) return `${major + 1}.0.0`;
  if (isBreaking || /^### (?:Added|Changed|Deprecated)$/m.test(changes)) return `${major}.${minor + 1}.0`;
  return `${major}.${minor}.${patch + 1}`;
}

async function cut() {
  const changelog = await readFile('CHANGELOG.md', 'utf8');
  const changes = sectionOf(changelog, UNRELEASED);
  if (!/^- /m.test(changes))
    throw new Error('Nothing stands under Unreleased in CHANGELOG.md: write it there.');
  const manifest = JSON.parse(await readFile('package.json', 'utf8'));
  const isReleased = changelog.includes(`## [${manifest.version}]`);
  const version = isReleased ? nextVersion(manifest.version, changes) : manifest.version;
  const lock = JSON.parse(await readFile('package-lock.json', 'utf8'));
  manifest.version = version;
  lock.version = version;
  lock.packages[''].version = version;
  const date = new Date().toISOString().slice(0, 10);
  const dated = changelog.replace(UNRELEASED, `${UNRELEASED}\n## [${version}] - ${date}\n`);
  await writeFile('package.json', `${JSON.stringify(manifest, null, 2)}\n`);
  await writeFile('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
  await writeFile('CHANGELOG.md', dated);
  return version;
}

try {
  const { values } = parseArgs({ options: { notes: { type: 'string' } } });
  const told =
    values.notes === undefined
      ? await cut()
      : sectionOf(await readFile('CHANGELOG.md', 'utf8'), `## [${values.notes}]`);
  console.log(told);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
