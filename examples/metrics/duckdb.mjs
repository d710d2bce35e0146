import { DuckDBInstance } from '@duckdb/node-api';
import { createWandbFs } from 'wandb-fs';

const [run] = process.argv.slice(2);
const fs = createWandbFs({ views: true });

// DuckDB reads files of this machine.
await fs.wandb.get(`${run}/.wandb/history.parquet`, 'history.parquet');
await fs.wandb.get(`${run}/.wandb/history.jsonl`, 'history.jsonl');
await fs.wandb.close();

const duckdb = await DuckDBInstance.create();
const connection = await duckdb.connect();
async function print(query) {
  const rows = (await connection.runAndReadAll(query)).getRowObjectsJson();
  for (const row of rows) console.log(JSON.stringify(row));
}
await print("SELECT count(*)::int AS rows, min(loss) AS loss FROM 'history.parquet'");
await print(`
  SELECT _step::int AS step, "val/accuracy" AS accuracy
  FROM read_json('history.jsonl', format = 'newline_delimited')
  WHERE accuracy IS NOT NULL ORDER BY accuracy DESC LIMIT 2`);
