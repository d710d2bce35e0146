/** A small package with a dependency, as bundlers and resolvers meet it: seven files, five of them read one by one. */
export const SOURCES = {
  'package.json': JSON.stringify({ name: 'app', sideEffects: false }),
  'src/index.js': [
    "import greet from 'greet';",
    "import limits from './limits.json';",
    "import { double } from './math';",
    'console.log(greet(double(limits.most)));',
  ].join('\n'),
  'src/math/index.js': "export * from './double.js';\nexport const unused = 1;",
  'src/math/double.js': 'export const double = (n) => 2 * n;',
  'src/limits.json': JSON.stringify({ most: 21 }),
  'node_modules/greet/package.json': JSON.stringify({ name: 'greet', main: 'lib/greet.js' }),
  'node_modules/greet/lib/greet.js': "module.exports = (whom) => 'Hello, ' + whom;",
};

export const SOURCE_COUNT = Object.keys(SOURCES).length;
