import Kernel
import Postgres

/// The wall between tenants as the database keeps it, asked by SQL, whatever the operations do: each table's policy,
/// each reference's key, each index. What is found is a finding; a sound schema has none.
struct Wall: Sendable {
  /// Kept: its connections end with it.
  private let world: World
  private var superuser: PostgresClient { world.database.superuser }
  /// Tenants that there are not: the probes' rows are of their own, and rolled back.
  private let a = 9_000_001
  private let b = 9_000_002

  init(_ world: World) async throws {
    self.world = world
    try await superuser.withConnection { _ = try await $0.runScript(WallSchema.script) }
  }

  struct Reference: Sendable {
    let name: String
    let child: String
    let parent: String
    /// As PostgreSQL writes it.
    let definition: String
    /// Column of the child, column of the parent, its type; without tenant_id.
    let columns: [(child: String, parent: String, type: String)]
  }

  // MARK: Asking

  func texts(_ query: String) async throws -> [String] { try await superuser.transaction { try await $0.query(ProbeTexts(query: query)) } }

  private static func tenantTable(_ alias: String) -> String {
    "pg_catalog.obj_description(\(alias).oid, 'pg_class') like 'class=tenant%' and not \(alias).relispartition"
  }

  func tenantTables() async throws -> [String] {
    try await texts("select c.oid::regclass::text from pg_catalog.pg_class c where c.relkind in ('r', 'p') and \(Self.tenantTable("c")) order by 1")
  }

  /// The foreign keys between tenant tables.
  func references() async throws -> [Reference] {
    let rows = try await texts(
      """
      select concat_ws('|', f.conname, f.conrelid::regclass, f.confrelid::regclass, pg_get_constraintdef(f.oid),
        (select string_agg(concat_ws(' ', x.attname, y.attname, format_type(y.atttypid, y.atttypmod)), ';' order by k.place)
         from unnest(f.conkey, f.confkey) with ordinality k (child, parent, place)
         join pg_catalog.pg_attribute x on x.attrelid = f.conrelid and x.attnum = k.child
         join pg_catalog.pg_attribute y on y.attrelid = f.confrelid and y.attnum = k.parent
         where x.attname <> 'tenant_id'))
      from pg_catalog.pg_constraint f join pg_catalog.pg_class c on c.oid = f.conrelid join pg_catalog.pg_class p on p.oid = f.confrelid
      where f.contype = 'f' and f.conparentid = 0 and \(Self.tenantTable("c")) and \(Self.tenantTable("p")) order by 1
      """)
    return rows.map { row in
      let parts = row.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
      let columns = parts[4].split(separator: ";").map { column -> (child: String, parent: String, type: String) in
        let words = column.split(separator: " ", maxSplits: 2).map(String.init)
        return (words[0], words[1], words[2])
      }
      return Reference(name: parts[0], child: parts[1], parent: parts[2], definition: parts[3], columns: columns)
    }
  }

  // MARK: Trying

  private enum Outcome: Equatable {
    case rows(Int)
    case refused(state: String, constraint: String?)
  }

  /// Takes away what else could refuse a row of these tables, lets `trials` go, and puts all back: one transaction.
  private func loosened(_ tables: [String], _ trials: @Sendable (Connection) async throws -> [String]) async throws -> [String] {
    try await superuser.withConnection { connection in
      _ = try await connection.runScript("begin")
      do {
        for table in tables {
          _ = try await connection.runScript("select wall.loosen('\(table)'); grant select, insert, update, delete on \(table) to steward_app")
        }
        let findings = try await trials(connection)
        _ = try await connection.runScript("rollback")
        return findings
      } catch {
        _ = try? await connection.runScript("rollback")
        throw error
      }
    }
  }

