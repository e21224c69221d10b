import { DrizzleQueryError } from 'drizzle-orm';
import { NodePgDatabase, NodePgSession, type NodePgClient } from 'drizzle-orm/node-postgres';
import { PgDialect, type PgPreparedQuery, type PreparedQueryConfig } from 'drizzle-orm/pg-core';

/** Typed queries of tables, over a pool or inside the transaction of a client. */
export type Database = NodePgDatabase;

type NoRelations = Record<string, never>;

/** Takes off drizzle's wrapper, whose message holds the statement with every parameter. */
function withoutParameters(error: unknown): unknown {
  return error instanceof DrizzleQueryError ? (error.cause ?? new Error('a query failed')) : error;
}

/** A session whose errors are those of node-postgres, as if drizzle were not there. */
class PlainErrorSession extends NodePgSession<NoRelations, NoRelations> {
  override prepareQuery<T extends PreparedQueryConfig = PreparedQueryConfig>(
    ...args: Parameters<NodePgSession<NoRelations, NoRelations>['prepareQuery']>
  ): PgPreparedQuery<T> {
    const prepared = super.prepareQuery<T>(...args);
    const execute = prepared.execute.bind(prepared);
    prepared.execute = (values) =>
      execute(values).catch((error: unknown) => {
        throw withoutParameters(error);
      });
    return prepared;
  }
}

const dialect = new PgDialect();

/** Costs about a microsecond, so that it may be made for each transaction. No error of it names a parameter. */
export function drizzleOn(client: NodePgClient): Database {
  return new NodePgDatabase(dialect, new PlainErrorSession(client, dialect, undefined), undefined);
}
