import Assets
import Catalog
import Contracts
import Kernel
import Operations
import Postgres
import TestSupport
import Tenancy
import Testing

/// A provider with two customers and an engineer.
struct AssetsWorld {
  let database: TestDatabase
  let acme: TenantEntry
  let other: TenantEntry
  let engineer: Principal

  init() async throws {
    database = try await TestDatabase.make([PlatformModule.self, CatalogModule.self, ContractsModule.self, AssetsModule.self])
    acme = try await database.customer("ACME")
    other = try await database.customer("OTHER")
    engineer = try await database.staff(.engineer)
  }

  @discardableResult
  func call(
    _ operation: String, _ input: KeyValuePairs<String, Value>, as principal: Principal? = nil, version: Value? = nil
  ) async throws -> Value {
    try await database.call(operation, input, as: principal ?? engineer, version: version?.integer)
  }

  /// A server of ACME's, or of another tenant's.
  func server(_ name: String, of customer: TenantEntry? = nil, _ attributes: Value = .object([])) async throws -> Value {
    try await call(
      "ci.create", ["customer": .id((customer ?? acme).publicId), "type": "server", "name": .text(name), "attributes": attributes])
  }

  @discardableResult
  func relate(_ ci: Value, _ kind: String, _ to: Value) async throws -> Value {
    let current = try await call("ci.read", ["id": ci.at("id")])
    return try await call("ci.relate", ["id": ci.at("id"), "kind": .text(kind), "to": to.at("id")], version: current.at("version"))
  }

  /// A file's lines, of ACME's CIs or of another tenant's, by the operation that takes them.
  func lines(
    _ lines: [Value], by operation: String = "ci.import", of customer: TenantEntry? = nil, match: String = "serial",
    _ more: KeyValuePairs<String, Value> = [:], as principal: Principal? = nil
  ) async throws -> Value {
    let input = [Value.Member("customer", .id((customer ?? acme).publicId)), Value.Member("match", .text(match)), Value.Member("lines", .array(lines))]
    return try await database.dispatcher.invoke(
      operation, .object(input + more.map { Value.Member($0.key, $0.value) }), as: principal ?? engineer, Call(requestId: "test")
    ).value
  }

  /// What stands in the history of a CI but for the ids in it, the newest first.
  func history(_ ci: Value) async throws -> [String] {
    let told = [
      "version", "field", "was.kind", "was.line", "was.validFrom", "became.kind", "became.words", "became.line", "became.validFrom", "actorKind", "actorName",
      "via",
    ]
    let entries = try await call("ci.history", ["id": ci.at("id"), "limit": 200]).at("items").array ?? []
    return entries.map { entry in told.map { JSON.text(entry.at($0)) }.joined(separator: " ") }
  }

  /// The events of a CI, in their order.
  func events(_ name: String) async throws -> [String] { try await database.superuser.transaction { try await $0.query(EventsOfCi(name: name)) } }
}

extension Value {
  /// The value at `path`: `lines.0.id`.
  func at(_ path: String) -> Value {
    path.split(separator: ".").reduce(self) { value, step in
      if let index = Int(step) { return value.array.flatMap { $0.indices.contains(index) ? $0[index] : nil } ?? .null }
      return value[String(step)] ?? .null
    }
  }

  /// The texts at `path` of each element.
  func each(_ path: String) -> [String] { (array ?? []).compactMap { $0.at(path).text } }
}

/// The paths and codes of what an invalid request is refused for.
func violations(_ body: () async throws -> Value) async -> [String] {
  do {
    _ = try await body()
    return ["accepted"]
  } catch let failure as Failure {
    return failure.violations.isEmpty ? [failure.code] : failure.violations.map { "\($0.path) \($0.message.key)" }
  } catch {
    return ["\(error)"]
  }
}

private struct EventsOfCi: Statement {
  let name: String

  static let sql = """
    select e.seq || ' ' || e.type from operations.event e join assets.ci c on c.tenant_id = e.tenant_id and c.id = e.subject_id
    where e.subject_kind = 'ci' and c.name = $1 order by e.seq
    """

  func bind(to parameters: inout Parameters) { parameters.append(name) }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
