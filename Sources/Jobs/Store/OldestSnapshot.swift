import Kernel
import Postgres

/// What of all that is still open in this database has looked at it first. Whatever was deleted or overwritten since stays in its tables, for it may still be
/// read: a queue, whose rows go as fast as they come, is looked through more slowly the more of them stay.
package struct OldestSnapshot: Statement {
  package struct Found: Sendable, Equatable {
    /// Who has it, as PostgreSQL calls it: a session, a replication slot or a prepared transaction.
    package let holder: String
    /// How many transactions have begun since, in all databases of the cluster.
    package let transactions: Int64

    package var isTooOld: Bool { transactions >= OldestSnapshot.mostTransactions }
  }

  /// From here on it is told of: a queue of 50,000 jobs that were claimed and completed stays behind it.
  package static let mostTransactions: Int64 = 100_000

  package init() {}

  // What the server's role may not see of others' sessions is not needed: since when they are open. Sessions without a role tidy up, and hold up nothing.
  package static let sql = """
    select holder, greatest(transactions, 0)::bigint from (
      select 'pid ' || a.pid || ' (' || coalesce(nullif(a.application_name, ''), a.usename, '-') || ')' as holder,
        greatest(age(a.backend_xmin), age(a.backend_xid)) as transactions
      from pg_catalog.pg_stat_activity a
      where a.pid <> pg_backend_pid() and a.usesysid is not null and (a.datid is null or a.datname = current_database())
        and (a.backend_xmin is not null or a.backend_xid is not null)
      union all
      select 'pg_replication_slots: ' || s.slot_name, age(s.xmin) from pg_catalog.pg_replication_slots s where s.xmin is not null
      union all
      select 'pg_prepared_xacts: ' || p.gid, age(p.transaction) from pg_catalog.pg_prepared_xacts p where p.database = current_database()) h
    order by transactions desc limit 1
    """

  package static func decode(_ row: inout RowReader) throws -> Found { Found(holder: try row.next(), transactions: try row.next()) }
}
