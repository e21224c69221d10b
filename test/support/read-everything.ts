import { gunzipSync } from 'node:zlib';
import type { TestStack } from './stack.ts';

/** Every row of every table as text, and every stored answer unpacked, by table. */
export async function readEverything(stack: TestStack): Promise<Map<string, string>> {
  const tables = await stack.query<{ name: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')`,
  );
  const texts = new Map<string, string>();
  for (const { name } of tables) {
    const [row] = await stack.query<{ text: string }>(
      `SELECT coalesce(string_agg(t::text, E'\\n'), '') AS text FROM ${name} t`,
    );
    texts.set(name, row?.text ?? '');
  }
  const answers = await stack.query<{ body: Buffer }>('SELECT body FROM raw.payload');
  texts.set('answers', answers.map(({ body }) => gunzipSync(body).toString()).join('\n'));
  return texts;
}
