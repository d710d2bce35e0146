import { readdirSync, readFileSync } from 'node:fs';

// A program that knows of no W&B.
const [directory, file] = process.argv.slice(2);
console.log(readdirSync(directory));
console.log(readFileSync(file, 'utf8').split('\n')[0]);