  /// What comes of `attempt` after `preparation`; neither leaves anything.
  private func attempt(_ connection: Connection, _ preparation: String, _ attempt: String) async throws -> Outcome {
    _ = try await connection.runScript("savepoint trial; " + preparation)
    let outcome: Outcome
    do {
      outcome = .rows(try await connection.runScript(attempt))
    } catch let error as PostgresError {
      outcome = .refused(state: error.sqlState ?? "?", constraint: error.constraint)
    }
    _ = try await connection.runScript("rollback to savepoint trial; release savepoint trial")
    return outcome
  }

  private func bound(_ tenant: Int?, side: String = "staff") -> String {
    "set local role steward_app; set local app.side = '\(side)'; " + (tenant.map { "set local app.tenants = '{ \($0) }'; " } ?? "")
  }

  /// Each table, bound to A: B's rows are not seen, none is written for B, and without a tenant there is nothing.
  func rowFindings(of tables: [String]) async throws -> [String] {
    try await loosened(tables) { connection in
      var findings: [String] = []
      for table in tables { findings += try await rowFindings(of: table, connection) }
      return findings
    }
  }

  private func rowFindings(of table: String, _ connection: Connection) async throws -> [String] {
    var findings: [String] = []
    let row = "select wall.put('\(table)', \(b), '{}'); "
    let rowOfA = "select wall.put('\(table)', \(a), '{}'); "
    let policy = Outcome.refused(state: "42501", constraint: nil)
    let trials: [(what: String, preparation: String, attempt: String, expected: Outcome)] = [
      ("bound to B, its own row is not seen", row, bound(b) + "select 1 from \(table) where tenant_id = \(b)", .rows(1)),
      ("bound to A, B's rows are seen", row, bound(a) + "select 1 from \(table) where tenant_id = \(b)", .rows(0)),
      ("without a tenant, rows are seen", row, bound(nil) + "select 1 from \(table)", .rows(0)),
      ("bound to A, B's rows are changed", row, bound(a) + "update \(table) set tenant_id = tenant_id where tenant_id = \(b)", .rows(0)),
      ("bound to A, B's rows are deleted", row, bound(a) + "delete from \(table) where tenant_id = \(b)", .rows(0)),
      ("bound to A, a row is written for B", "", bound(a) + "select wall.put('\(table)', \(b), '{}')", policy),
      ("bound to A, a row is moved to B", rowOfA, bound(a) + "update \(table) set tenant_id = \(b) where tenant_id = \(a)", policy),
      ("without a tenant, a row is written", "", bound(nil) + "select wall.put('\(table)', \(a), '{}')", policy),
    ]
    for trial in trials {
      let outcome = try await attempt(connection, trial.preparation, trial.attempt)
      if outcome != trial.expected { findings.append("\(table): \(trial.what) (\(outcome))") }
    }
    return findings
  }

  /// Each table that is the staff's, bound to its own tenant on the customer's side: nothing is seen, nothing written.
  func staffFindings() async throws -> [String] {
    let tables = try await texts(
      """
      select c.oid::regclass::text from pg_catalog.pg_class c
      where \(Self.tenantTable("c")) and pg_catalog.obj_description(c.oid, 'pg_class') like '% readers=staff %' order by 1
      """)
    guard !tables.isEmpty else { return ["no table is the staff's"] }
    return try await loosened(tables) { connection in
      var findings: [String] = []
      for table in tables {
        let put = "select wall.put('\(table)', \(a), '{}'); "
        let seen = try await attempt(connection, put, bound(a, side: "customer") + "select 1 from \(table)")
        if seen != .rows(0) { findings.append("\(table): customers see rows") }
        let written = try await attempt(connection, "", bound(a, side: "customer") + put)
        if written != .refused(state: "42501", constraint: nil) { findings.append("\(table): customers write rows") }
      }
      return findings
    }
  }

