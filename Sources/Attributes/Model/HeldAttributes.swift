import Kernel
import Postgres

/// The custom attributes that a ticket holds, by key.
package struct HeldAttributes: Sendable, Equatable {
  /// Of which the customer's people may know.
  package internal(set) var shown: [String: Value] = [:]
  /// The provider's own. A customer's transaction reads none.
  package internal(set) var internals: [String: Value] = [:]

  package init() {}

  package var isEmpty: Bool { shown.isEmpty && internals.isEmpty }
  package var keys: Set<String> { Set(shown.keys).union(internals.keys) }

  /// Takes over what another one holds and this one does not.
  /// - Returns: the keys of that, in order.
  package mutating func carry(_ other: HeldAttributes) -> (shown: [String], internals: [String]) {
    let new = (shown: other.shown.keys.filter { shown[$0] == nil }.sorted(), internals: other.internals.keys.filter { internals[$0] == nil }.sorted())
    shown.merge(other.shown) { own, _ in own }
    internals.merge(other.internals) { own, _ in own }
    return new
  }

  /// As it is told: an object by key, in the order of the keys. To those who may not know of an internal one it was never read.
  package var value: Value {
    .object(shown.merging(internals) { shown, _ in shown }.sorted { $0.key < $1.key }.map { Value.Member($0.key, $0.value) })
  }

  // Two columns for a statement that reads one ticket, by the alias of its table.
  package static let columnsOfIncident = """
    (\(read) where a.tenant_id = t.tenant_id and a.process = 'incident' and a.subject_id = t.id and not a.is_internal),
      (\(read) where a.tenant_id = t.tenant_id and a.process = 'incident' and a.subject_id = t.id and a.is_internal)
    """
  package static let columnsOfRequest = """
    (\(read) where a.tenant_id = r.tenant_id and a.process = 'request' and a.subject_id = r.id and not a.is_internal),
      (\(read) where a.tenant_id = r.tenant_id and a.process = 'request' and a.subject_id = r.id and a.is_internal)
    """
  package static let columnsOfProblem = """
    (\(read) where a.tenant_id = p.tenant_id and a.process = 'problem' and a.subject_id = p.id and not a.is_internal),
      (\(read) where a.tenant_id = p.tenant_id and a.process = 'problem' and a.subject_id = p.id and a.is_internal)
    """
  package static let columnsOfChange = """
    (\(read) where a.tenant_id = c.tenant_id and a.process = 'change' and a.subject_id = c.id and not a.is_internal),
      (\(read) where a.tenant_id = c.tenant_id and a.process = 'change' and a.subject_id = c.id and a.is_internal)
    """
  package static let columnsOfRelease = """
    (\(read) where a.tenant_id = r.tenant_id and a.process = 'release' and a.subject_id = r.id and not a.is_internal),
      (\(read) where a.tenant_id = r.tenant_id and a.process = 'release' and a.subject_id = r.id and a.is_internal)
    """
  package static let columnsOfMajorIncident = """
    (\(read) where a.tenant_id = m.tenant_id and a.process = 'major_incident' and a.subject_id = m.id and not a.is_internal),
      (\(read) where a.tenant_id = m.tenant_id and a.process = 'major_incident' and a.subject_id = m.id and a.is_internal)
    """
  private static let read = "select jsonb_object_agg(a.key, a.value) from attributes.pub_value a"

  /// The two columns.
  package init(_ row: inout RowReader) throws {
    func read(_ row: inout RowReader) throws -> [String: Value] {
      let object: Value? = try row.next()
      return Dictionary((object?.members ?? []).map { ($0.name, $0.value) }) { first, _ in first }
    }
    shown = try read(&row)
    internals = try read(&row)
  }
}
