/**
 * Generates what codegen.json names from the server's schema and the operations:
 *
 *     node scripts/codegen.mjs           writes the files
 *     node scripts/codegen.mjs --check   writes nothing, fails where a file differs from what would be written
 *
 * The file has the form of graphql-codegen's own configuration, as far as it is needed here. Its command line isn't
 * used: with its loaders for remote schemas it would be most of this project's development dependencies.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { codegen } from '@graphql-codegen/core';
import { buildSchema, parse } from 'graphql';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const { schema, documents, generates } = JSON.parse(await readFile('codegen.json', 'utf8'));

const schemaText = (await Promise.all(schema.map((file) => readFile(file, 'utf8')))).join('\n');
const operations = (await Promise.all(documents.map(filesOf))).flat();

async function filesOf(glob) {
  const [directory, pattern] = glob.split('/**/*');
  const names = await readdir(directory, { recursive: true });
  const found = names.filter((name) => name.endsWith(pattern)).sort();
  if (found.length === 0) throw new Error(`${glob} finds no documents.`);
  return found.map((name) => join(directory, name));
}

const moduleOf = (plugin) => (plugin.startsWith('./') ? plugin : `@graphql-codegen/${plugin}`);

let drifted = 0;
for (const [filename, { plugins, config }] of Object.entries(generates)) {
  const generated = await codegen({
    filename,
    schema: parse(schemaText),
    schemaAst: buildSchema(schemaText),
    documents: await Promise.all(
      operations.map(async (location) => ({
        location,
        document: parse(await readFile(location, 'utf8')),
      })),
    ),
    config: config ?? {},
    plugins: plugins.map((plugin) => ({ [plugin]: {} })),
    pluginMap: Object.fromEntries(
      await Promise.all(plugins.map(async (plugin) => [plugin, await import(moduleOf(plugin))])),
    ),
  });
  const text = `${generated.trimEnd()}\n`;
  if (!values.check) {
    await writeFile(filename, text);
    console.log(`${filename}: ${operations.length} documents`);
  } else if ((await readFile(filename, 'utf8')) !== text) {
    console.error(
      `${filename} differs from what codegen.json, the schema and the documents make: npm run codegen`,
    );
    drifted += 1;
  }
}
if (drifted > 0) process.exitCode = 1;