  /// Each table of which some rows are the staff's, bound to its own tenant on the customer's side: those are not seen nor written, the public are.
  func internalFindings() async throws -> [String] {
    let tables = try await texts(
      """
      select c.oid::regclass::text from pg_catalog.pg_class c
      where \(Self.tenantTable("c")) and pg_catalog.obj_description(c.oid, 'pg_class') like '% internal=staff %' order by 1
      """)
    guard !tables.isEmpty else { return ["no table has internal rows"] }
    return try await loosened(tables) { connection in
      var findings: [String] = []
      for table in tables {
        func put(_ visibility: String) -> String { "select wall.put('\(table)', \(a), '{\"visibility\": \"\(visibility)\"}'); " }
        let read = bound(a, side: "customer") + "select 1 from \(table)"
        if try await attempt(connection, put("internal"), read) != .rows(0) { findings.append("\(table): customers see internal rows") }
        if try await attempt(connection, put("public"), read) != .rows(1) { findings.append("\(table): customers do not see public rows") }
        let written = try await attempt(connection, "", bound(a, side: "customer") + put("internal"))
        if written != .refused(state: "42501", constraint: nil) { findings.append("\(table): customers write internal rows") }
      }
      return findings
    }
  }

  /// Each table that only the staff read, bound to its own tenant on the customer's side: rows are written, and not seen.
  func readingFindings() async throws -> [String] {
    let tables = try await texts(
      """
      select c.oid::regclass::text from pg_catalog.pg_class c
      where \(Self.tenantTable("c")) and pg_catalog.obj_description(c.oid, 'pg_class') like '% reading=staff %' order by 1
      """)
    guard !tables.isEmpty else { return ["no table is read by the staff only"] }
    return try await loosened(tables) { connection in
      var findings: [String] = []
      for table in tables {
        let put = "select wall.put('\(table)', \(a), '{}'); "
        let seen = try await attempt(connection, put, bound(a, side: "customer") + "select 1 from \(table)")
        if seen != .rows(0) { findings.append("\(table): customers see rows") }
        let written = try await attempt(connection, "", bound(a, side: "customer") + put)
        if case .refused = written { findings.append("\(table): customers write none") }
      }
      return findings
    }
  }

  /// Each reference between tenant tables, bound to A: a row of A that points to B's row is refused by that very key.
  func referenceFindings(of references: [Reference]) async throws -> [String] {
    try await loosened(Array(Set(references.flatMap { [$0.child, $0.parent] }))) { connection in
      var findings: [String] = []
      for reference in references {
        _ = try await connection.runScript(
          "savepoint reference; alter table \(reference.child) add constraint \(reference.name) \(reference.definition)")
        findings += try await referenceFindings(of: reference, connection)
        _ = try await connection.runScript("rollback to savepoint reference; release savepoint reference")
      }
      return findings
    }
  }

  private func referenceFindings(of reference: Reference, _ connection: Connection) async throws -> [String] {
    var findings: [String] = []
    func given(_ number: Int) -> (child: String, parent: String) {
      func object(_ column: KeyPath<(child: String, parent: String, type: String), String>) -> String {
        let members = reference.columns.map { "'\($0[keyPath: column])', wall.sample('\($0.type)', \(number))" }
        return "jsonb_build_object(\(members.joined(separator: ", ")))"
      }
      return (object(\.child), object(\.parent))
    }
    let (one, two) = (given(1), given(2))
    let (child, parent) = (reference.child, reference.parent)
    let prepared =
      "select wall.put('\(parent)', \(a), \(one.parent)); select wall.put('\(parent)', \(b), \(two.parent)); "
    let expected = Outcome.refused(state: "23503", constraint: reference.name)
    let immediate = "; set constraints all immediate"
    let move = reference.columns.map { "\($0.child) = wall.sample('\($0.type)', 2)::\($0.type)" }.joined(separator: ", ")
    let ownRow = child == parent ? "" : "select wall.put('\(child)', \(a), \(one.child)); "
    let trials: [(what: String, preparation: String, attempt: String, expected: Outcome?)] = [
      ("a row of A points to B's", prepared, bound(a) + "select wall.put('\(child)', \(a), \(two.child))" + immediate, expected),
      ("a row of A is turned to B's", prepared + ownRow, bound(a) + "update \(child) set \(move) where tenant_id = \(a)" + immediate, expected),
      ("a row of B cannot point to B's", prepared, bound(b) + "select wall.put('\(child)', \(b), \(two.child))" + immediate, nil),
    ]
    for trial in trials {
      let outcome = try await attempt(connection, trial.preparation, trial.attempt)
      if let expected = trial.expected {
        if outcome != expected { findings.append("\(reference.name) of \(child): \(trial.what) (\(outcome))") }
      } else if case .refused = outcome {
        findings.append("\(reference.name) of \(child): \(trial.what) (\(outcome))")
      }
    }
    return findings
  }

