/**
 * Measures one row and tells the parent process what came of it: each row has a process of its own, so that none finds
 * another's heap, caches or compiled code.
 *
 *     fork('row-process.mjs', [file of bench/rows, name, size, pairs])
 */
import { measureAlone } from './measure-row.mjs';

const [module, name, sizeName, pairs] = process.argv.slice(2);
const { rows } = await import(`./rows/${module}`);
const result = await measureAlone(
  rows.find((row) => row.name === name),
  { sizeName, pairs: Number(pairs) },
);
await new Promise((sent) => process.send(result, sent));
process.disconnect();
