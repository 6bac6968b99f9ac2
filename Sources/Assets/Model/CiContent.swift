import Kernel

/// What is told of a configuration item, apart from its type.
struct CiContent: Hashable, Sendable {
  /// Another row of the tenant, with the bits of its public id.
  struct Reference: Hashable, Sendable {
    let row: Int64
    let bits: [UInt8]
  }

  struct Service: Hashable, Sendable {
    let row: Int64
    let code: String
  }

  var name: String
  var state: CiState
  var owner: Reference?
  var unit: Reference?
  var tier: String?
  var service: Service?
  var serial: String?
  var assetTag: String?
  var warrantyUntil: CalendarDate?
  var cost: Money?
  var attributes: [String: Value] = [:]
  /// The revision of its type by which the attributes were checked when they were last told anew; nil: it was not kept yet.
  var typeRevision: Int64?

  /// Attributes as they were checked by a revision of its type. What is told as it is, is not checked anew.
  mutating func tell(_ attributes: [String: Value], by revision: Int64) {
    guard attributes != self.attributes else { return }
    self.attributes = attributes
    typeRevision = revision
  }

  /// In the order of their keys.
  var attributeValue: Value { .object(attributes.sorted { $0.key < $1.key }.map { Value.Member($0.key, $0.value) }) }
}

/// One field of a CI before and after; null where there was nothing.
struct FieldChange: Equatable, Sendable {
  let field: String
  let was: Value
  let became: Value

  init(_ field: String, was: Value, became: Value) {
    self.field = field
    self.was = was
    self.became = became
  }

  /// What differs between two ways of telling the same fields.
  static func between(_ old: [(field: String, value: Value)], _ new: [(field: String, value: Value)]) -> [FieldChange] {
    let before = Dictionary(old.map { ($0.field, $0.value) }) { first, _ in first }
    let after = Dictionary(new.map { ($0.field, $0.value) }) { first, _ in first }
    var seen: Set<String> = []
    return (old + new).map(\.field).filter { seen.insert($0).inserted }.compactMap { field in
      let (was, became) = (before[field] ?? .null, after[field] ?? .null)
      return was == became ? nil : FieldChange(field, was: was, became: became)
    }
  }
}
