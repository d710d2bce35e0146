/**
 * Lists every sentence that an error of this package may have behind the errno's own text, by code, in docs/troubleshooting.md:
 *
 *     npm run errors            # writes the list anew
 *     npm run errors -- --check # fails where it isn't what the sources say
 *
 * Sentences are taken from the sources, where a failure is made: by `new Failure(code, sentence)`, `failure(code, call,
 * sentence)` and what names them. What is filled in shows as `…`.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/** Of what is imported Node looks for the names first, through nine megabytes. */
const ts = createRequire(import.meta.url)('typescript-6');

const PAGE = 'docs/troubleshooting.md';
const [BEGIN, END] = ['<!-- errors: written by npm run errors -->', '<!-- /errors -->'];
/** What is made for who tests, and isn't an error of this package. */
const LEFT_OUT = /^testing\/|^cli\//;
const CODE = /^E[A-Z]+$/;

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

/** Those that name a code: no other one makes a failure, and parsing them all takes long. */
async function sources() {
  const files = (await readdir('src', { recursive: true })).filter(
    (file) => file.endsWith('.ts') && !LEFT_OUT.test(file),
  );
  const texts = await Promise.all(files.sort().map((file) => readFile(join('src', file), 'utf8')));
  return texts
    .filter((text) => /(['"`])E[A-Z]+\1/.test(text))
    .map((text) => ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest));
}

/** What an expression may say, with `…` for what is filled in: each branch of a choice is a sentence of its own. */
function textsOf(node) {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isTemplateExpression(node))
    return [node.templateSpans.reduce((text, { literal }) => `${text}…${literal.text}`, node.head.text)];
  if (ts.isConditionalExpression(node)) return [node.whenTrue, node.whenFalse].flatMap(textsOf);
  if (ts.isParenthesizedExpression(node)) return textsOf(node.expression);
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken)
    return textsOf(node.left).flatMap((left) =>
      (textsOf(node.right).length > 0 ? textsOf(node.right) : ['…']).map((right) => left + right),
    );
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken)
    return textsOf(node.right);
  return [];
}

/** The sentences of a call that names a code among its arguments. */
function sentencesOf(node) {
  if (!(ts.isNewExpression(node) || ts.isCallExpression(node))) return [];
  const args = [...(node.arguments ?? [])];
  const at = args.findIndex((argument) => ts.isStringLiteralLike(argument) && CODE.test(argument.text));
  if (at < 0) return [];
  const code = args[at].text;
  return args
    .slice(at + 1)
    .flatMap(textsOf)
    .filter((text) => /\S \S+ \S/.test(text))
    .map((text) => ({ code, text: text.trim() }));
}

const found = new Map();
const visit = (node) => {
  for (const { code, text } of sentencesOf(node)) {
    if (!found.has(code)) found.set(code, new Set());
    found.get(code).add(text.replaceAll(/\s+/g, ' '));
  }
  ts.forEachChild(node, visit);
};
for (const source of await sources()) visit(source);

const list = [...found.keys()].sort().map((code) => {
  const lines = [...found.get(code)].sort().map((text) => `- ${text.replaceAll(/([<>*_[\]\\])/g, '\\$1')}`);
  return `### ${code}\n\n${lines.join('\n')}`;
});
const page = await readFile(PAGE, 'utf8');
const [before, after] = [page.indexOf(BEGIN), page.indexOf(END)];
if (before < 0 || after < before) throw new Error(`${PAGE} has no lines '${BEGIN}' and '${END}'.`);
const renewed = `${page.slice(0, before)}${BEGIN}\n\n${list.join('\n\n')}\n\n${page.slice(after)}`;
if (!values.check) await writeFile(PAGE, renewed);
else if (page !== renewed) {
  console.error(`${PAGE} doesn't list the errors that the sources tell: run \`npm run errors\`.`);
  process.exitCode = 1;
}