  /// What the catalogue says of keys, references and indexes (schema-rules 1 to 3).
  func shapeFindings() async throws -> [String] {
    try await texts(
      """
      select c.oid::regclass || ': tenant_id may be null or is missing' from pg_catalog.pg_class c
      where c.relkind in ('r', 'p') and \(Self.tenantTable("c"))
        and not exists (select from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and a.attnotnull)
      union all
      select c.oid::regclass || ': no primary key' from pg_catalog.pg_class c
      where c.relkind in ('r', 'p') and \(Self.tenantTable("c"))
        and not exists (select from pg_catalog.pg_index i where i.indrelid = c.oid and i.indisprimary)
      union all
      select i.indexrelid::regclass || ': a unique index of ' || c.oid::regclass || ' that does not begin with tenant_id'
      from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indrelid
      where (i.indisunique or i.indisexclusion) and \(Self.tenantTable("c"))
        and not exists (
          select from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum = i.indkey[0] and a.attname = 'tenant_id')
      union all
      select f.conname || ': a reference from ' || c.oid::regclass || ' to ' || p.oid::regclass || ' that does not begin with tenant_id'
      from pg_catalog.pg_constraint f join pg_catalog.pg_class c on c.oid = f.conrelid join pg_catalog.pg_class p on p.oid = f.confrelid
      where f.contype = 'f' and f.conparentid = 0 and \(Self.tenantTable("c")) and \(Self.tenantTable("p"))
        and not exists (
          select from pg_catalog.pg_attribute x, pg_catalog.pg_attribute y
          where x.attrelid = c.oid and x.attnum = f.conkey[1] and x.attname = 'tenant_id'
            and y.attrelid = p.oid and y.attnum = f.confkey[1] and y.attname = 'tenant_id')
      union all
      select f.conname || ': a reference from ' || c.oid::regclass || ' to the rows of tenants'
      from pg_catalog.pg_constraint f join pg_catalog.pg_class c on c.oid = f.conrelid join pg_catalog.pg_class p on p.oid = f.confrelid
      where f.contype = 'f' and f.conparentid = 0 and not (\(Self.tenantTable("c"))) and \(Self.tenantTable("p"))
      union all
      select f.conname || ': ON DELETE SET, or ON UPDATE' from pg_catalog.pg_constraint f
      where f.contype = 'f' and f.conparentid = 0 and (f.confdeltype in ('n', 'd') or f.confupdtype not in ('a', 'r'))
      union all
      select t.tgrelid::regclass || ': a trigger, ' || t.tgname from pg_catalog.pg_trigger t where not t.tgisinternal
      """)
  }

  /// The names of all constraints, for the rule that each is given in the migrations.
  func constraintNames() async throws -> [String] {
    try await texts(
      """
      select f.conname::text from pg_catalog.pg_constraint f join pg_catalog.pg_class c on c.oid = f.conrelid
      where f.coninhcount = 0 and f.conparentid = 0 and f.contype in ('p', 'u', 'f', 'c', 'x') and not c.relispartition
        and c.relnamespace::regnamespace::text not in ('pg_catalog', 'information_schema', 'probe', 'wall') order by 1
      """)
  }
}
