import Kernel

/// A field of a ticket that an act wrote: what it was and what it became.
package struct FieldChange: Sendable, Hashable {
  package let field: String
  package let was: Value
  package let became: Value
  /// Whether people wrote it in words of their own: that lies beside the history, where it can be erased, not in the event.
  package let isText: Bool

  /// A code, a number, an instant or an id.
  package static func code(_ field: String, _ was: Value, _ became: Value) -> FieldChange {
    FieldChange(field: field, was: was, became: became, isText: false)
  }

  package static func text(_ field: String, _ was: String?, _ became: String?) -> FieldChange {
    FieldChange(field: field, was: .text(was), became: .text(became), isText: true)
  }

  /// As histories tell it.
  fileprivate var told: Value { .object(["key": .text(field), "was": was, "became": became]) }
}

extension [FieldChange] {
  /// Without the fields that stand as they stood.
  package var real: [FieldChange] { filter { $0.was != $0.became } }

  /// For the event: all that changed by name; what it was and became of what is no text.
  package var payload: [Value.Member] {
    [
      Value.Member("fields", .array(map { .text($0.field) })),
      Value.Member("changes", .array(filter { !$0.isText }.map(\.told))),
    ]
  }
}

extension Value {
  /// The payload of such an event as it is told: with the texts that lie beside it, as far as these have not been erased; in the order of its fields.
  package func with(textChanges: [FieldChange]?) -> Value {
    guard let textChanges, let members else { return self }
    let all = (self["changes"]?.array ?? []) + textChanges.map(\.told)
    let ordered = (self["fields"]?.array ?? []).flatMap { field in all.filter { $0["key"] == field } }
    return .object(members.filter { $0.name != "changes" } + [Member("changes", .array(ordered))])
  }
}

extension OperationContext {
  /// The texts that events of a subject's history changed, by the place of the event there.
  package func textChanges(of subjectKind: String, _ subject: Int64, in tenant: TenantId, at seqs: [Int64]) async throws -> [Int64: [FieldChange]] {
    guard !seqs.isEmpty else { return [:] }
    let rows = try await transaction.query(TextChangesOfEvents(tenant: tenant, subjectKind: subjectKind, subject: subject, seqs: seqs))
    return Dictionary(grouping: rows, by: \.seq).mapValues { changes in changes.map { FieldChange.text($0.field, $0.was, $0.became) } }
  }
}
