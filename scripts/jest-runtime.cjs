const vm = require('node:vm');
const { default: Runtime } = require('jest-runtime');

/**
 * Jest's own runtime, for which a module is compiled once in each worker. Jest compiles anew for each test file: its hundreds
 * of modules, ours, and the packages that they import, each with every function that is called. A script belongs to no
 * context, so what it makes in one file's is as far from another's as it was.
 *
 * @type {Map<string, { source: string, script: vm.Script }>} by file name
 */
const scripts = new Map();
const { compileFunction } = vm;

vm.compileFunction = (source, parameters = [], options = {}) => {
  const { filename, parsingContext } = options;
  // Only Jest compiles for a context.
  if (!filename || !parsingContext) return compileFunction(source, parameters, options);
  return scriptOf(filename, source, parameters).runInContext(parsingContext);
};

function scriptOf(filename, source, parameters) {
  const known = scripts.get(filename);
  if (known?.source === source) return known.script;
  const head = `(function (${parameters}) {`;
  // The first line keeps its columns.
  const script = new vm.Script(`${head}${source}\n})`, { filename, columnOffset: -head.length });
  scripts.set(filename, { source, script });
  return script;
}

module.exports = Runtime;
