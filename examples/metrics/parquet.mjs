import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { createWandbFs } from 'wandb-fs';

const [run] = process.argv.slice(2);
const fs = createWandbFs({ views: true });
const handle = await fs.promises.open(`${run}/.wandb/history.parquet`);
const { size } = await handle.stat();

// What hyparquet asks for is fetched, and no more: the file's end, then the columns.
const file = {
  byteLength: size,
  async slice(start, end = size) {
    const bytes = new Uint8Array(end - start);
    await handle.read(bytes, 0, bytes.byteLength, start);
    return bytes.buffer;
  },
};
const rows = await parquetReadObjects({ file, compressors, columns: ['_step', 'val/accuracy'] });
const validated = rows.filter((row) => row['val/accuracy'] !== null);
console.log(`${rows.length} rows, ${validated.length} of them validated`);
const last = validated.at(-1);
console.log(`step ${last._step}: ${last['val/accuracy']}`);
await handle.close();
await fs.wandb.close();
