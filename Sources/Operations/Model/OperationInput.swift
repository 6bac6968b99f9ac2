import Kernel

/// An input: its fields, listed once, and how it is made from them.
package protocol OperationInput: Sendable {
  static var fields: [any InputField] { get }
  /// Whether its form is somebody else's (a webhook): then members that it does not know are no mistake of the sender's.
  static var isForeign: Bool { get }
  init(_ values: InputValues) throws(FieldError)
}

extension OperationInput {
  package static var isForeign: Bool { false }
}

/// An input without fields.
package struct NoInput: OperationInput {
  package static let fields: [any InputField] = []
  package init(_ values: InputValues) {}
  package init() {}
}

/// What has a record of a kind named in inputs.
package protocol NamesRecord: Sendable {
  /// The field that names it.
  static var id: Field<PublicId> { get }
}

/// An input that only names a record.
package struct ReferenceInput<Named: NamesRecord>: OperationInput {
  package let id: PublicId

  package static var fields: [any InputField] { [Named.id] }

  package init(_ values: InputValues) throws(FieldError) { id = try values[Named.id] }
}

/// What has a record named, and asks why.
package protocol GivesReason: NamesRecord {
  static var reason: Field<String> { get }
}

/// A record, and why something is done about it.
package struct ReasonInput<Named: GivesReason>: OperationInput {
  package let id: PublicId
  package let reason: String

  package static var fields: [any InputField] { [Named.id, Named.reason] }

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[Named.id]
    reason = try values[Named.reason]
  }
}

/// A page of a list that nothing narrows.
package struct PageInput: OperationInput {
  package let limit: Int64?
  package let cursor: String?

  package static let fields: [any InputField] = [Paging.limit, Paging.cursor]

  package init(_ values: InputValues) throws(FieldError) {
    limit = try values[Paging.limit]
    cursor = try values[Paging.cursor]
  }
}

/// A page of what belongs to a record.
package struct PageOf<Named: NamesRecord>: OperationInput {
  package let id: PublicId
  package let limit: Int64?
  package let cursor: String?

  package static var fields: [any InputField] { [Named.id, Paging.limit, Paging.cursor] }

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[Named.id]
    limit = try values[Paging.limit]
    cursor = try values[Paging.cursor]
  }
}

/// The members of an input object on their way into a record.
package struct InputValues: Sendable {
  private let members: [String: Value]
  private let path: String

  private static let mostUnknown = 50

  /// Reads a record and reports every wrong field, not only the first.
  package static func read<Record: OperationInput>(_ record: Record.Type, from value: Value, path: String = "") throws(FieldError) -> Record {
    guard case .object(let members) = value else { throw FieldError(path, InputMessages.wrongType, ["expected": "object"]) }
    var byName: [String: Value] = [:]
    var violations: [Failure.Violation] = []
    let allowed = Set(Record.fields.map(\.name))
    for member in members {
      byName[member.name] = member.value
      // Who sends a megabyte of names that are none is told of some.
      if !Record.isForeign, !allowed.contains(member.name), violations.count < mostUnknown {
        let names = Record.fields.map(\.name).joined(separator: ", ")
        violations.append(Failure.Violation(path: join(path, member.name), InputMessages.unknownField, ["allowed": names]))
      }
    }
    let values = InputValues(members: byName, path: path)
    for field in Record.fields {
      do throws(FieldError) { try (field as? any CheckedField)?.check(values) } catch { violations += error.violations }
    }
    guard violations.isEmpty else { throw FieldError(violations) }
    do throws(FieldError) {
      return try Record(values)
    } catch {
      // Every field was read above: this is what the record says of its fields together, by its own paths.
      throw FieldError(error.violations.map { Failure.Violation(path: join(path, $0.path), $0.message, $0.arguments) })
    }
  }

  package subscript<Wrapped>(_ field: Field<Wrapped>) -> Wrapped {
    get throws(FieldError) {
      let path = Self.join(path, field.name)
      guard let value = members[field.name] else { throw FieldError(path, InputMessages.required) }
      return try field.read(value, path)
    }
  }

  package subscript<Wrapped>(_ field: NullableField<Wrapped>) -> Wrapped? {
    get throws(FieldError) {
      let path = Self.join(path, field.name)
      guard let value = members[field.name] else { throw FieldError(path, InputMessages.required) }
      return value.isNull ? nil : try field.base.read(value, path)
    }
  }

  package subscript<Wrapped>(_ field: OptionalField<Wrapped>) -> Wrapped? {
    get throws(FieldError) {
      guard let value = members[field.name], !value.isNull else { return nil }
      return try field.base.read(value, Self.join(path, field.name))
    }
  }

  package subscript<Wrapped>(_ field: ChangeField<Wrapped>) -> Change<Wrapped> {
    get throws(FieldError) {
      guard let value = members[field.name] else { return .keep }
      let path = Self.join(path, field.name)
      guard value.isNull else { return .set(try field.base.read(value, path)) }
      guard field.isClearable else { throw FieldError(path, InputMessages.nullRefused) }
      return .clear
    }
  }

  private static func join(_ path: String, _ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}

/// A field that can be tried without its record.
private protocol CheckedField {
  func check(_ values: InputValues) throws(FieldError)
}

extension Field: CheckedField {
  fileprivate func check(_ values: InputValues) throws(FieldError) { _ = try values[self] }
}

extension NullableField: CheckedField {
  fileprivate func check(_ values: InputValues) throws(FieldError) { _ = try values[self] }
}

extension OptionalField: CheckedField {
  fileprivate func check(_ values: InputValues) throws(FieldError) { _ = try values[self] }
}

extension ChangeField: CheckedField {
  fileprivate func check(_ values: InputValues) throws(FieldError) { _ = try values[self] }
}
