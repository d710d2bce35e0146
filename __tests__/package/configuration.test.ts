import { PAGES, textOf } from '../helpers/pages.js';

const page = textOf('docs/configuration.md');
/** The names in the first cells of its tables. */
const named = new Set(
  [...page.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name),
  ),
);

/** The members of an interface of the sources. */
function membersOf(name: string): readonly string[] {
  const [, body = ''] =
    new RegExp(`^export interface ${name}\\b[^{]*\\{\\n([\\s\\S]*?)^\\}`, 'm').exec(
      textOf('src/config/options.ts'),
    ) ?? [];
  return [...body.matchAll(/^ {2}readonly (\w+)\?:/gm)].map(([, member = '']) => member);
}

test.each(['WandbFsOptions', 'WandbArtifactFsOptions'])('docs/configuration.md names each of %s', (name) => {
  const members = membersOf(name);
  expect(members.length).toBeGreaterThan(4);
  expect(members.filter((member) => !named.has(member))).toEqual([]);
});

test('it names no option that is none', () => {
  const options = [...membersOf('WandbFsOptions'), ...membersOf('WandbArtifactFsOptions')];
  const begin = page.indexOf('## `createWandbFs(options)`');
  const tables = page.slice(begin, page.indexOf('## Variables'));
  const rows = [...tables.matchAll(/^\| (`\w+`(?:, `\w+`)*) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
  );
  expect(rows.length).toBeGreaterThan(25);
  expect(rows.filter((name) => !options.includes(name))).toEqual([]);
});

test('each variable of W&B and of this package that a page names is in its table', () => {
  const others = PAGES.flatMap((name) =>
    [...textOf(name).matchAll(/`(WANDB_[A-Z_]+)[`=]/g)].map(([, found = '']) => found),
  );
  // Those of this project's own tests.
  const strays = others.filter(
    (name) =>
      !named.has(name) &&
      !/^WANDB_(PYTHON|BUN|DENO|FS_(TEST|RELIABILITY|KILLS|MODEL|DIFFERENTIAL|SOAK))/.test(name),
  );
  expect([...new Set(strays)]).toEqual([]);
});
